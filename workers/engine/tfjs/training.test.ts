/**
 * The engine on its cpu backend against float64. One long file, because its layers, recipes and states are all tried on the same
 * small nets and digits.
 */
import * as tf from '@tensorflow/tfjs'
import { afterEach, describe, expect, it } from 'vitest'
import { CLASS_COUNT, type LabelledImages } from '../../../src/domain/dataset/dataset'
import { IMAGE_PIXELS } from '../../../src/domain/image/preprocess'
import { parameterTable } from '../../../src/domain/model/parameters'
import type { LayerSpec, ModelSpec } from '../../../src/domain/model/spec'
import { PURPOSE, randomU32, streamKey } from '../../../src/domain/random'
import { augmentedImage } from '../../../src/domain/training/augment'
import { crossEntropy } from '../../../src/domain/training/loss'
import {
  averageDecayAt,
  clipFactor,
  gradientNorm,
  optimizerStep,
} from '../../../src/domain/training/optimizer'
import type { OptimizerRecipe, Recipe } from '../../../src/domain/training/recipe'
import { livedInWeights, relativeError } from '../agreement.testing'
import type { StepOptions, TrainingEngine, TrainingJob } from '../contract'
import { EngineUnavailableError } from '../contract'
import { begin, freshState, jobOf } from '../job.testing'
import { nodeHost } from '../node-host.testing'
import { studioDropout } from './batch'
import { referenceStep } from './reference.testing'
import { createTfjsTrainingEngine } from './training'

// tfjs's own switch for tests: it checks every kernel for leaked tensors, and keeps quiet about faster native packages.
tf.env().set('IS_TEST', true)

const SEED = 20_26
const BATCH = 3
const SIDE = 8

const HEAD: readonly LayerSpec[] = [{ kind: 'flatten' }, { kind: 'dense', units: 10, bias: true }]

/** Each kind stands behind layers with weights, so that its gradient reaches them, and before some. */
const NETS: readonly ModelSpec[] = [
  net('conv', [conv(3), conv(2, { kernel: 2, bias: true })]),
  net('padded conv', [conv(2, { padding: 1 }), conv(2, { padding: 2, bias: true })]),
  net('dense', [conv(2), { kind: 'flatten' }, { kind: 'dense', units: 5, bias: false }]),
  // What follows a batch norm bends or drops something, and what precedes it has no bias: a constant before a batch norm
  // changes nothing, so that its gradient would be zero and its test empty.
  net('batch-norm', [conv(3), { kind: 'batch-norm' }, { kind: 'relu' }, conv(2), { kind: 'batch-norm' }]),
  net('batch-norm of vectors', [
    { kind: 'flatten' },
    { kind: 'dense', units: 6, bias: false },
    { kind: 'batch-norm' },
  ]),
  net('relu', [conv(3), { kind: 'relu' }, conv(2), { kind: 'relu' }]),
  net('leaky-relu', [conv(3), { kind: 'leaky-relu', slope: 0.1 }, conv(2)]),
  net('dropout', [conv(3), { kind: 'dropout', rate: 0.25 }, conv(2)]),
  net('dropout-2d', [conv(3), { kind: 'dropout-2d', rate: 0.5 }, conv(2)]),
  net('max-pool', [conv(3, { kernel: 2 }), { kind: 'max-pool', size: 2 }]),
  net('max-pool of three', [conv(3), { kind: 'max-pool', size: 3 }]),
  net('average-pool', [conv(3, { kernel: 2 }), { kind: 'average-pool', size: 3 }]),
  net('adaptive-average-pool', [conv(3, { kernel: 2 }), { kind: 'adaptive-average-pool', size: 4 }]),
  {
    ...net('global-average-pool', []),
    layers: [conv(4), { kind: 'relu' }, conv(10, { bias: true }), { kind: 'global-average-pool' }],
  },
]

function net(name: string, body: readonly LayerSpec[]): ModelSpec {
  return { name, input: { height: SIDE, width: SIDE, channels: 1 }, layers: [...body, ...HEAD] }
}

function conv(
  filters: number,
  { kernel = 3, padding = 0, bias = false }: { kernel?: number; padding?: number; bias?: boolean } = {},
): LayerSpec {
  return { kind: 'conv', filters, kernel, padding, bias }
}

