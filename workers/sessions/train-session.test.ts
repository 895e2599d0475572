import 'fake-indexeddb/auto'
import { beforeEach, describe, expect, it } from 'vitest'
import { parseDatasetId, type DatasetId } from '../../src/domain/ids'
import type { TrainCommand, TrainMessage } from '../../src/protocol/train'
import { checkpointEpochs } from '../../src/storage/checkpoints'
import { studio } from '../../src/storage/database'
import { listEvents, readVersion } from '../../src/storage/registry'
import { getRun, readTestPredictions } from '../../src/storage/runs'
import { freshStorage } from '../../src/storage/storage.testing'
import { readSteps } from '../../src/storage/steps'
import { withMemoryFor } from '../engine/memory.testing'
import { wireError } from './serve'
import { trainSession } from './train-session'
import { heldRuns, paramsWith, storeDigits, testHost, testParams } from './train-session.testing'

type Command = Exclude<TrainCommand, { kind: 'hello' }>
type Message = Exclude<TrainMessage, { kind: 'hello' }>

/** Bytes: batches of 50 take 14 MB of memory, batches of 25 take 8 MB. */
const MEMORY_FOR_25 = 10_000_000

let datasetId: DatasetId

beforeEach(async () => {
  await freshStorage()
  datasetId = await storeDigits()
})

/** Everything a session posts for one start; `meanwhile` sees each message and may stop the run. */
async function run(
  changes: Partial<Extract<Command, { kind: 'start' }>> = {},
  meanwhile: (message: Message, stop: () => void) => void = () => {},
): Promise<Message[]> {
  const session = trainSession(testHost)
  const posted: Message[] = []
  const stop = () => void session.handle({ kind: 'stop' }, () => {})
  const command = {
    kind: 'start',
    datasetId,
    params: testParams,
    runName: 'calm-heron-1',
    ...changes,
  } as const
  try {
    await session.handle(command, (message) => {
      posted.push(structuredClone(message))
      meanwhile(message, stop)
    })
  } catch (error) {
    posted.push(session.failed(wireError(error), command))
  }
  return posted
}

function endOf(posted: readonly Message[]) {
  const last = posted.at(-1)
  if (last?.kind !== 'ended') throw new Error(`expected ended, found ${JSON.stringify(last)}`)
  return last
}

