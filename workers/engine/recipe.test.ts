/**
 * The recipe's arithmetic in the wasm engine: optimizers, clipping, averaging and smoothing against the references in double
 * precision, augmentation against its one definition, and all of it to the same bits whatever the threads and interruptions.
 * Over 250 lines because all of it trains one small net in one way.
 */
import { afterEach, describe, expect, it } from 'vitest'
import { CLASS_COUNT, type LabelledImages } from '../../src/domain/dataset/dataset'
import { IMAGE_PIXELS } from '../../src/domain/image/preprocess'
import { parameterTable } from '../../src/domain/model/parameters'
import type { ModelSpec } from '../../src/domain/model/spec'
import type { AugmentParams } from '../../src/domain/params/schema'
import { augmentedImage } from '../../src/domain/training/augment'
import { crossEntropy } from '../../src/domain/training/loss'
import {
  averageDecayAt,
  clipFactor,
  gradientNorm,
  optimizerStep,
  UPDATE_SCALARS,
} from '../../src/domain/training/optimizer'
import { optimizerSlots, type OptimizerRecipe, type Recipe } from '../../src/domain/training/recipe'
import { livedInWeights, relativeError, seededDigits } from './agreement.testing'
import type { EngineHost, StepOptions, TrainingEngine } from './contract'
import { freshState, jobOf } from './job.testing'
import { nodeHost, threadedHost } from './node-host.testing'
import * as word from './wasm/assembly/descriptor'
import { createWasmTrainingEngine } from './wasm/training'

const BATCH = 10
const SEED = 11
const digits = seededDigits(40, 3)

const NET: ModelSpec = {
  name: 'small',
  input: { height: 28, width: 28, channels: 1 },
  layers: [
    { kind: 'conv', filters: 6, kernel: 9, padding: 0, bias: true },
    { kind: 'max-pool', size: 2 },
    { kind: 'relu' },
    { kind: 'batch-norm' },
    { kind: 'dropout', rate: 0.2 },
    { kind: 'conv', filters: 5, kernel: 3, padding: 0, bias: true },
    { kind: 'relu' },
    { kind: 'flatten' },
    { kind: 'dense', units: 10, bias: true },
  ],
}
/** No whole vector of four, so that the rest of a range is walked too. */
const { trainable } = parameterTable(NET)

const OPTIMIZERS: readonly {
  readonly name: string
  readonly optimizer: OptimizerRecipe
  readonly rate: number
}[] = [
  { name: 'sgd', rate: 0.05, optimizer: { kind: 'sgd', momentum: 0, nesterov: false, weightDecay: 0.02 } },
  {
    name: 'momentum',
    rate: 0.02,
    optimizer: { kind: 'sgd', momentum: 0.9, nesterov: false, weightDecay: 0.02 },
  },
  {
    name: 'nesterov',
    rate: 0.02,
    optimizer: { kind: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 0.02 },
  },
  ...(['adam', 'adamw'] as const).map((kind) => ({
    name: kind,
    rate: 0.002,
    optimizer: { kind, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.02 },
  })),
  {
    name: 'rmsprop',
    rate: 0.001,
    optimizer: { kind: 'rmsprop', alpha: 0.99, epsilon: 1e-8, weightDecay: 0.02 },
  },
  { name: 'adagrad', rate: 0.01, optimizer: { kind: 'adagrad', epsilon: 1e-10, weightDecay: 0.02 } },
]

function optimizerOf(wanted: string): OptimizerRecipe {
  const found = OPTIMIZERS.find(({ name }) => name === wanted)
  if (found === undefined) throw new Error(`there is no optimizer ${wanted} in this test`)
  return found.optimizer
}

const AUGMENT: AugmentParams = {
  rotation: 15,
  shift: 2,
  scale: 0.15,
  shear: 10,
  elastic: 1.5,
  thickness: 0.5,
}
const EVERYTHING: Partial<Recipe> = {
  clipNorm: 0.5,
  labelSmoothing: 0.1,
  averageDecay: 0.99,
  augment: AUGMENT,
}

const open: TrainingEngine[] = []
afterEach(() => {
  for (const engine of open.splice(0)) engine.dispose()
})

interface Where {
  readonly host?: EngineHost
  readonly threads?: number
  readonly build?: 'simd' | 'relaxed-simd' | 'auto'
  readonly images?: LabelledImages
}