const OPTIONS: StepOptions = { learningRate: 0.05, seed: SEED, step: 0 }

/** Five batches of small noise. */
function noise(): LabelledImages {
  const key = streamKey(SEED, PURPOSE.generateDigits, 0)
  const count = 5 * BATCH
  return {
    count,
    images: Uint8Array.from({ length: count * SIDE * SIDE }, (_, at) => randomU32(key, at) & 255),
    labels: Uint8Array.from({ length: count }, (_, at) => randomU32(key, 100_000 + at) % 10),
  }
}

const data = noise()
const first = indicesOf(0)
const firstBatch: LabelledImages = {
  count: BATCH,
  images: data.images.subarray(0, BATCH * SIDE * SIDE),
  labels: data.labels.subarray(0, BATCH),
}

function indicesOf(...batches: number[]): Uint32Array {
  return Uint32Array.from(batches.flatMap((batch) => [0, 1, 2].map((image) => batch * BATCH + image)))
}

function stepsOf(...steps: number[]): StepOptions[] {
  return steps.map((step) => ({ ...OPTIONS, step }))
}

const open: TrainingEngine[] = []
afterEach(() => {
  for (const engine of open.splice(0)) engine.dispose()
  expect(tf.memory().numTensors, 'tensors left behind').toBe(0)
})

async function engineFor(job: TrainingJob, images = data, weights = livedInWeights(job.spec, SEED)) {
  const engine = await createTfjsTrainingEngine(job, 'cpu', nodeHost)
  open.push(engine)
  await begin(engine, job, images, weights)
  return engine
}

function largest(values: ArrayLike<number>): number {
  let most = 0
  for (let at = 0; at < values.length; at++) most = Math.max(most, Math.abs(values[at]!))
  return most
}

describe.each(NETS)('net of $name', (spec) => {
  const job = jobOf(spec, BATCH)
  const table = parameterTable(spec)
  const weights = Float64Array.from(livedInWeights(spec, SEED))
  const dropout = studioDropout(OPTIONS)

  it('has the loss, logits and running statistics of a float64 forward pass', async () => {
    const engine = await engineFor(job)
    const found = await engine.gradients(first, OPTIONS)
    const reference = referenceStep(job, weights, firstBatch, dropout)
    expect(Math.abs(found.loss - reference.loss)).toBeLessThan(1e-6 * reference.loss)
    expect(relativeError(found.logits, reference.logits)).toBeLessThan(1e-5)
    await engine.run(first, [OPTIONS])
    const after = await engine.readState()
    for (const { name, offset, size } of table.tensors) {
      const expected = reference.runningAfter.get(name)
      if (expected === undefined) continue
      expect(relativeError(after.weights.subarray(offset, offset + size), expected), name).toBeLessThan(1e-6)
    }
  })

  it('has the gradient that central differences of the float64 loss have', async () => {
    const { gradient } = await (await engineFor(job)).gradients(first, OPTIONS)
    const width = 1e-5
    const differences = Float64Array.from(gradient, (_, at) => {
      const lossAt = (value: number): number =>
        referenceStep(job, weights.with(at, value), firstBatch, dropout).loss
      return (lossAt(weights[at]! + width) - lossAt(weights[at]! - width)) / (2 * width)
    })
    for (const { offset, size, name } of table.tensors.filter((tensor) => tensor.offset < table.trainable)) {
      const expected = differences.subarray(offset, offset + size)
      expect(largest(expected), `${name} reaches the loss`).toBeGreaterThan(1e-5)
      expect(relativeError(gradient.subarray(offset, offset + size), expected), name).toBeLessThan(2e-5)
    }
  })
})

const EVERYTHING = net('everything', [
  conv(4, { padding: 1 }),
  { kind: 'batch-norm' },
  { kind: 'leaky-relu', slope: 0.01 },
  { kind: 'dropout', rate: 0.1 },
  { kind: 'max-pool', size: 2 },
  conv(4, { bias: true }),
  { kind: 'relu' },
  { kind: 'dropout-2d', rate: 0.2 },
  { kind: 'adaptive-average-pool', size: 2 },
])

