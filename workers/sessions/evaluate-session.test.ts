import 'fake-indexeddb/auto'
import { beforeEach, describe, expect, it } from 'vitest'
import { parseDatasetId, parseRunId, type DatasetId, type RunId, type VersionId } from '../../src/domain/ids'
import { encodeGolden } from '../../src/domain/metrics/golden'
import { initialWeights } from '../../src/domain/model/initialise'
import { findPreset } from '../../src/domain/model/presets'
import { parameterCount } from '../../src/domain/model/counts'
import type { EvaluateCommand, EvaluateMessage } from '../../src/protocol/evaluate'
import { digest } from '../../src/storage/blobs'
import { studio } from '../../src/storage/database'
import { putDataset } from '../../src/storage/datasets'
import { createRun, finishRun } from '../../src/storage/runs'
import { finishedRun, freshStorage, runningRun, smallDataset } from '../../src/storage/storage.testing'
import { nodeHost } from '../engine/node-host.testing'
import { createPredictor } from '../engine/create'
import { predictSplit } from '../engine/evaluate'
import { testModel } from '../engine/test-model'
import { bytesOf } from './browser-host'
import { evaluateSession } from './evaluate-session'
import { wireError } from './serve'

type Command = Exclude<EvaluateCommand, { kind: 'hello' }>
type Message = Exclude<EvaluateMessage, { kind: 'hello' }>

const CHOICE = { threads: 1, convolution: 'auto', like: null } as const

interface Stored {
  readonly runId: RunId
  readonly versionId: VersionId
  readonly datasetId: DatasetId
}

beforeEach(freshStorage)

/** An ended run with real weights, the version it became, and the digits it was measured on. */
async function store(spoil: (golden: Uint8Array) => void = () => {}): Promise<Stored> {
  const found = findPreset('lite')
  if (found.kind === 'unknown') throw new Error(found.message)
  const { spec } = found
  const dataset = await smallDataset()
  const datasetId = await putDataset(dataset)
  const running = { ...(await runningRun(3)), spec, parameterCount: parameterCount(spec) }
  await createRun(running)
  const weights = initialWeights(spec, 11)
  const { preprocess } = running
  const tested = await testModel({ spec, weights, preprocess }, dataset, nodeHost, CHOICE)
  const golden = encodeGolden(tested.golden)
  spoil(golden)
  const finished = await finishedRun(3)
  const versionId = await finishRun({
    ...finished,
    weights: bytesOf(weights),
    result: { ...finished.result, weightsSha256: await digest(bytesOf(weights)) },
    golden,
  })
  if (versionId === null) throw new Error('the first run should have become a version')
  return { runId: running.id, versionId, datasetId }
}

async function asked(...commands: Command[]): Promise<Message[]> {
  const session = evaluateSession(nodeHost)
  const posted: Message[] = []
  await Promise.all(
    commands.map(async (command) => {
      try {
        await session.handle(command, (message) => posted.push(message))
      } catch (error) {
        posted.push(session.failed(wireError(error), command))
      }
    }),
  )
  return posted
}

describe('evaluateSession', () => {
  it('measures a run and its version alike, and as the engine by itself does', async () => {
    const { runId, versionId, datasetId } = await store()
    const [run, version] = await asked(
      { kind: 'evaluate', request: 1, subject: { kind: 'run', runId }, datasetId, split: 'test' },
      { kind: 'evaluate', request: 2, subject: { kind: 'version', versionId }, datasetId, split: 'test' },
    )
    if (run?.kind !== 'evaluated' || version?.kind !== 'evaluated') throw new Error('expected evaluations')
    expect([run.request, version.request]).toEqual([1, 2])
    expect(version.labels).toEqual(run.labels)
    expect(version.evaluation.loss).toBe(run.evaluation.loss)
    const { weightsSha256 } = (await studio.versions.get(versionId))!
    const blob = (await studio.blobs.get(weightsSha256))!
    const { test } = await smallDataset()
    const stored = (await studio.runs.get(runId))!
    const weights = new Float32Array(await blob.blob.arrayBuffer())
    const predictor = await createPredictor(stored.spec, weights, stored.preprocess, nodeHost, CHOICE)
    const logits = await predictSplit(predictor, test, nodeHost)
    predictor.dispose()
    for (const [image, label] of run.labels.entries()) {
      const row = [...logits.subarray(image * 10, image * 10 + 10)]
      expect(label).toBe(row.indexOf(Math.max(...row)))
    }
    expect(run.evaluation.correct).toBe(run.labels.filter((label, at) => label === test.labels[at]).length)
    expect(run.evaluation.detail?.inferenceMs).toMatchObject({ count: 100 })
    expect(run.evaluation.detail?.inferenceMs?.mean).toBeGreaterThan(0)
  })

  it('measures on the training split, too', async () => {
    const { versionId, datasetId } = await store()
    const [answer] = await asked({
      kind: 'evaluate',
      request: 1,
      subject: { kind: 'version', versionId },
      datasetId,
      split: 'train',
    })
    expect(answer).toMatchObject({ kind: 'evaluated', evaluation: { split: 'train', count: 20 } })
  })

  it('lets a version answer its golden vectors again, and tells how far off it is', async () => {
    const { versionId } = await store()
    const [same] = await asked({ kind: 'rehearse', request: 5, versionId })
    expect(same).toMatchObject({ kind: 'rehearsed', request: 5, vectors: 10 })
    expect(same?.kind === 'rehearsed' && same.largestDifference).toBeLessThan(1e-5)
    await freshStorage()
    const changed = await store((golden) => {
      const view = new DataView(golden.buffer)
      const at = golden.length - 4
      view.setFloat32(at, view.getFloat32(at, true) + 0.5, true)
    })
    const [other] = await asked({ kind: 'rehearse', request: 6, versionId: changed.versionId })
    expect(other?.kind === 'rehearsed' && other.largestDifference).toBeCloseTo(0.5, 3)
  })

  it('says what is missing: digits, weights, an ended run', async () => {
    const { runId, versionId, datasetId } = await store()
    const none = parseRunId('e'.repeat(32))
    const evaluate = { kind: 'evaluate', datasetId, split: 'test' } as const
    const answers = await asked(
      { ...evaluate, request: 1, subject: { kind: 'run', runId: none } },
      {
        ...evaluate,
        request: 2,
        subject: { kind: 'version', versionId },
        datasetId: parseDatasetId('b'.repeat(64)),
      },
      { ...evaluate, request: 3, subject: { kind: 'run', runId } },
    )
    expect(answers).toMatchObject([
      { kind: 'evaluate-failed', request: 1, error: { code: 'not-found' } },
      { kind: 'evaluate-failed', request: 2, error: { code: 'not-found' } },
      { kind: 'evaluated', request: 3 },
    ])
    const { weightsSha256 } = (await studio.versions.get(versionId))!
    const held = (await studio.blobs.get(weightsSha256))!
    await studio.blobs.put({ ...held, blob: new Blob([new Uint8Array(held.length)]) })
    const damaged = await asked(
      { ...evaluate, request: 4, subject: { kind: 'run', runId } },
      { kind: 'rehearse', request: 5, versionId },
    )
    expect(damaged).toMatchObject([
      { kind: 'evaluate-failed', request: 4, error: { code: 'damaged' } },
      { kind: 'evaluate-failed', request: 5, error: { code: 'damaged' } },
    ])
  })
})
