import type { LabelledImages } from '../../src/domain/dataset/dataset'
import { IMAGE_PIXELS } from '../../src/domain/image/preprocess'
import { stratifiedSplit } from '../../src/domain/training/split'
import type { Splits } from './idx-dataset'

/** How a lone split is cut unless somebody says otherwise: about as much for testing as MNIST has. */
export const USUAL_CUT = { share: 0.15, seed: 1 } as const

/**
 * Cuts one split into a training and a test split: the same share of every class goes to the test split, and the seed decides
 * which of them. Both keep the order of the original.
 *
 * @throws RangeError when a label lies outside 0…9 or the share outside [0, 1)
 */
export function cutSplit(split: LabelledImages, share: number, seed: number): Splits {
  const { trainIndices, validationIndices } = stratifiedSplit(split.labels, share, seed)
  return { train: chosen(split, trainIndices), test: chosen(split, validationIndices) }
}

function chosen({ images, labels }: LabelledImages, indices: Uint32Array): LabelledImages {
  const picked = {
    count: indices.length,
    images: new Uint8Array(indices.length * IMAGE_PIXELS),
    labels: new Uint8Array(indices.length),
  }
  for (const [at, index] of indices.entries()) {
    picked.images.set(images.subarray(index * IMAGE_PIXELS, (index + 1) * IMAGE_PIXELS), at * IMAGE_PIXELS)
    picked.labels[at] = labels[index] ?? 0
  }
  return picked
}
