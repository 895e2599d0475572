import 'fake-indexeddb/auto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { epochMillis, type DatasetId, type RunId } from '../../src/domain/ids'
import { engineBuild } from '../../src/domain/registry/engine'
import type { RunResult } from '../../src/domain/registry/records'
import type { RecipeParams } from '../../src/domain/training/recipe'
import type { StepMetrics } from '../../src/domain/training/events'
import type { TrainCommand, TrainMessage } from '../../src/protocol/train'
import { PROTOCOL_VERSION, type Hello } from '../../src/protocol/version'
import { checkpointEpochs } from '../../src/storage/checkpoints'
import { studio } from '../../src/storage/database'
import { deleteDataset } from '../../src/storage/datasets'
import { createRun, failRun, getRun } from '../../src/storage/runs'
import { freshStorage, runningRun } from '../../src/storage/storage.testing'
import { readSteps } from '../../src/storage/steps'
import { nodeHost } from '../engine/node-host.testing'
import type { TrainHost } from './prepare-run'
import { serve } from './serve'
import { trainSession } from './train-session'
import { paramsWith, storeDigits, testHost, testParams } from './train-session.testing'

type Message = Exclude<TrainMessage, Hello>

const open: MessagePort[] = []
let datasetId: DatasetId

beforeEach(async () => {
  await freshStorage()
  datasetId = await storeDigits()
})

afterEach(() => {
  for (const port of open.splice(0)) port.close()
})

/** A session behind a real MessageChannel, as a page has it; its messages up to the one that ends it. */
async function converse(command: TrainCommand, host: TrainHost = testHost): Promise<Message[]> {
  const { port1, port2 } = new MessageChannel()
  open.push(port1, port2)
  serve<TrainCommand, TrainMessage>(port2, trainSession(host))
  port2.start()
  const messages: Message[] = []
  return new Promise((resolve) => {
    port1.addEventListener('message', ({ data }: MessageEvent<TrainMessage>) => {
      if (data.kind === 'hello') return
      messages.push(data)
      if (data.kind === 'ended' || data.kind === 'failed') resolve(messages)
    })
    port1.start()
    port1.postMessage({ kind: 'hello', protocol: PROTOCOL_VERSION } satisfies Hello)
    port1.postMessage(command)
  })
}

const start = (params: RecipeParams = testParams) =>
  ({ kind: 'start', datasetId, params, runName: 'calm-heron-1' }) as const

/** Trains until the given epoch is learned but not yet kept, then never goes on: what a killed worker leaves. */
async function interruptedIn(
  epoch: number,
  base: TrainHost = testHost,
  params: RecipeParams = testParams,
): Promise<RunId> {
  let epochs = 0
  await new Promise<void>((died) => {
    const digest: typeof nodeHost.digest = (bytes) => {
      if (++epochs < epoch) return nodeHost.digest(bytes)
      died()
      return new Promise(() => {})
    }
    void converse(start(params), { ...base, engine: { ...base.engine, digest } })
  })
  const [run] = await studio.runs.where('status.state').equals('running').toArray()
  if (run === undefined) throw new Error('expected a run marked running')
  return run.id
}

async function finish(command: TrainCommand): Promise<{ readonly runId: RunId; readonly result: RunResult }> {
  const last = (await converse(command)).at(-1)
  if (last?.kind !== 'ended') throw new Error(`expected ended, found ${JSON.stringify(last)}`)
  const { status } = (await getRun(last.runId))!
  if (!('result' in status)) throw new Error(`expected a result, found ${status.state}`)
  return { runId: last.runId, result: status.result }
}

function withEpochs(params: RecipeParams, epochs: number): RecipeParams {
  return { ...params, train: { ...params.train, epochs } }
}

let whole: Promise<RunResult['weightsSha256']> | null = null

/** What every run of this recipe must end with, interrupted or not. */
function wholeWeights(): Promise<RunResult['weightsSha256']> {
  whole ??= finish(start()).then(({ result }) => result.weightsSha256)
  return whole
}

/** A run's epochs without what the clock says. */
async function epochsOf(runId: RunId) {
  const { epochs } = (await getRun(runId))!
  return epochs.map(({ seconds: _seconds, imagesPerSecond: _rate, ...figures }) => figures)
}

