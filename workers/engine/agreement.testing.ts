import type { LabelledImages } from '../../src/domain/dataset/dataset'
import { IMAGE_PIXELS, IMAGE_SIDE } from '../../src/domain/image/preprocess'
import { initialWeights } from '../../src/domain/model/initialise'
import type { ParameterTensor } from '../../src/domain/model/parameters'
import { parameterTable } from '../../src/domain/model/parameters'
import type { ModelSpec } from '../../src/domain/model/spec'
import { PURPOSE, randomU32, randomUnit, streamKey } from '../../src/domain/random'

/**
 * Seeded pictures in the manner of digits: a noisy ring of ink on blank paper, somewhere near the middle. The blank part
 * matters: there whole fields of a network hold equal values, where maxima tie and ReLUs see exact zeros.
 */
export function seededDigits(count: number, seed: number): LabelledImages {
  const key = streamKey(seed, PURPOSE.generateDigits, 0)
  const images = new Uint8Array(count * IMAGE_PIXELS)
  for (let image = 0; image < count; image++) {
    const centreX = 11 + 6 * randomUnit(key, 3 * image)
    const centreY = 11 + 6 * randomUnit(key, 3 * image + 1)
    const radius = 4 + 4 * randomUnit(key, 3 * image + 2)
    for (let pixel = 0; pixel < IMAGE_PIXELS; pixel++) {
      const x = pixel % IMAGE_SIDE
      const y = Math.floor(pixel / IMAGE_SIDE)
      const distance = Math.abs(Math.hypot(x - centreX, y - centreY) - radius)
      const at = image * IMAGE_PIXELS + pixel
      if (distance < 2) images[at] = Math.max(1, randomU32(key, 1_000_000 + at) & 255)
    }
  }
  const labels = Uint8Array.from({ length: count }, (_, image) => randomU32(key, 500_000 + image) % 10)
  return { count, images, labels }
}

/** Initial weights whose scales, shifts and running statistics are not 1 and 0, so that a forgotten one shows. */
export function livedInWeights(spec: ModelSpec, seed: number): Float32Array {
  const weights = initialWeights(spec, seed)
  const key = streamKey(seed, PURPOSE.initialise, 1)
  for (const { role, offset, size } of parameterTable(spec).tensors)
    if (role !== 'kernel' && role !== 'bias')
      for (let at = offset; at < offset + size; at++) weights[at]! += 0.2 * randomUnit(key, at)
  return weights
}

/** Largest deviation, in units of the largest expected magnitude (or of `scale`). 0 for equal, NaN where either holds a NaN. */
export function relativeError(
  found: ArrayLike<number>,
  expected: ArrayLike<number>,
  scale = largestMagnitude(expected),
): number {
  if (found.length !== expected.length)
    throw new RangeError(`expected ${expected.length} values, found ${found.length}`)
  let most = 0
  for (let at = 0; at < expected.length; at++) {
    const difference = Math.abs(found[at]! - expected[at]!)
    if (Number.isNaN(difference)) return difference
    most = Math.max(most, difference)
  }
  return most === 0 ? 0 : most / scale
}

/** One tensor of the model and how far its values are off. */
export interface TensorError {
  readonly name: string
  readonly error: number
}

/**
 * The tensors whose gradients are off by more than `tolerance`, each relative to its own largest gradient. One kind has none:
 * a bias before a batch norm, which takes every constant out again. Its exact gradient is zero and both sides hold
 * rounding only, so it is measured by the kernel beside it.
 *
 * @param found both: a value for every trainable parameter
 */
export function gradientErrors(
  spec: ModelSpec,
  found: Float32Array,
  expected: Float32Array,
  tolerance: number,
): readonly TensorError[] {
  const { tensors, trainable } = parameterTable(spec)
  const part = (gradient: Float32Array, { offset, size }: ParameterTensor): Float32Array =>
    gradient.subarray(offset, offset + size)
  return tensors
    .filter((tensor) => tensor.offset < trainable)
    .map((tensor) => {
      const cancelled = tensor.role === 'bias' && spec.layers[tensor.layer + 1]?.kind === 'batch-norm'
      const measure = cancelled
        ? tensors.find(({ layer, role }) => layer === tensor.layer && role === 'kernel')!
        : tensor
      const scale = largestMagnitude(part(expected, measure))
      return { name: tensor.name, error: relativeError(part(found, tensor), part(expected, tensor), scale) }
    })
    .filter(({ error }) => !(error <= tolerance))
}

function largestMagnitude(values: ArrayLike<number>): number {
  let most = 0
  for (let at = 0; at < values.length; at++) most = Math.max(most, Math.abs(values[at]!))
  return most
}
