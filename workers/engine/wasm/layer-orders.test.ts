import { describe, expect, it } from 'vitest'
import { MNIST_PREPROCESS } from '../../../src/domain/image/preprocess'
import { initialWeights } from '../../../src/domain/model/initialise'
import { parameterTable } from '../../../src/domain/model/parameters'
import type { LayerSpec, ModelSpec } from '../../../src/domain/model/spec'
import { PURPOSE, randomU32, randomUnit, streamKey } from '../../../src/domain/random'
import { nodeHost } from '../node-host.testing'
import { oracleStep } from '../tfjs/oracle.testing'
import { begin, jobOf } from '../job.testing'
import type { WasmOptions } from './build'
import { createWasmTrainingEngine } from './training'

/** Images with strokes and paper, so that some windows tie and some do not. */
function digits(count: number, seed: number): { images: Uint8Array; labels: Uint8Array } {
  const key = streamKey(seed, PURPOSE.generateDigits, 0)
  const images = new Uint8Array(count * 784)
  for (let i = 0; i < images.length; i++) {
    const number = randomU32(key, i)
    images[i] = number % 3 === 0 ? number >>> 24 : 0
  }
  return { images, labels: Uint8Array.from({ length: count }, (_, i) => randomU32(key, i) % 10) }
}

/**
 * Initial weights moved a little everywhere, so that batch norm's scale and shift and all biases matter; up and down alike, since
 * sums of ink with one sign are all mean, which batch norm takes away down to the rounding.
 */
function weightsFor(spec: ModelSpec, seed: number): Float32Array {
  const key = streamKey(seed, PURPOSE.initialise, 1)
  return initialWeights(spec, seed).map((weight, i) => weight + 0.2 * (randomUnit(key, i) - 0.5))
}

function largestOf(values: Float32Array): number {
  return values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0)
}

/** Largest difference relative to the largest expected value. */
function relativeError(found: Float32Array, expected: Float32Array): number {
  let largest = 0
  let difference = 0
  for (let i = 0; i < expected.length; i++) {
    largest = Math.max(largest, Math.abs(expected[i]!))
    difference = Math.max(difference, Math.abs(found[i]! - expected[i]!))
  }
  expect(found.length).toBe(expected.length)
  return largest === 0 ? difference : difference / largest
}

async function compareStep(
  spec: ModelSpec,
  batch: number,
  convolution: NonNullable<WasmOptions['convolution']>,
): Promise<void> {
  const data = digits(batch, 5)
  const weights = weightsFor(spec, 9)
  const seed = 77
  const step = 3
  const job = jobOf(spec, batch)
  const engine = await createWasmTrainingEngine(job, nodeHost, { convolution })
  try {
    const labelled = { count: batch, ...data }
    await begin(engine, job, labelled, weights)
    const indices = Uint32Array.from({ length: batch }, (_, i) => i)
    const options = { learningRate: 0.1, seed, step }
    const found = await engine.gradients(indices, options)
    const oracle = await oracleStep(
      { spec, weights, preprocess: MNIST_PREPROCESS },
      { data: labelled, indices, options },
    )
    expect(relativeError(found.logits, oracle.logits)).toBeLessThan(1e-5)
    expect(Math.abs(found.loss - oracle.loss) / oracle.loss).toBeLessThan(1e-5)
    const table = parameterTable(spec)
    const overall = largestOf(oracle.gradient)
    for (const { name, offset, size } of table.tensors) {
      if (offset >= table.trainable) continue
      const expected = oracle.gradient.subarray(offset, offset + size)
      // A bias before batch norm has no gradient: what is found there is rounding.
      if (largestOf(expected) < 1e-6 * overall) continue
      expect(relativeError(found.gradient.subarray(offset, offset + size), expected), name).toBeLessThan(1e-4)
    }
    await engine.run(indices, [options])
    const running = (await engine.readState()).weights.subarray(table.trainable)
    if (running.length > 0) expect(relativeError(running, oracle.running)).toBeLessThan(1e-5)
  } finally {
    engine.dispose()
  }
}

const CONV: LayerSpec = { kind: 'conv', filters: 6, kernel: 3, padding: 0, bias: true }
const HEAD: LayerSpec[] = [{ kind: 'flatten' }, { kind: 'dense', units: 10, bias: true }]
const POOL: LayerSpec = { kind: 'max-pool', size: 4 }