async function lossesOf(runId: RunId): Promise<readonly number[]> {
  const chunks: readonly Pick<StepMetrics, 'firstStep' | 'loss'>[] = await readSteps(runId)
  let next = 0
  for (const { firstStep, loss } of chunks) {
    expect(firstStep).toBe(next)
    next += loss.length
  }
  return chunks.flatMap(({ loss }) => [...loss])
}

async function damageCheckpoint(runId: RunId, epoch: number): Promise<void> {
  const { weights } = (await studio.checkpoints.get([runId, epoch]))!
  const row = (await studio.blobs.get(weights))!
  const bytes = new Uint8Array(await row.blob.arrayBuffer())
  await studio.blobs.put({ ...row, blob: new Blob([bytes.with(5, bytes[5]! ^ 1)]) })
}

describe('resume', () => {
  it('goes on to the bits of a run that was never interrupted', async () => {
    const untouched = await finish(start())
    const runId = await interruptedIn(2)
    expect(await epochsOf(runId)).toHaveLength(1)
    expect(await lossesOf(runId)).toHaveLength(36)

    const messages = await converse({ kind: 'resume', runId })
    const begun = messages.find((message) => message.kind === 'started')!
    expect(begun).toMatchObject({ runId, totalSteps: 54, before: { stepsDone: 18 } })
    expect(begun.before?.note).toBe('Resumed after epoch 1 of 3.')
    expect(begun.before?.epochs).toHaveLength(1)
    expect(begun.before?.curve.reduce((steps, { loss }) => steps + loss.length, 0)).toBe(18)
    expect(messages.at(-1)).toMatchObject({ kind: 'ended', runId, outcome: 'completed' })

    const run = (await getRun(runId))!
    expect(run.resumes?.map(({ engine }) => engineBuild(engine))).toEqual([engineBuild(run.engine)])
    expect(run).toMatchObject({
      name: 'calm-heron-1',
      status: { state: 'completed', result: { stepsDone: 54, epochsDone: 3 } },
      resumes: [{ at: 1234, fromEpoch: 1, appVersion: '9.9.9', engine: { device: 'CPU · 1 thread' } }],
    })
    if (!('result' in run.status)) throw new Error('expected a result')
    expect(run.status.result.weightsSha256).toBe(untouched.result.weightsSha256)
    expect(run.status.result.evaluation).toEqual(untouched.result.evaluation)
    expect(await epochsOf(runId)).toEqual(await epochsOf(untouched.runId))
    expect(await lossesOf(runId)).toEqual(await lossesOf(untouched.runId))
    const seconds = run.epochs.reduce((sum, epoch) => sum + epoch.seconds, 0)
    expect(run.status.result.trainSeconds).toBeCloseTo(seconds, 6)
  })

  it('begins again when no epoch was kept', async () => {
    const runId = await interruptedIn(1)
    const { result } = await finish({ kind: 'resume', runId })
    expect(result.weightsSha256).toBe(await wholeWeights())
    expect((await getRun(runId))?.resumes).toMatchObject([
      { fromEpoch: 0, note: 'Begun again from the first step: there is no whole checkpoint yet.' },
    ])
    expect(await lossesOf(runId)).toHaveLength(54)
  })

  it.each([
    [[2], 1, 'The checkpoint after epoch 2 is damaged. Resumed after epoch 1 of 3.'],
    [
      [1, 2],
      0,
      'The checkpoint after epoch 2 is damaged. The checkpoint after epoch 1 is damaged. ' +
        'Begun again from the first step: there is no whole checkpoint left.',
    ],
  ])('passes over damaged checkpoints (%j), and says so', async (damaged, fromEpoch, note) => {
    const runId = await interruptedIn(3)
    for (const epoch of damaged) await damageCheckpoint(runId, epoch)
    const { result } = await finish({ kind: 'resume', runId })
    expect((await getRun(runId))?.resumes).toMatchObject([{ fromEpoch, note }])
    expect(await epochsOf(runId)).toHaveLength(3)
    expect(result.weightsSha256).toBe(await wholeWeights())
  })

  /** The worst epoch counts as the best, so that the first one stays it. */
  const ENDS_WITH_FIRST = paramsWith({ final_weights: 'best', monitor: 'train_loss', monitor_mode: 'max' })

  it('ends with the best epoch though that was before the interruption', async () => {
    const runId = await interruptedIn(4, testHost, withEpochs(ENDS_WITH_FIRST, 5))
    expect(await checkpointEpochs(runId)).toEqual([3, 2, 1])
    const { result } = await finish({ kind: 'resume', runId })
    const run = (await getRun(runId))!
    expect(run.resumes).toMatchObject([{ fromEpoch: 3, note: 'Resumed after epoch 3 of 5.' }])
    expect(result).toMatchObject({ weightsEpoch: 1, epochsDone: 5 })
    expect(result.weightsSha256).toBe(run.epochs[0]?.weightsSha256)
  })

  it('begins again, and says so, when the weights it would end with are damaged', async () => {
    const runId = await interruptedIn(4, testHost, withEpochs(ENDS_WITH_FIRST, 5))
    await damageCheckpoint(runId, 1)
    const { result } = await finish({ kind: 'resume', runId })
    const run = (await getRun(runId))!
    expect(run.resumes).toMatchObject([
      {
        fromEpoch: 0,
        note:
          'The weights of epoch 1, the best until then, are damaged. The checkpoint after epoch 1 is damaged. ' +
          'Begun again from the first step: there is no whole checkpoint left.',
      },
    ])
    expect(run.epochs).toHaveLength(5)
    expect(result).toMatchObject({ weightsEpoch: 1, weightsSha256: run.epochs[0]?.weightsSha256 })
  })

  it('goes on after a full disk, with the epochs that were stored, to the same bits', async () => {
    function failing(_key: unknown, { epoch }: { readonly epoch: number }): void {
      if (epoch === 2) throw new DOMException('no space', 'QuotaExceededError')
    }
    studio.checkpoints.hook('creating', failing)
    try {
      await converse(start())
    } finally {
      studio.checkpoints.hook('creating').unsubscribe(failing)
    }
    const [run] = await studio.runs.toArray()
    if (run === undefined) throw new Error('expected a run')
    expect(run.status).toMatchObject({ state: 'running', interruption: { code: 'quota' } })
    const { result } = await finish({ kind: 'resume', runId: run.id })
    expect(result.weightsSha256).toBe(await wholeWeights())
    expect(await getRun(run.id)).toMatchObject({
      status: { state: 'completed' },
      resumes: [{ fromEpoch: 1 }],
    })
  })

  it('refuses when the digits are gone, and leaves the run as it was', async () => {
    const runId = await interruptedIn(2)
    await deleteDataset(datasetId)
    expect((await converse({ kind: 'resume', runId })).at(-1)).toMatchObject({
      kind: 'failed',
      runId,
      error: { code: 'not-found', message: expect.stringMatching(/Load the same digits again/) },
    })
    expect((await getRun(runId))?.status.state).toBe('running')
    expect(await checkpointEpochs(runId)).toEqual([1])
    expect(await storeDigits()).toBe(datasetId)
    expect((await finish({ kind: 'resume', runId })).result.epochsDone).toBe(3)
  })

  it('keeps to the kernels the run was begun with, and refuses where they cannot run', async () => {
    const plainOnly: TrainHost = {
      ...testHost,
      engine: {
        ...nodeHost,
        loadKernels: (build) =>
          build === 'simd'
            ? nodeHost.loadKernels(build)
            : Promise.reject(new WebAssembly.CompileError('no relaxed SIMD')),
      },
    }
    const relaxed = await interruptedIn(2)
    expect((await converse({ kind: 'resume', runId: relaxed }, plainOnly)).at(-1)).toMatchObject({
      kind: 'failed',
      error: {
        code: 'unsupported',
        message: expect.stringMatching(/relaxed-simd build.* \(on Node\), which this browser cannot run/),
      },
    })
    await studio.runs.delete(relaxed)
    const plain = await interruptedIn(2, plainOnly)
    await finish({ kind: 'resume', runId: plain })
    expect((await getRun(plain))?.resumes).toMatchObject([{ engine: { build: 'simd' } }])
  })

  it('refuses a run that has ended, and one that was deleted', async () => {
    const { id, name } = await runningRun(200)
    await createRun(await runningRun(200))
    await failRun(id, epochMillis(2), 'quota', 'no space')
    for (const message of [`The run ${name} is failed: only`, `No stored run ${id}: it was deleted`]) {
      expect((await converse({ kind: 'resume', runId: id })).at(-1)).toMatchObject({
        kind: 'failed',
        error: { code: 'not-found', message: expect.stringContaining(message) },
      })
      await studio.runs.delete(id)
    }
  })
})
