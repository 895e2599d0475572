import * as tf from '@tensorflow/tfjs'
import type { LabelledImages } from '../../../src/domain/dataset/dataset'
import { CLASS_COUNT } from '../../../src/domain/dataset/dataset'
import { normalisationTable, type Preprocess } from '../../../src/domain/image/preprocess'
import { shapeSize } from '../../../src/domain/model/shapes'
import type { ModelSpec, Shape } from '../../../src/domain/model/spec'
import {
  applyAugmentation,
  DRAW_WORDS,
  drawAugmentation,
  elasticAmplitude,
} from '../../../src/domain/training/augment'
import { dropoutFactors } from '../../../src/domain/training/dropout'
import type { StepOptions, TrainingJob } from '../contract'
import type { DropoutFactors } from './layers'
import type { Batch } from './step'

/**
 * A step's batch as tensors: gathered, augmented and normalised here, since tfjs would do it in dozens of small operations.
 *
 * @param indices as many images as a batch has
 * @throws RangeError when an index or a label is out of range
 */
export function stageBatch(
  { spec, batch, preprocess, recipe }: TrainingJob,
  data: LabelledImages,
  indices: Uint32Array,
  options: StepOptions,
): Batch {
  if (indices.length !== batch)
    throw new RangeError(`a step takes ${batch} images, found ${indices.length} indices`)
  const pixels = shapeSize(spec.input)
  const bytes = new Uint8Array(batch * pixels)
  const draws = new Int32Array(batch * DRAW_WORDS)
  const { augment, labelSmoothing } = recipe
  if (augment !== null) drawAugmentation(augment, options.seed, options.step, draws)
  const targets = new Float32Array(batch * CLASS_COUNT).fill(labelSmoothing / CLASS_COUNT)
  for (const [i, index] of indices.entries()) {
    const label = data.labels[index]
    if (label === undefined || label >= CLASS_COUNT)
      throw new RangeError(
        `image ${index} of ${data.count} must have a label below ${CLASS_COUNT}, found ${String(label)}`,
      )
    targets[i * CLASS_COUNT + label] = 1 - labelSmoothing + labelSmoothing / CLASS_COUNT
    const image = data.images.subarray(index * pixels, (index + 1) * pixels)
    const into = bytes.subarray(i * pixels, (i + 1) * pixels)
    if (augment === null) into.set(image)
    else
      applyAugmentation(
        draws.subarray(i * DRAW_WORDS, (i + 1) * DRAW_WORDS),
        elasticAmplitude(augment),
        image,
        into,
      )
  }
  return {
    images: imageTensor(spec, preprocess, bytes),
    targets: tf.tensor2d(targets, [batch, CLASS_COUNT]),
    dropout: studioDropout(options),
  }
}

/** The values that every engine drops in this step of a run with this seed. */
export function studioDropout({ seed, step }: Pick<StepOptions, 'seed' | 'step'>): DropoutFactors {
  return (layer, rate, batch, shape: Shape) => dropoutFactors({ seed, step, layer, rate }, batch, shape)
}

/** Normalised images. @throws RangeError when the bytes are no whole number of images, or none */
export function imageTensor(spec: ModelSpec, preprocess: Preprocess, bytes: Uint8Array): tf.Tensor4D {
  const { height, width, channels } = spec.input
  const count = bytes.length / shapeSize(spec.input)
  if (!Number.isInteger(count) || count === 0)
    throw new RangeError(
      `images must be whole ones of ${shapeSize(spec.input)} bytes, found ${bytes.length} bytes`,
    )
  const table = normalisationTable(preprocess)
  const pixels = Float32Array.from(bytes, (byte) => table[byte] ?? Number.NaN)
  return tf.tensor4d(pixels, [count, height, width, channels])
}