describe('trainSession', () => {
  it('trains, tells how it goes, and keeps run, curve, weights, predictions and the first version', async () => {
    const posted = await run()
    const ended = endOf(posted)
    expect(posted[0]).toEqual({ kind: 'phase', phase: 'preparing' })
    expect(posted[1]).toMatchObject({ kind: 'started', totalSteps: 54, stepsPerEpoch: 18, batch: 50 })
    expect(posted.filter(({ kind }) => kind === 'epoch')).toHaveLength(3)
    expect(ended).toMatchObject({ outcome: 'completed', versionId: 'mnist-classifier/1' })
    const stored = (await getRun(ended.runId))!
    expect(stored).toMatchObject({
      name: 'calm-heron-1',
      parameterCount: 10_970,
      appVersion: '9.9.9',
      host: 'Node',
      dataset: { id: datasetId },
      status: {
        state: 'completed',
        result: { stepsDone: 54, epochsDone: 3, evaluation: { split: 'test', count: 200 } },
      },
    })
    if (stored.status.state !== 'completed') throw new Error('expected a completed run')
    const { result } = stored.status
    expect(result.evaluation.accuracy).toBeGreaterThan(0.3)
    const curve = await readSteps(ended.runId)
    expect(curve.reduce((steps, chunk) => steps + chunk.loss.length, 0)).toBe(54)
    expect(curve[0]?.firstStep).toBe(0)
    const predictions = (await readTestPredictions(ended.runId))!
    expect(predictions.labels).toHaveLength(200)
    const diagonal = result.evaluation.confusion.reduce((sum, row, label) => sum + row[label]!, 0)
    expect(diagonal).toBe(result.evaluation.correct)
    expect((await readVersion(ended.versionId!)).version.weightsSha256).toBe(result.weightsSha256)
    expect(await listEvents()).toHaveLength(2)
    expect(await checkpointEpochs(ended.runId)).toEqual([])
    expect(heldRuns()).toEqual([])
  })

  it('gives the same weights for the same seed, and others for another', async () => {
    const hashes: string[] = []
    for (const seed of [1, 1, 2]) {
      const { runId } = endOf(await run({ params: paramsWith({ epochs: 1, seed }) }))
      const { status } = (await getRun(runId))!
      hashes.push('result' in status ? status.result.weightsSha256 : 'none')
    }
    expect(hashes[0]).toBe(hashes[1])
    expect(hashes[2]).not.toBe(hashes[0])
  })

  it('keeps what was learned when it is stopped, with its last checkpoint', async () => {
    const posted = await run({}, (message, stop) => {
      if (message.kind === 'epoch' && message.metrics.epoch === 2) stop()
    })
    const ended = endOf(posted)
    expect(ended.outcome).toBe('stopped')
    const stored = (await getRun(ended.runId))!
    expect(stored.status).toMatchObject({ state: 'stopped', result: { epochsDone: 2 } })
    expect(stored.epochs).toHaveLength(2)
    expect((await checkpointEpochs(ended.runId))[0]).toBe(2)
  })

  it.each([
    [
      'an unknown preset',
      { params: paramsWith({ preset: 'lenet-9000' }) },
      'bad-params',
      /unknown preset "lenet-9000"/,
    ],
    [
      'a batch larger than the data',
      { params: paramsWith({ batch_size: 4096 }) },
      'bad-params',
      /^train.batch_size must/,
    ],
    ['a missing dataset', { datasetId: parseDatasetId('0'.repeat(64)) }, 'not-found', /No stored dataset/],
  ])('refuses %s before any run is stored', async (_, changes, code, message) => {
    expect(await run(changes)).toEqual([
      { kind: 'phase', phase: 'preparing' },
      { kind: 'failed', runId: null, error: { code, message: expect.stringMatching(message) } },
    ])
    expect(await studio.runs.count()).toBe(0)
  })

  it('refuses a dataset with one changed byte', async () => {
    const row = (await studio.datasets.get(datasetId))!
    const blob = (await studio.blobs.get(row.bytes.train.images))!
    const bytes = new Uint8Array(await blob.blob.arrayBuffer())
    await studio.blobs.put({ ...blob, blob: new Blob([bytes.with(9, bytes[9]! ^ 1)]) })
    expect((await run()).at(-1)).toMatchObject({ kind: 'failed', error: { code: 'damaged' } })
  })

  it('fails a run whose loss is no number any more, and keeps the epochs before', async () => {
    const last = (await run({ params: paramsWith({ lr: 10, weight_decay: 1, preset: 'lite' }) })).at(-1)
    if (last?.kind !== 'failed' || last.runId === null)
      throw new Error(`expected failed, found ${last?.kind}`)
    expect(last.error).toMatchObject({ code: 'bad-params', message: expect.stringContaining('Lower it') })
    expect((await getRun(last.runId))?.status).toMatchObject({ state: 'failed', code: 'bad-params' })
  })

  it('leaves a run that the disk has no room for to be resumed, with the reason', async () => {
    function failing(): never {
      throw new DOMException('no space', 'QuotaExceededError')
    }
    studio.checkpoints.hook('creating', failing)
    let last: Message | undefined
    try {
      last = (await run()).at(-1)
    } finally {
      studio.checkpoints.hook('creating').unsubscribe(failing)
    }
    if (last?.kind !== 'failed' || last.runId === null) throw new Error('expected a failed run')
    expect(last.error).toMatchObject({
      code: 'quota',
      message: expect.stringMatching(/Free some space.* The run is kept, and can be resumed\.$/),
    })
    expect((await getRun(last.runId))?.status).toMatchObject({
      state: 'running',
      interruption: {
        at: 1234,
        code: 'quota',
        message: expect.stringContaining('storage for this site is full'),
      },
    })
  })

  it('halves the batch until it fits into memory, and keeps and tells what it did', async () => {
    const posted = await withMemoryFor(MEMORY_FOR_25, () => run())
    const note = 'Batches of 25 images instead of 50: there is not enough memory for more.'
    expect(posted[1]).toMatchObject({ kind: 'started', batch: 25, stepsPerEpoch: 36, notes: [note] })
    const { runId } = endOf(posted)
    expect(await getRun(runId)).toMatchObject({ params: { batch_size: 25 }, notes: [note] })
    const asked = endOf(await run({ params: paramsWith({ batch_size: 25 }) }))
    const [fitted, plain] = [await getRun(runId), await getRun(asked.runId)]
    expect(plain).not.toHaveProperty('notes')
    expect(fitted?.epochs.map(({ weightsSha256 }) => weightsSha256)).toEqual(
      plain?.epochs.map(({ weightsSha256 }) => weightsSha256),
    )
  })

  it('refuses a model that no batch fits into memory', async () => {
    expect((await withMemoryFor(100_000, () => run())).at(-1)).toMatchObject({
      kind: 'failed',
      runId: null,
      error: { code: 'out-of-memory', message: expect.stringMatching(/lite-bn at batch 8 needs/) },
    })
  })
})