async function engineFor(
  recipe: Partial<Recipe>,
  { host = nodeHost, threads = 1, build = 'auto', images = digits }: Where = {},
): Promise<TrainingEngine> {
  const job = jobOf(NET, BATCH, recipe)
  const engine = await createWasmTrainingEngine(job, host, { threads, build, convolution: 'direct' })
  open.push(engine)
  await engine.attach(images)
  await engine.writeState(freshState(job, livedInWeights(NET, 4)))
  return engine
}

function batchAt(step: number): Uint32Array {
  return Uint32Array.from({ length: BATCH }, (_, i) => (step * BATCH + i) % digits.count)
}

function optionsAt(step: number, learningRate: number): StepOptions {
  return { learningRate: learningRate / (1 + step), seed: SEED, step }
}

async function train(engine: TrainingEngine, from: number, to: number, rate: number): Promise<void> {
  for (let step = from; step < to; step++) await engine.run(batchAt(step), [optionsAt(step, rate)])
}

describe.each(OPTIMIZERS)('$name', ({ optimizer, rate }) => {
  it.each([
    { what: 'by itself', extras: {} },
    { what: 'clipped, smoothed and averaged', extras: { ...EVERYTHING, augment: null } },
  ])('takes ten steps as PyTorch does, $what', async ({ extras }) => {
    const recipe = { clipNorm: null, averageDecay: null, ...extras, optimizer }
    const engine = await engineFor(recipe)
    const begun = await engine.readState()
    const reference = {
      weights: Float64Array.from(begun.weights.subarray(0, trainable)),
      optimizer: new Float64Array(optimizerSlots(optimizer) * trainable),
    }
    const average = Float64Array.from(begun.weights)
    for (let step = 0; step < 10; step++) {
      const options = optionsAt(step, rate)
      const gradient = Float64Array.from((await engine.gradients(batchAt(step), options)).gradient)
      const norm = gradientNorm(gradient)
      const [result] = await engine.run(batchAt(step), [options])
      expect(Math.abs((result?.gradientNorm ?? 0) / norm - 1)).toBeLessThan(1e-12)
      const factor = clipFactor(norm, recipe.clipNorm)
      optimizerStep(
        optimizer,
        reference,
        gradient.map((value) => factor * value),
        options,
      )

      const state = await engine.readState()
      const tolerance = step === 0 ? 1e-6 : 1e-5
      expect(relativeError(state.weights.subarray(0, trainable), reference.weights)).toBeLessThan(tolerance)
      expect(relativeError(state.optimizer, reference.optimizer)).toBeLessThan(1e-5)
      if (recipe.averageDecay === null) continue
      const share = 1 - averageDecayAt(recipe.averageDecay, step)
      state.weights.forEach(
        (value, i) => (average[i] = (average[i] ?? 0) + share * (value - (average[i] ?? 0))),
      )
      expect(relativeError(state.average ?? [], average)).toBeLessThan(1e-6)
    }
  })

  it('goes on to the same bits from a state read in the middle', async () => {
    const recipe = { ...EVERYTHING, optimizer }
    const whole = await engineFor(recipe)
    await train(whole, 0, 6, rate)
    const begun = await engineFor(recipe)
    await train(begun, 0, 3, rate)
    const resumed = await engineFor(recipe)
    await resumed.writeState(await begun.readState())
    await train(resumed, 3, 6, rate)
    expect(await resumed.readState()).toEqual(await whole.readState())
  })
})

describe('threads', () => {
  it.each([
    { name: 'nesterov', build: 'relaxed-simd' },
    { name: 'adamw', build: 'simd' },
    { name: 'rmsprop', build: 'relaxed-simd' },
  ] as const)(
    'do a whole recipe with $name to the same bits, one, two or three ($build)',
    async ({ name, build }) => {
      const recipe = { ...EVERYTHING, optimizer: optimizerOf(name) }
      const alone = await engineFor(recipe, { build })
      await train(alone, 0, 4, 0.01)
      const expected = await alone.readState()
      for (const threads of [2, 3]) {
        const engine = await engineFor(recipe, { build, host: threadedHost, threads })
        await train(engine, 0, 4, 0.01)
        expect(await engine.readState()).toEqual(expected)
      }
    },
  )
})

