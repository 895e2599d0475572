import { describe, expect, it } from 'vitest'
import { parseSha256 } from '../../src/domain/ids'
import { MNIST_PREPROCESS } from '../../src/domain/image/preprocess'
import { initialWeights } from '../../src/domain/model/initialise'
import { findPreset, presetNames } from '../../src/domain/model/presets'
import type { ModelSpec } from '../../src/domain/model/spec'
import { DEFAULT_PARAMS } from '../../src/domain/params/defaults'
import type { TrainParams } from '../../src/domain/params/schema'
import type {
  Checkpoint,
  EpochMetrics,
  ResumePoint,
  TrainEvent,
  TrainOutcome,
} from '../../src/domain/training/events'
import { recipeOf } from '../../src/domain/training/recipe'
import type { SessionPlan } from '../../src/domain/training/session'
import { seededDigits } from './agreement.testing'
import { begin, freshState, jobOf } from './job.testing'
import { nodeHost } from './node-host.testing'
import { digestWeights, train } from './train'
import { DivergedError } from './train-epoch'
import { createWasmTrainingEngine } from './wasm/training'

const SPEC: ModelSpec = {
  name: 'small',
  input: { height: 28, width: 28, channels: 1 },
  layers: [
    { kind: 'max-pool', size: 2 },
    { kind: 'conv', filters: 6, kernel: 3, padding: 0, bias: false },
    { kind: 'relu' },
    { kind: 'batch-norm' },
    { kind: 'dropout', rate: 0.1 },
    { kind: 'max-pool', size: 2 },
    { kind: 'flatten' },
    { kind: 'dense', units: 10, bias: true },
  ],
}

const PARAMS: TrainParams = {
  ...DEFAULT_PARAMS.train,
  preset: 'small',
  epochs: 3,
  batch_size: 16,
  lr: 0.05,
  momentum: 0.9,
  weight_decay: 0.001,
  scheduler: 'step',
  step_size: 2,
  gamma: 0.5,
  seed: 42,
  validation_fraction: 0.2,
  engine: 'wasm',
  threads: 0,
}

const digits = seededDigits(120, 3)
const UNWATCHED = { signal: new AbortController().signal, wantsProfile: () => false }

function planFor(params: TrainParams): SessionPlan {
  const trainIndices = Uint32Array.from({ length: 100 }, (_, i) => i)
  const stepsPerEpoch = Math.floor(trainIndices.length / params.batch_size)
  return {
    spec: SPEC,
    params,
    augment: DEFAULT_PARAMS.augment,
    preprocess: MNIST_PREPROCESS,
    datasetDigest: parseSha256('0'.repeat(64)),
    trainIndices,
    validationIndices: Uint32Array.from({ length: 20 }, (_, i) => 100 + i),
    stepsPerEpoch,
    totalSteps: stepsPerEpoch * params.epochs,
  }
}

interface Finished {
  readonly outcome: TrainOutcome
  readonly epochs: readonly EpochMetrics[]
  readonly checkpoints: readonly Checkpoint[]
  readonly events: readonly TrainEvent[]
}

async function runTraining(
  params: TrainParams,
  {
    from = null,
    signal = new AbortController().signal,
    build = 'auto' as 'auto' | 'simd',
    onEvent = () => {},
  }: {
    from?: ResumePoint | null
    signal?: AbortSignal
    build?: 'auto' | 'simd'
    onEvent?: (event: TrainEvent) => void
  } = {},
): Promise<Finished> {
  const plan = planFor(params)
  const job = jobOf(SPEC, params.batch_size, recipeOf({ train: params, augment: plan.augment }))
  const engine = await createWasmTrainingEngine(job, nodeHost, { build })
  try {
    const events: TrainEvent[] = []
    const running = train(engine, plan, digits, nodeHost, { signal, wantsProfile: () => false }, from)
    for (;;) {
      const next = await running.next()
      if (!next.done) {
        events.push(next.value)
        onEvent(next.value)
        continue
      }
      const epochs = events.flatMap((event) => (event.kind === 'epoch' ? [event] : []))
      return {
        outcome: next.value,
        epochs: epochs.map(({ metrics }) => metrics),
        checkpoints: epochs.map(({ checkpoint }) => checkpoint),
        events,
      }
    }
  } finally {
    engine.dispose()
  }
}

