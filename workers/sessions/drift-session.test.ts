import 'fake-indexeddb/auto'
import { beforeAll, expect, test } from 'vitest'
import { assembleDataset } from '../../src/domain/dataset/assemble'
import type { LabelledImages } from '../../src/domain/dataset/dataset'
import type { DriftFindings, SignalName } from '../../src/domain/drift/report'
import { stabilityIndex, sharesOf } from '../../src/domain/drift/psi'
import {
  type DatasetId,
  epochMillis,
  type FeedbackId,
  parseDatasetId,
  recordIdFromBytes,
  type VersionId,
} from '../../src/domain/ids'
import { IMAGE_PIXELS, MNIST_PREPROCESS } from '../../src/domain/image/preprocess'
import { logMargin } from '../../src/domain/metrics/baseline'
import { softmaxPrediction } from '../../src/domain/metrics/softmax'
import type { DriftCommand, DriftMessage, DriftRequest } from '../../src/protocol/drift'
import { digest } from '../../src/storage/blobs'
import { studio } from '../../src/storage/database'
import { putDataset, readDataset } from '../../src/storage/datasets'
import { keepFeedback } from '../../src/storage/feedback'
import { logPredictions } from '../../src/storage/predictions'
import { freshStorage } from '../../src/storage/storage.testing'
import { nodeHost } from '../engine/node-host.testing'
import { generateDigits } from '../ingest/built-in/generate'
import { driftSession } from './drift-session'
import { openVersion } from './open-version'
import { wireError } from './serve'
import { trainSession } from './train-session'
import { paramsWith, testHost } from './train-session.testing'

type Command = Exclude<DriftCommand, { kind: 'hello' }>
type Message = Exclude<DriftMessage, { kind: 'hello' }>

let versionId: VersionId
let datasetId: DatasetId

beforeAll(async () => {
  await freshStorage()
  const assembled = await assembleDataset(
    {
      name: 'Built-in digits',
      source: { kind: 'built-in', seed: 1, generator: 1 },
      preprocess: MNIST_PREPROCESS,
      now: epochMillis(1),
      train: generateDigits(1, 1500),
      test: generateDigits(1, 1500, { first: 1500 }),
    },
    digest,
  )
  if (!assembled.ok) throw new Error(assembled.problem.message)
  datasetId = await putDataset(assembled.dataset)
  const session = trainSession(testHost)
  const params = paramsWith({ epochs: 4 })
  await session.handle({ kind: 'start', datasetId, params, runName: 'watched' }, () => {})
  const [version] = await studio.versions.toArray()
  if (!version) throw new Error('the first run should have become a version')
  versionId = version.id
})

async function asked(command: Command): Promise<Message[]> {
  const session = driftSession(nodeHost)
  const posted: Message[] = []
  try {
    await session.handle(command, (message) => posted.push(structuredClone(message)))
  } catch (error) {
    posted.push(session.failed(wireError(error), command))
  }
  return posted
}

async function look(source: DriftRequest['source'], sample: number | null = null): Promise<Message> {
  const request = { versionId, source, sample, seed: 1, threshold: 0.2 }
  const posted = await asked({ kind: 'look', request })
  const last = posted.at(-1)
  if (last === undefined) throw new Error('expected an answer')
  return last
}

async function found(source: DriftRequest['source'], sample: number | null = null): Promise<DriftFindings> {
  const message = await look(source, sample)
  if (message.kind !== 'found') throw new Error(`expected findings, found ${JSON.stringify(message)}`)
  return message.findings
}

function signalOf({ signals }: DriftFindings, name: SignalName) {
  const signal = signals.find((entry) => entry.signal === name)
  if (!signal) throw new Error(`expected a signal ${name}`)
  return signal
}

test('the split it was measured on is the baseline itself', async () => {
  const findings = await found({ kind: 'dataset', datasetId, split: 'test' })
  expect(findings).toMatchObject({ count: 1500, available: 1500, verdict: 'stable' })
  expect(signalOf(findings, 'prediction').psi).toBe(0)
  expect(signalOf(findings, 'margin').psi).toBe(0)
  expect(findings.accuracy?.count).toBe(1500)
  const { record } = await readDataset(datasetId)
  const [test, train] = [record.test.profile.classCounts, record.train.profile.classCounts]
  expect(signalOf(findings, 'label').psi).toBe(stabilityIndex(sharesOf(test), sharesOf(train)))
})

test('a small sample says not enough data', async () => {
  const findings = await found({ kind: 'dataset', datasetId, split: 'test' }, 50)
  expect(findings).toMatchObject({ count: 50, available: 1500, verdict: 'not-enough-data' })
})

test('turned digits: the margin sees them, the labels do not, and fewer are read right', async () => {
  const source = { kind: 'simulation', datasetId, split: 'test', shift: 'rotate', strength: 45 } as const
  const findings = await found(source, 1000)
  expect(findings.verdict).toBe('drift')
  expect(signalOf(findings, 'label').verdict).toBe('stable')
  expect(signalOf(findings, 'margin').verdict).toBe('drift')
  const upright = await found({ kind: 'dataset', datasetId, split: 'test' }, 1000)
  expect(findings.accuracy?.correct).toBeLessThan((upright.accuracy?.correct ?? 0) - 100)
})