describe('label smoothing', () => {
  it.each([0, 0.1, 0.7])('of %f has the loss and the gradient of PyTorch', async (labelSmoothing) => {
    const engine = await engineFor({ labelSmoothing })
    const { loss, logits, gradient } = await engine.gradients(batchAt(0), optionsAt(0, 1))
    const labels = Uint8Array.from(batchAt(0), (index) => digits.labels[index] ?? 0)
    const expected = crossEntropy(logits, labels, labelSmoothing)
    expect(Math.abs(loss / expected.loss - 1)).toBeLessThan(1e-7)
    // The last bias's gradient is the sum of the logits' gradients.
    const bias = Array.from({ length: CLASS_COUNT }, (_, c) =>
      expected.gradient.reduce((sum, value, i) => sum + (i % CLASS_COUNT === c ? value : 0), 0),
    )
    expect(relativeError(gradient.subarray(-CLASS_COUNT), bias)).toBeLessThan(1e-6)
  })
})

describe('augmentation', () => {
  it.each([
    { what: 'all of it', augment: AUGMENT },
    { what: 'only the place', augment: { ...AUGMENT, elastic: 0, thickness: 0 } },
    {
      what: 'only the strokes',
      augment: { rotation: 0, shift: 0, scale: 0, shear: 0, elastic: 0, thickness: 1 },
    },
    {
      what: 'the most of it',
      augment: { rotation: 180, shift: 14, scale: 0.9, shear: 60, elastic: 8, thickness: 1 },
    },
  ])('learns from the bytes that its definition makes: $what', async ({ augment }) => {
    const step = 5
    const changed = digits.images.slice()
    batchAt(step).forEach((index, position) => {
      const image = digits.images.subarray(index * IMAGE_PIXELS, (index + 1) * IMAGE_PIXELS)
      changed.set(augmentedImage(image, augment, { seed: SEED, step, position }), index * IMAGE_PIXELS)
    })
    const augmenting = await engineFor({ augment })
    const plain = await engineFor({}, { images: { ...digits, images: changed } })
    const found = await augmenting.gradients(batchAt(step), optionsAt(step, 1))
    expect(found).toEqual(await plain.gradients(batchAt(step), optionsAt(step, 1)))
  })

  it('leaves the images as they were', async () => {
    const before = digits.images.slice()
    const engine = await engineFor({ augment: AUGMENT })
    await train(engine, 0, 2, 0.01)
    expect(digits.images).toEqual(before)
  })

  it('is refused for images of another size', async () => {
    const spec: ModelSpec = {
      name: 'tiny',
      input: { height: 8, width: 8, channels: 1 },
      layers: [{ kind: 'flatten' }, { kind: 'dense', units: 10, bias: true }],
    }
    await expect(
      createWasmTrainingEngine(jobOf(spec, BATCH, { augment: AUGMENT }), nodeHost),
    ).rejects.toThrow('augmentation changes images of 28×28 pixels, tiny takes 8×8')
  })
})

describe('the state', () => {
  it('is refused where a part has another length, or is too many', async () => {
    const engine = await engineFor({ optimizer: optimizerOf('adam'), averageDecay: 0.9 })
    const state = await engine.readState()
    await expect(engine.writeState({ ...state, optimizer: new Float32Array(trainable) })).rejects.toThrow(
      `this model has ${2 * trainable} values of optimizer state, found ${trainable}`,
    )
    await expect(engine.writeState({ ...state, average: null })).rejects.toThrow(
      `this model has ${state.weights.length} values of averaged weights, found 0`,
    )
    const plain = await engineFor({})
    await expect(plain.writeState({ ...state, optimizer: new Float32Array(trainable) })).rejects.toThrow(
      `this recipe keeps no average of the weights, found one of ${state.weights.length} values`,
    )
  })
})

describe('the scalars of a step', () => {
  it('stand where the kernels look for them', () => {
    const places = Object.fromEntries(
      UPDATE_SCALARS.map((name, at) => [`SCALAR_${name.replace(/[A-Z]/g, '_$&').toUpperCase()}`, at]),
    )
    const declared = Object.entries(word).filter(([name]) => name.startsWith('SCALAR_'))
    expect(Object.fromEntries(declared)).toEqual(places)
  })
})
