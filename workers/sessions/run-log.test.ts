import 'fake-indexeddb/auto'
import { beforeEach, describe, expect, it } from 'vitest'
import { epochMillis, type DatasetId, type RunId } from '../../src/domain/ids'
import type { TrainCommand, TrainMessage } from '../../src/protocol/train'
import { metrics, studio } from '../../src/storage/database'
import { readRunLog } from '../../src/storage/run-logs'
import { decideRun, getRun, purgeDeletedRuns } from '../../src/storage/runs'
import { freshStorage, runIdOf } from '../../src/storage/storage.testing'
import { createRunLog } from './run-log'
import { rateChangeInWords } from './run-log-text'
import { trainSession } from './train-session'
import { paramsWith, storeDigits, testHost } from './train-session.testing'

type Message = Exclude<TrainMessage, { kind: 'hello' }>

let datasetId: DatasetId

beforeEach(async () => {
  await freshStorage()
  datasetId = await storeDigits()
})

async function trained(changes: Parameters<typeof paramsWith>[0], stopAfter = Infinity): Promise<RunId> {
  const session = trainSession(testHost)
  const posted: Message[] = []
  const command: Exclude<TrainCommand, { kind: 'hello' }> = {
    kind: 'start',
    datasetId,
    params: paramsWith(changes),
    runName: 'calm-heron-1',
  }
  try {
    await session.handle(command, (message) => {
      posted.push(message)
      if (message.kind === 'epoch' && message.metrics.epoch >= stopAfter) session.stop()
    })
  } catch {
    // A run that fails is asked for its log, too.
  }
  const started = posted.find((message) => message.kind === 'started')
  if (started?.kind !== 'started') throw new Error('the run did not start')
  return started.runId
}

async function linesOf(runId: RunId): Promise<string[]> {
  return (await readRunLog(runId)).map(({ level, message }) => `${level}: ${message}`)
}

describe("a run's log", () => {
  it('tells recipe, digits, engine, epochs, drops of the rate, the end and the test', async () => {
    const runId = await trained({ epochs: 2, scheduler: 'step', step_size: 1 })
    expect(await linesOf(runId)).toEqual([
      'info: Begun: lite-bn, 2 epochs, 18 steps an epoch of 50 images; sgd, learning rate 0.05, schedule step, seed 42.',
      expect.stringMatching(
        /^info: Digits: Built-in digits, digest [0-9a-f]{64}; 9\d\d images to learn from, \d+ to validate with\.$/,
      ),
      expect.stringMatching(/^info: Engine: wasm on CPU .*\((relaxed-)?simd build.*\)\. .+/),
      expect.stringMatching(
        /^info: Epoch 1 of 2: training loss \d\.\d{4}, accuracy \d+\.\d\d %; validation loss \d\.\d{4}, accuracy \d+\.\d\d %, the best so far; \d+\.\d s, [\d,]+ images\/s\.$/,
      ),
      'info: Learning rate 0.05 → 0.005 from epoch 2 on (step schedule).',
      expect.stringMatching(/^info: Epoch 2 of 2: /),
      'info: All 2 epochs are done. 36 steps were made.',
      expect.stringMatching(
        /^info: Test split: \d+\.\d\d % right \(\d+ of 200; 95 % interval .* to .*\), loss \d\.\d{4}\.$/,
      ),
      'info: The run is kept, and registered as mnist-classifier/1.',
    ])
    const lines = await readRunLog(runId)
    expect(lines.map(({ sequence }) => sequence)).toEqual(lines.map((_, index) => index))
  })

  it('tells that a person stopped it', async () => {
    const lines = await linesOf(await trained({ epochs: 3 }, 1))
    expect(lines).toContainEqual(expect.stringMatching(/^info: Stopped by hand\. \d+ steps were made\.$/))
  })

  it('tells why it failed', async () => {
    const runId = await trained({ preset: 'lite', lr: 10, weight_decay: 1 })
    const { status } = (await getRun(runId))!
    if (status.state !== 'failed') throw new Error(`expected a failed run, found ${status.state}`)
    expect((await linesOf(runId)).at(-1)).toBe(`error: ${status.message}`)
  })

  it('goes on where it ended', async () => {
    const runId = runIdOf(1)
    const clock = () => epochMillis(5)
    await createRunLog(runId, clock)('info', 'first')
    const resumed = createRunLog(runId, clock)
    await resumed('warning', 'second')
    await resumed('error', 'third')
    await createRunLog(runIdOf(2), clock)('info', 'of another')
    expect(await readRunLog(runId)).toEqual([
      { runId, sequence: 0, at: 5, level: 'info', message: 'first' },
      { runId, sequence: 1, at: 5, level: 'warning', message: 'second' },
      { runId, sequence: 2, at: 5, level: 'error', message: 'third' },
    ])
  })

  it('is no reason to end a training when it cannot be written', async () => {
    await metrics.fence.put({ key: 'schema', version: 99 })
    await expect(createRunLog(runIdOf(1), () => epochMillis(1))('info', 'unwritten')).resolves.toBeUndefined()
    expect(await readRunLog(runIdOf(1))).toEqual([])
  })

  it('goes with its run', async () => {
    const runId = await trained({ epochs: 1 })
    await studio.versions.clear()
    await decideRun(runId, { deletedAt: epochMillis(9) })
    expect(await purgeDeletedRuns()).toBe(1)
    expect(await readRunLog(runId)).toEqual([])
  })
})

it('tells of no change where the rate moves at every step', () => {
  const epoch = { epoch: 2, learningRate: 0.1 } as Parameters<typeof rateChangeInWords>[1]
  const before = { ...epoch, epoch: 1, learningRate: 0.2 }
  expect(rateChangeInWords(before, epoch, { scheduler: 'cosine' })).toBeNull()
  expect(rateChangeInWords(before, epoch, { scheduler: 'plateau' })).toContain('0.2 → 0.1')
  expect(rateChangeInWords(epoch, epoch, { scheduler: 'step' })).toBeNull()
})