const OPTIMIZERS: readonly OptimizerRecipe[] = [
  { kind: 'sgd', momentum: 0.9, nesterov: false, weightDecay: 0.01 },
  { kind: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 0 },
  { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-3, weightDecay: 0.01 },
  { kind: 'adamw', beta1: 0.9, beta2: 0.99, epsilon: 1e-3, weightDecay: 0.01 },
  { kind: 'rmsprop', alpha: 0.9, epsilon: 1e-3, weightDecay: 0.01 },
  { kind: 'adagrad', epsilon: 1e-3, weightDecay: 0.01 },
]

/** With everything on, and a bound that the first step's gradient exceeds. */
function fullRecipe(optimizer: OptimizerRecipe): Recipe {
  return { optimizer, clipNorm: 0.5, labelSmoothing: 0.1, averageDecay: 0.9, augment: null }
}

describe.each(OPTIMIZERS)('$kind', (optimizer) => {
  const recipe = fullRecipe(optimizer)
  const job = jobOf(EVERYTHING, BATCH, recipe)

  it('clips, updates and averages by the formulas in float64', async () => {
    const engine = await engineFor(job)
    const { trainable } = parameterTable(EVERYTHING)
    const state = freshState(job, livedInWeights(EVERYTHING, SEED))
    const weights = Float64Array.from(state.weights.subarray(0, trainable))
    const slots = Float64Array.from(state.optimizer)
    const average = Float64Array.from(state.weights)
    for (const step of [0, 1, 2]) {
      const [options] = stepsOf(step)
      const { gradient } = await engine.gradients(indicesOf(step), options!)
      const norm = gradientNorm(gradient)
      const [result] = await engine.run(indicesOf(step), [options!])
      expect(result!.gradientNorm).toBeCloseTo(norm, 5)
      const factor = clipFactor(norm, recipe.clipNorm)
      if (step === 0) expect(factor).toBeLessThan(1)
      optimizerStep(
        optimizer,
        { weights, optimizer: slots },
        Float64Array.from(gradient, (value) => factor * value),
        options!,
      )
      const found = await engine.readState()
      average.forEach((value, at) => {
        const now = at < trainable ? weights[at]! : found.weights[at]!
        average[at] = value + (1 - averageDecayAt(0.9, step)) * (now - value)
      })
      expect(relativeError(found.weights.subarray(0, trainable), weights)).toBeLessThan(1e-6)
      expect(relativeError(found.optimizer, slots)).toBeLessThan(1e-5)
      expect(relativeError(found.average!, average)).toBeLessThan(1e-6)
    }
  })

  it('goes on from a state to the same bits, in as many runs as one likes', async () => {
    const whole = await engineFor(job)
    const results = await whole.run(indicesOf(0, 1, 2, 3), stepsOf(0, 1, 2, 3))
    const half = await engineFor(job)
    const before = await half.run(indicesOf(0, 1), stepsOf(0, 1))
    const rest = await createTfjsTrainingEngine(job, 'cpu', nodeHost)
    open.push(rest)
    await rest.attach(data)
    await rest.writeState(await half.readState())
    // Asked for before the first has answered.
    const after = await Promise.all([rest.run(indicesOf(2), stepsOf(2)), rest.run(indicesOf(3), stepsOf(3))])
    expect([...before, ...after.flat()]).toEqual(results)
    expect(await rest.readState()).toEqual(await whole.readState())
  })
})