describe('train', () => {
  it('gives the same weights for the same seed, and others for another', async () => {
    const first = await runTraining(PARAMS)
    const second = await runTraining(PARAMS)
    expect(second.outcome.weightsSha256).toBe(first.outcome.weightsSha256)
    expect(second.epochs.map(({ weightsSha256 }) => weightsSha256)).toEqual(
      first.epochs.map(({ weightsSha256 }) => weightsSha256),
    )
    const other = await runTraining({ ...PARAMS, seed: 43 })
    expect(other.outcome.weightsSha256).not.toBe(first.outcome.weightsSha256)
  })

  it('reports every step, epoch and validation, and learns', async () => {
    const { outcome, epochs, events } = await runTraining(PARAMS)
    expect(outcome).toMatchObject({ kind: 'completed', epochsDone: 3, stepsDone: 18 })
    const steps = events.flatMap((event) => (event.kind === 'steps' ? [event.steps] : []))
    expect(steps.reduce((sum, { loss }) => sum + loss.length, 0)).toBe(18)
    let next = 0
    for (const { firstStep, loss } of steps) {
      expect(firstStep).toBe(next)
      next += loss.length
    }
    expect(epochs.map(({ learningRate: rate }) => rate)).toEqual([0.05, 0.05, 0.025].map(Math.fround))
    expect(epochs.every(({ validation }) => validation?.count === 20)).toBe(true)
    expect(epochs[2]!.trainLoss).toBeLessThan(epochs[0]!.trainLoss)
    expect(outcome.weightsSha256).toBe(epochs[2]!.weightsSha256)
    expect(outcome.weightsSha256).toBe(await digestWeights(outcome.weights, nodeHost))
  })

  it('continues from a checkpoint to the bits of an uninterrupted run', async () => {
    const whole = await runTraining(PARAMS)
    const from = { checkpoint: whole.checkpoints[0]!, epochs: whole.epochs.slice(0, 1), best: null }
    const resumed = await runTraining(PARAMS, { from })
    expect(resumed.outcome.weightsSha256).toBe(whole.outcome.weightsSha256)
    expect(resumed.outcome.stepsDone).toBe(18)
    expect(resumed.epochs.map(({ epoch }) => epoch)).toEqual([2, 3])
  })

  it('stops after the step under way and keeps what it learned', async () => {
    const controller = new AbortController()
    const { outcome } = await runTraining(PARAMS, {
      signal: controller.signal,
      onEvent: (event) => {
        if (event.kind === 'epoch') controller.abort()
      },
    })
    expect(outcome).toMatchObject({ kind: 'stopped', epochsDone: 1, stepsDone: 6 })
    expect(outcome.weights).not.toEqual(initialWeights(SPEC, PARAMS.seed))
  })

  it('says that the learning rate is too high when the loss is lost', async () => {
    const diverging = runTraining({ ...PARAMS, lr: 10, momentum: 0.99, weight_decay: 1, epochs: 1000 })
    await expect(diverging).rejects.toThrow(DivergedError)
    await expect(diverging).rejects.toThrow(/learning rate \S+ is too high for this model\. Lower it/)
  })

  it('says when plan and engine do not fit', async () => {
    const engine = await createWasmTrainingEngine(jobOf(SPEC, 8), nodeHost)
    const running = train(engine, planFor(PARAMS), digits, nodeHost, UNWATCHED)
    await expect(running.next()).rejects.toThrow("the plan's batch is 16, the engine's is 8")
    engine.dispose()
  })
})

describe('the WebAssembly training engine', () => {
  it.each(presetNames)('takes steps of %s that lower the loss of one batch', async (name) => {
    const search = findPreset(name)
    if (search.kind === 'unknown') throw new Error(search.message)
    const job = jobOf(search.spec, 8)
    const engine = await createWasmTrainingEngine(job, nodeHost)
    await begin(engine, job, digits)
    const indices = Uint32Array.from({ length: 8 }, (_, i) => i)
    const losses: number[] = []
    for (let step = 0; step < 12; step++)
      losses.push((await engine.run(indices, [{ learningRate: 0.01, seed: 1, step }]))[0]!.loss)
    engine.dispose()
    expect(losses.every(Number.isFinite)).toBe(true)
    expect(Math.min(...losses.slice(6))).toBeLessThan(losses[0]!)
  })

  it('learns nearly the same with both builds, and records which it was', async () => {
    const relaxed = await createWasmTrainingEngine(jobOf(SPEC, 16), nodeHost, {
      build: 'relaxed-simd',
    })
    expect(relaxed.record).toMatchObject({ kind: 'wasm', build: 'relaxed-simd', threads: 1 })
    relaxed.dispose()
    const fused = await runTraining(PARAMS)
    const plain = await runTraining(PARAMS, { build: 'simd' })
    expect(plain.epochs[0]!.trainLoss).toBeCloseTo(fused.epochs[0]!.trainLoss, 4)
  })

  it('refuses work after it was disposed of, and gives its memory back', async () => {
    const search = findPreset('skeleton')
    if (search.kind === 'unknown') throw new Error(search.message)
    // Hundreds of MiB each: without the memory given back these would not fit.
    for (let round = 0; round < 30; round++) {
      const engine = await createWasmTrainingEngine(jobOf(search.spec, 128), nodeHost)
      engine.dispose()
      await expect(engine.readState()).rejects.toThrow('this engine was disposed of: create another one')
    }
  })

  it('names what does not fit', async () => {
    const job = jobOf(SPEC, 4)
    const engine = await createWasmTrainingEngine(job, nodeHost)
    await begin(engine, job, digits)
    const state = freshState(job)
    await expect(engine.writeState({ ...state, weights: new Float32Array(3) })).rejects.toThrow(
      /values of weights, found 3$/,
    )
    const options = [{ learningRate: 0.1, seed: 1, step: 0 }]
    await expect(engine.run(new Uint32Array(3), options)).rejects.toThrow(
      'a step takes 4 images, found 3 indices',
    )
    await expect(engine.run(Uint32Array.of(0, 1, 2, 120), options)).rejects.toThrow(
      'image 120 of 120 must have a label below 10, found undefined',
    )
    engine.dispose()
  })
})
