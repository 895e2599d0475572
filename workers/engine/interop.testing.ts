/** What both interop tests read: digits, and for every preset weights that answer each class otherwise. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { IMAGE_PIXELS, MNIST_PREPROCESS, normalisationTable } from '../../src/domain/image/preprocess'
import { initialWeights } from '../../src/domain/model/initialise'
import { parameterTable } from '../../src/domain/model/parameters'
import { findPreset } from '../../src/domain/model/presets'
import type { ModelSpec } from '../../src/domain/model/spec'
import { PURPOSE, randomUnit, streamKey } from '../../src/domain/random'
import { seededDigits } from './agreement.testing'
import { createPredictor, createTrainingEngine } from './create'
import { begin, jobOf, WASM_CHOICE } from './job.testing'
import { nodeHost } from './node-host.testing'

const COUNT = 1000
/** The most that a logit may differ by, wherever the model is run. */
export const TOLERANCE = 1e-4

const folder = process.env['MNIST_DIR'] ?? ''
/** Where the digits are from, for the tests' names. */
export const DIGITS_NAME = folder === '' ? 'seeded pictures (MNIST_DIR is not set)' : 'MNIST test images'

/** The first thousand test images of MNIST, or pictures in the manner of digits. */
export async function interopDigits(): Promise<Uint8Array> {
  if (folder === '') return seededDigits(COUNT, 11).images
  const file = await readIdx('t10k-images-idx3-ubyte')
  return file.subarray(16, 16 + COUNT * IMAGE_PIXELS)
}

async function readIdx(name: string): Promise<Uint8Array> {
  try {
    return await readFile(join(folder, name))
  } catch {
    return gunzipSync(await readFile(join(folder, `${name}.gz`)))
  }
}

export function presetSpec(name: string): ModelSpec {
  const found = findPreset(name)
  if (found.kind === 'unknown') throw new Error(found.message)
  return found.spec
}

/** Kernels wide enough for signals to reach the logits, and running statistics that are not 0 and 1. */
export function vividWeights(spec: ModelSpec, seed: number): Float32Array {
  const weights = initialWeights(spec, seed)
  const key = streamKey(seed, PURPOSE.initialise, 1)
  for (const { role, offset, size } of parameterTable(spec).tensors)
    for (let at = offset; at < offset + size; at++)
      weights[at] = role === 'kernel' ? weights[at]! * Math.sqrt(6) : weights[at]! + 0.2 * randomUnit(key, at)
  return weights
}

/** Weights after some steps of training on seeded pictures: running statistics and logits as they really come to be. */
export async function trainedWeights(spec: ModelSpec): Promise<Float32Array> {
  const batch = 64
  const count = 40
  const job = jobOf(spec, batch)
  const digits = seededDigits(batch * 10, 3)
  const engine = await createTrainingEngine(job, nodeHost, WASM_CHOICE)
  try {
    await begin(engine, job, digits)
    const indices = Uint32Array.from({ length: count * batch }, (_, at) => at % digits.count)
    const steps = Array.from({ length: count }, (_, step) => ({ learningRate: 0.05, seed: 1, step }))
    await engine.run(indices, steps)
    return (await engine.readState()).weights
  } finally {
    engine.dispose()
  }
}

/** The studio's own logits. @throws Error when they tell nothing: all alike, or no numbers */
export async function ownLogits(
  spec: ModelSpec,
  weights: Float32Array,
  images: Uint8Array,
): Promise<Float32Array> {
  const choice = { threads: 1, convolution: 'auto', like: null } as const
  const predictor = await createPredictor(spec, weights, MNIST_PREPROCESS, nodeHost, choice)
  try {
    const logits = await predictor.predict(images)
    const spread = Math.max(...logits.subarray(0, 1000)) - Math.min(...logits.subarray(0, 1000))
    if (!(spread > 0.1)) throw new Error(`the logits of ${spec.name} spread over ${spread} only`)
    return logits
  } finally {
    predictor.dispose()
  }
}

/** Images as a model's input. */
export function normalised(images: Uint8Array): Float32Array {
  const table = normalisationTable(MNIST_PREPROCESS)
  return Float32Array.from(images, (byte) => table[byte]!)
}

/** The largest difference of two answers; NaN where one holds no number. */
export function farthest(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (found.length !== expected.length) return Number.NaN
  let most = 0
  for (let at = 0; at < found.length; at++) {
    const difference = Math.abs(found[at]! - expected[at]!)
    if (!(difference <= most)) most = difference
  }
  return most
}