describe('tfjs engine', () => {
  it('smooths labels as the formula says', async () => {
    const engine = await engineFor(jobOf(EVERYTHING, BATCH, { labelSmoothing: 0.2 }))
    const { loss, logits } = await engine.gradients(first, OPTIONS)
    expect(loss).toBeCloseTo(crossEntropy(logits, firstBatch.labels, 0.2).loss, 6)
    expect(loss).not.toBeCloseTo(crossEntropy(logits, firstBatch.labels, 0).loss, 3)
  })

  it('counts right answers', async () => {
    const engine = await engineFor(jobOf(EVERYTHING, BATCH))
    const { logits } = await engine.gradients(first, OPTIONS)
    const right = [...firstBatch.labels].filter((label, row) => {
      const answer = logits.subarray(row * CLASS_COUNT, (row + 1) * CLASS_COUNT)
      return answer.indexOf(Math.max(...answer)) === label
    })
    const [result] = await engine.run(first, [OPTIONS])
    expect(result!.correct).toBe(right.length)
  })

  it('sees the images that augmentation makes of them', async () => {
    const spec: ModelSpec = { ...net('dense', []), input: { height: 28, width: 28, channels: 1 } }
    const augment = { rotation: 20, shift: 2, scale: 0.1, shear: 5, elastic: 1, thickness: 0.5 }
    const key = streamKey(SEED, PURPOSE.generateDigits, 1)
    const images = Uint8Array.from({ length: 2 * IMAGE_PIXELS }, (_, at) => randomU32(key, at) & 255)
    const given = { count: 2, images, labels: Uint8Array.of(3, 4) }
    const changed = new Uint8Array(2 * IMAGE_PIXELS)
    for (const position of [0, 1]) {
      const image = images.subarray(position * IMAGE_PIXELS, (position + 1) * IMAGE_PIXELS)
      const seen = augmentedImage(image, augment, { seed: SEED, step: 5, position })
      changed.set(seen, position * IMAGE_PIXELS)
    }
    const options = { ...OPTIONS, step: 5 }
    const augmenting = await engineFor(jobOf(spec, 2, { augment }), given)
    const plain = await engineFor(jobOf(spec, 2), { ...given, images: changed })
    const indices = Uint32Array.of(0, 1)
    expect(await augmenting.gradients(indices, options)).toEqual(await plain.gradients(indices, options))
  })

  it('holds as many tensors after a step as before, and leaves its state alone when only looked at', async () => {
    const job = jobOf(EVERYTHING, BATCH, fullRecipe(OPTIMIZERS[2]!))
    const engine = await engineFor(job)
    const { numTensors } = tf.memory()
    const state = await engine.readState()
    await engine.gradients(first, OPTIONS)
    expect(await engine.readState()).toEqual(state)
    await engine.run(indicesOf(0, 1), stepsOf(0, 1))
    await engine.writeState(state)
    expect(await engine.readState()).toEqual(state)
    expect(tf.memory().numTensors).toBe(numTensors)
    expect(engine.memoryBytes).toBe(4 * (2 * state.weights.length + state.optimizer.length))
  })

  it('leaves the weights it was given alone', async () => {
    const job = jobOf(EVERYTHING, BATCH)
    const weights = livedInWeights(EVERYTHING, SEED)
    const engine = await engineFor(job, data, weights)
    await engine.run(first, [OPTIONS])
    expect(weights).toEqual(livedInWeights(EVERYTHING, SEED))
  })

  it('names what does not fit', async () => {
    const job = jobOf(EVERYTHING, BATCH)
    const engine = await engineFor(job)
    const state = freshState(job)
    await expect(engine.writeState({ ...state, weights: new Float32Array(3) })).rejects.toThrow(
      'values of weights, found 3',
    )
    await expect(engine.writeState({ ...state, average: state.weights })).rejects.toThrow(
      'keeps no average of the weights, found one',
    )
    await expect(engine.run(new Uint32Array(2), [OPTIONS])).rejects.toThrow(
      'a step takes 3 images, found 2 indices',
    )
    await expect(engine.run(Uint32Array.of(0, 1, 99), [OPTIONS])).rejects.toThrow('image 99 of 15')
  })

  it('says why a backend cannot be had', async () => {
    const job = jobOf(EVERYTHING, BATCH)
    for (const [name, reason] of [
      ['webgpu', 'Node has no WebGPU'],
      ['webgl', 'gives workers WebGL 2'],
    ] as const) {
      const making = createTfjsTrainingEngine(job, name, nodeHost)
      await expect(making).rejects.toThrow(reason)
      await expect(making).rejects.toBeInstanceOf(EngineUnavailableError)
    }
  })

  it('goes on with what began on the same backend and version, and with nothing else', async () => {
    const job = jobOf(EVERYTHING, BATCH)
    const { record } = await engineFor(job)
    const again = await createTfjsTrainingEngine(job, 'cpu', nodeHost, record)
    open.push(again)
    expect(again.record).toEqual(record)
    if (record.kind !== 'tfjs') throw new Error('another engine')
    for (const other of [
      { ...record, version: '3.0.0' },
      { ...record, backend: 'webgl' as const },
    ])
      await expect(createTfjsTrainingEngine(job, 'cpu', nodeHost, other)).rejects.toThrow(
        'this run began with',
      )
  })
})
