import { describe, expect, it } from 'vitest'
import { MNIST_PREPROCESS } from '../../../src/domain/image/preprocess'
import { initialWeights } from '../../../src/domain/model/initialise'
import { parameterTable } from '../../../src/domain/model/parameters'
import type { LayerSpec, ModelSpec } from '../../../src/domain/model/spec'
import { PURPOSE, randomU32, randomUnit, streamKey } from '../../../src/domain/random'
import type { OracleBatch, OracleModel } from './oracle'
import { oraclePredict, oracleStep, oracleTensorCount, oracleTrain, studioDropout } from './oracle'
import { referenceStep } from './reference.testing'

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

function modelOf(spec: ModelSpec): OracleModel {
  const weights = initialWeights(spec, SEED)
  const key = streamKey(SEED, PURPOSE.initialise, 1)
  // Scales, shifts and running statistics that are not 1 and 0, so that a forgotten one shows.
  for (const { role, offset, size } of parameterTable(spec).tensors)
    if (role !== 'kernel' && role !== 'bias')
      for (let at = offset; at < offset + size; at++) weights[at]! += 0.2 * randomUnit(key, at)
  return { spec, weights, preprocess: MNIST_PREPROCESS }
}

function batchOf(index: number): OracleBatch {
  const key = streamKey(SEED, PURPOSE.generateDigits, index)
  return {
    images: Uint8Array.from({ length: BATCH * SIDE * SIDE }, (_, at) => randomU32(key, at) & 255),
    labels: Uint8Array.from({ length: BATCH }, (_, at) => randomU32(key, 100_000 + at) % 10),
  }
}

const dropout = studioDropout(SEED, 0)

function largest(values: ArrayLike<number>): number {
  let most = 0
  for (let at = 0; at < values.length; at++) most = Math.max(most, Math.abs(values[at]!))
  return most
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length)
  let most = 0
  for (let at = 0; at < a.length; at++) most = Math.max(most, Math.abs(a[at]! - b[at]!))
  return most
}

describe.each(NETS)('oracle of $name', (spec) => {
  const model = modelOf(spec)
  const batch = batchOf(0)
  const weights = Float64Array.from(model.weights)
  const table = parameterTable(spec)

  it('has the loss, logits and running statistics of a float64 forward pass', async () => {
    const step = await oracleStep(model, batch, dropout)
    const reference = referenceStep(model, weights, batch, dropout)
    expect(Math.abs(step.loss - reference.loss)).toBeLessThan(1e-6 * reference.loss)
    expect(largestDifference(step.logits, reference.logits)).toBeLessThan(1e-5 * largest(reference.logits))
    for (const { name, offset, size } of table.tensors) {
      const expected = reference.runningAfter.get(name)
      if (expected === undefined) continue
      const found = step.runningAfter.subarray(offset - table.trainable, offset - table.trainable + size)
      expect(largestDifference(found, expected)).toBeLessThan(1e-6 * largest(expected))
    }
  })

  it('has the gradient that central differences of the float64 loss have', async () => {
    const { gradient } = await oracleStep(model, batch, dropout)
    const width = 1e-5
    const differences = Float64Array.from(gradient, (_, at) => {
      const lossAt = (value: number): number =>
        referenceStep(model, weights.with(at, value), batch, dropout).loss
      return (lossAt(weights[at]! + width) - lossAt(weights[at]! - width)) / (2 * width)
    })
    for (const { offset, size, name } of table.tensors.filter((tensor) => tensor.offset < table.trainable)) {
      const expected = differences.subarray(offset, offset + size)
      expect(largest(expected), `${name} reaches the loss`).toBeGreaterThan(1e-5)
      const error = largestDifference(gradient.subarray(offset, offset + size), expected)
      expect(error, name).toBeLessThan(2e-5 * largest(expected))
    }
  })
})

describe('oracle', () => {
  const everything: ModelSpec = net('everything', [
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
  const model = modelOf(everything)

  it('holds no tensor when it is done', async () => {
    await oracleStep(model, batchOf(0), dropout)
    const before = oracleTensorCount()
    await oracleStep(model, batchOf(1), dropout)
    await oraclePredict(model, batchOf(1).images)
    expect(oracleTensorCount()).toBe(before)
  })

  it('leaves the weights it was given alone', async () => {
    const before = model.weights.slice()
    await oracleTrain(
      model,
      [batchOf(0)],
      { learningRate: 1, momentum: 0.9, weightDecay: 0.1 },
      () => dropout,
    )
    expect(model.weights).toEqual(before)
  })

  it('trains by the rule of torch.optim.SGD', async () => {
    const batches = [batchOf(0), batchOf(1), batchOf(2)]
    const optimizer = { learningRate: 0.05, momentum: 0.9, weightDecay: 0.01 }
    const trained = await oracleTrain(model, batches, optimizer, () => dropout)

    const { trainable } = parameterTable(everything)
    const weights = Float64Array.from(model.weights)
    const velocity = new Float64Array(trainable)
    for (const [index, batch] of batches.entries()) {
      const step = await oracleStep({ ...model, weights: Float32Array.from(weights) }, batch, dropout)
      expect(trained.steps[index]!.loss).toBeCloseTo(step.loss, 5)
      for (let at = 0; at < trainable; at++) {
        velocity[at] = 0.9 * velocity[at]! + step.gradient[at]! + 0.01 * weights[at]!
        weights[at]! -= 0.05 * velocity[at]!
      }
      weights.set(step.runningAfter, trainable)
    }
    expect(largestDifference(trained.weights, weights)).toBeLessThan(1e-6)
    expect(largestDifference(trained.momentum, velocity)).toBeLessThan(1e-6)
  })

  it('continues from a momentum to the same bits', async () => {
    const optimizer = { learningRate: 0.05, momentum: 0.9, weightDecay: 0.01 }
    const whole = await oracleTrain(model, [batchOf(0), batchOf(1)], optimizer, () => dropout)
    const half = await oracleTrain(model, [batchOf(0)], optimizer, () => dropout)
    const rest = await oracleTrain(
      { ...model, weights: half.weights },
      [batchOf(1)],
      optimizer,
      () => dropout,
      half.momentum,
    )
    expect(rest.weights).toEqual(whole.weights)
    expect([...half.steps, ...rest.steps]).toEqual(whole.steps)
  })

  it('predicts with running statistics, the same for an image alone and in a batch', async () => {
    const { images } = batchOf(0)
    const together = await oraclePredict(model, images)
    const alone = await oraclePredict(model, images.subarray(0, SIDE * SIDE))
    expect(largestDifference(together.subarray(0, 10), alone)).toBeLessThan(1e-6)
    const training = await oracleStep(model, batchOf(0), dropout)
    expect(largestDifference(together, training.logits)).toBeGreaterThan(1e-3)
  })

  it('names sizes that do not fit', async () => {
    const batch = batchOf(0)
    await expect(oraclePredict({ ...model, weights: new Float32Array(3) }, batch.images)).rejects.toThrow(
      'found 3',
    )
    await expect(oraclePredict(model, new Uint8Array(65))).rejects.toThrow(
      'whole images of 64 bytes, found 65',
    )
    await expect(oracleStep(model, { ...batch, labels: new Uint8Array(2) }, dropout)).rejects.toThrow(
      '3 images need as many labels, found 2',
    )
  })
})