test('a simulation tells of each strength in turn, and stores nothing', async () => {
  const request = {
    versionId,
    datasetId,
    split: 'test',
    shift: 'class-mix',
    strengths: [1, 4],
    sample: 1000,
    seed: 3,
    threshold: 0.2,
  } as const
  const posted = await asked({ kind: 'simulate', request })
  const rows = posted.flatMap((message) => (message.kind === 'strength' ? [message] : []))
  expect(rows.map(({ strength }) => strength)).toEqual([1, 4])
  expect(rows.map(({ findings }) => signalOf(findings, 'label').verdict)).toEqual(['stable', 'drift'])
  expect(posted.at(-1)).toEqual({ kind: 'simulated' })
  expect(await studio.driftReports.count()).toBe(0)
})

test('files with and without labels', async () => {
  const { test: split } = await readDataset(datasetId)
  const images = { name: 'new-images-idx3-ubyte', bytes: idxOf([2051, split.count, 28, 28], split.images) }
  const labels = { name: 'new-labels-idx1-ubyte', bytes: idxOf([2049, split.count], split.labels) }
  const both = await found({ kind: 'files', files: [images, labels] })
  expect(both.window).toEqual({ kind: 'file', name: 'new-images-idx3-ubyte, new-labels-idx1-ubyte' })
  expect(both.signals.map(({ signal }) => signal)).toEqual(['label', 'prediction', 'margin'])
  const alone = await found({ kind: 'files', files: [images] })
  expect(alone.signals.map(({ signal }) => signal)).toEqual(['prediction', 'margin'])
  expect(alone).toMatchObject({ accuracy: null, verdict: 'stable' })
  const broken = {
    name: 'note.txt',
    bytes: new TextEncoder().encode('no digits here, only text').buffer as ArrayBuffer,
  }
  expect(await look({ kind: 'files', files: [broken] })).toMatchObject({
    kind: 'failed',
    error: { code: 'bad-input' },
  })
})

test('logged answers, with the truth that people told', async () => {
  expect(await look({ kind: 'predictions', from: epochMillis(0) })).toMatchObject({
    kind: 'failed',
    error: { code: 'not-found' },
  })
  const { test: split } = await readDataset(datasetId)
  await logAnswers(split, 400)
  const findings = await found({ kind: 'predictions', from: epochMillis(0) })
  expect(findings).toMatchObject({
    count: 400,
    verdict: 'stable',
    accuracy: { count: 2, correct: 1 },
    window: { kind: 'predictions', from: 1000, to: 1399 },
  })
  expect(signalOf(findings, 'label')).toMatchObject({ count: 2, verdict: 'not-enough-data' })
  expect(await found({ kind: 'predictions', from: epochMillis(1300) })).toMatchObject({ count: 100 })
  const [traffic] = await asked({ kind: 'traffic', versionId })
  expect(traffic).toMatchObject({
    kind: 'traffic',
    figures: { count: 400, bySource: { draw: 400, image: 0, api: 0 }, feedback: { count: 2, correct: 1 } },
  })
})

test('a version without a baseline gets it from its own dataset, or says what is missing', async () => {
  const version = await studio.versions.get(versionId)
  if (!version) throw new Error('expected the version')
  await studio.versions.put({ ...version, baseline: null })
  const findings = await found({ kind: 'dataset', datasetId, split: 'test' })
  expect(signalOf(findings, 'margin').psi).toBe(0)
  const elsewhere = { name: 'gone', digest: version.weightsSha256, id: parseDatasetId('0'.repeat(64)) }
  await studio.versions.put({ ...version, baseline: null, dataset: elsewhere })
  const message = await look({ kind: 'dataset', datasetId, split: 'test' })
  expect(message).toMatchObject({ kind: 'failed', error: { code: 'not-found' } })
  expect(JSON.stringify(message)).toContain('the dataset it would be made from, gone, is not stored here')
  await studio.versions.put(version)
})

async function logAnswers(split: LabelledImages, count: number): Promise<void> {
  const { predictor } = await openVersion(versionId, nodeHost, 1)
  const logits = await predictor.predict(split.images.subarray(0, count * IMAGE_PIXELS))
  predictor.dispose()
  await logPredictions(
    Array.from({ length: count }, (_, row) => {
      const { label, probabilities } = softmaxPrediction(logits, row)
      return {
        at: epochMillis(1000 + row),
        versionId,
        source: 'draw',
        label,
        confidence: probabilities[label] ?? 0,
        margin: logMargin(logits, row),
        milliseconds: 1,
        digit: split.images.slice(row * IMAGE_PIXELS, (row + 1) * IMAGE_PIXELS),
      }
    }),
  )
  for (const [number, answered] of [3, 5].entries())
    await keepFeedback({
      id: recordIdFromBytes<FeedbackId>(new Uint8Array(16).fill(number)),
      at: epochMillis(1100),
      versionId,
      source: 'draw',
      digit: split.images.slice(0, IMAGE_PIXELS),
      answered,
      label: 3,
      usedIn: null,
    })
}

/** An IDX file: big-endian words, then bytes. */
function idxOf(words: readonly number[], bytes: Uint8Array): ArrayBuffer {
  const buffer = new ArrayBuffer(4 * words.length + bytes.length)
  const view = new DataView(buffer)
  for (const [at, word] of words.entries()) view.setUint32(4 * at, word)
  new Uint8Array(buffer).set(bytes, 4 * words.length)
  return buffer
}