/** Small nets, each around one layer kind or one order of layers. */
const NETS: Record<string, LayerSpec[]> = {
  'a dense layer alone': HEAD,
  'a 1×1 convolution': [POOL, { ...CONV, kernel: 1 }, ...HEAD],
  'a 5×5 convolution with padding': [
    POOL,
    { ...CONV, kernel: 5, padding: 2 },
    { ...CONV, filters: 4 },
    ...HEAD,
  ],
  'a 7×7 convolution over the whole field': [POOL, { ...CONV, filters: 10, kernel: 7 }, { kind: 'flatten' }],
  'a padded convolution after a padded one': [
    POOL,
    { ...CONV, padding: 1 },
    { kind: 'relu' },
    { ...CONV, filters: 13, padding: 1 },
    { kind: 'leaky-relu', slope: 0.1 },
    { ...CONV, filters: 17, padding: 1, bias: false },
    ...HEAD,
  ],
  'padding larger than half the kernel': [POOL, { ...CONV, padding: 2 }, { ...CONV, padding: 2 }, ...HEAD],
  'norm and dropout between padded convolutions': [
    POOL,
    { ...CONV, padding: 1 },
    { kind: 'relu' },
    { kind: 'batch-norm' },
    { kind: 'dropout', rate: 0.3 },
    { ...CONV, filters: 18, padding: 1, bias: false },
    { kind: 'batch-norm' },
    { kind: 'relu' },
    { kind: 'dropout', rate: 0.2 },
    { ...CONV, filters: 7 },
    ...HEAD,
  ],
  'a bare 1×1 convolution under a max pool that does not reach the edge': [
    POOL,
    { ...CONV, filters: 16, padding: 1 },
    { kind: 'relu' },
    { ...CONV, filters: 7, kernel: 1, bias: false },
    { kind: 'max-pool', size: 2 },
    ...HEAD,
  ],
  'bare convolutions, padded and 1×1, under a max pool': [
    POOL,
    { ...CONV, filters: 5, padding: 1 },
    { ...CONV, filters: 32, kernel: 2, bias: false },
    { ...CONV, filters: 21, kernel: 1, bias: false },
    { kind: 'max-pool', size: 2 },
    { kind: 'batch-norm' },
    ...HEAD,
  ],
  'batch norm on the image': [{ kind: 'batch-norm' }, POOL, CONV, ...HEAD],
  'batch norm before and after ReLU': [
    POOL,
    CONV,
    { kind: 'batch-norm' },
    { kind: 'relu' },
    { kind: 'batch-norm' },
    ...HEAD,
  ],
  'batch norm after dense': [
    POOL,
    { kind: 'flatten' },
    { kind: 'dense', units: 9, bias: true },
    { kind: 'batch-norm' },
    { kind: 'leaky-relu', slope: 0.2 },
    { kind: 'dropout', rate: 0.3 },
    { kind: 'dense', units: 10, bias: false },
  ],
  'dropout before and after ReLU': [
    POOL,
    CONV,
    { kind: 'dropout', rate: 0.4 },
    { kind: 'relu' },
    { kind: 'dropout', rate: 0.2 },
    ...HEAD,
  ],
  'channel dropout with batch norm': [
    POOL,
    CONV,
    { kind: 'batch-norm' },
    { kind: 'relu' },
    { kind: 'dropout-2d', rate: 0.5 },
    { kind: 'max-pool', size: 2 },
    ...HEAD,
  ],
  'ReLU twice': [POOL, CONV, { kind: 'relu' }, { kind: 'relu' }, ...HEAD],
  'a max pool that leaves pixels out': [
    CONV,
    { kind: 'max-pool', size: 3 },
    { kind: 'relu' },
    { ...CONV, kernel: 5 },
    ...HEAD,
  ],
  'an average pool': [
    POOL,
    CONV,
    { kind: 'average-pool', size: 2 },
    CONV.kind === 'conv' ? { ...CONV, kernel: 2 } : CONV,
    ...HEAD,
  ],
  'adaptive windows that overlap': [
    POOL,
    CONV,
    { kind: 'adaptive-average-pool', size: 3 },
    { kind: 'batch-norm' },
    ...HEAD,
  ],
  'a global pool at the end': [
    POOL,
    CONV,
    { kind: 'relu' },
    { ...CONV, filters: 10 },
    { kind: 'global-average-pool' },
  ],
  'a bare convolution before a whole-field one': [
    POOL,
    { ...CONV, bias: false },
    { ...CONV, kernel: 5, filters: 10, bias: false },
  ],
}

describe('orders of layers, against tfjs', () => {
  it.each(Object.entries(NETS))('%s', async (name, layers) => {
    const spec = { name, input: { height: 28, width: 28, channels: 1 }, layers }
    for (const convolution of ['direct', 'winograd-2', 'winograd-4'] as const) {
      await compareStep(spec, 7, convolution)
      await compareStep(spec, 4, convolution)
    }
  })
})
