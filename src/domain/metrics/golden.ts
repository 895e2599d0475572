import { CLASS_COUNT, type LabelledImages } from '../dataset/dataset'
import { IMAGE_PIXELS } from '../image/preprocess'

/** Inputs and the answers a model gave them where it was trained: whoever loads it elsewhere must get the same. */
export interface GoldenVectors {
  readonly count: number
  /** count × 784 bytes. */
  readonly images: Uint8Array
  /** count × 10. */
  readonly logits: Float32Array
}

/** Vectors a model carries. */
const GOLDEN_COUNT = 32

const BYTES_EACH = IMAGE_PIXELS + CLASS_COUNT * 4

/**
 * The first images of each class in turn, until there are 32 or none are left: every class is rehearsed, and the choice depends on
 * the split alone.
 *
 * @param logits of the whole split, count × 10
 */
export function goldenVectors(split: LabelledImages, logits: Float32Array): GoldenVectors {
  const byClass = Array.from({ length: CLASS_COUNT }, () => [] as number[])
  split.labels.forEach((label, index) => byClass[label]?.push(index))
  const chosen: number[] = []
  for (let round = 0; chosen.length < Math.min(GOLDEN_COUNT, split.count); round++)
    for (const indices of byClass) {
      const index = indices[round]
      if (index !== undefined && chosen.length < GOLDEN_COUNT) chosen.push(index)
    }
  const images = new Uint8Array(chosen.length * IMAGE_PIXELS)
  const answers = new Float32Array(chosen.length * CLASS_COUNT)
  for (const [row, index] of chosen.entries()) {
    images.set(split.images.subarray(index * IMAGE_PIXELS, (index + 1) * IMAGE_PIXELS), row * IMAGE_PIXELS)
    answers.set(logits.subarray(index * CLASS_COUNT, (index + 1) * CLASS_COUNT), row * CLASS_COUNT)
  }
  return { count: chosen.length, images, logits: answers }
}

/** All images, then all logits as little-endian float32. */
export function encodeGolden({ images, logits }: GoldenVectors): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(images.length + logits.length * 4)
  bytes.set(images)
  const view = new DataView(bytes.buffer)
  logits.forEach((value, index) => view.setFloat32(images.length + index * 4, value, true))
  return bytes
}

/** @throws RangeError when the length is not that of whole vectors */
export function decodeGolden(bytes: Uint8Array): GoldenVectors {
  const count = bytes.length / BYTES_EACH
  if (!Number.isInteger(count) || count === 0)
    throw new RangeError(`golden vectors take ${BYTES_EACH} bytes each, found ${bytes.length} bytes`)
  const images = bytes.slice(0, count * IMAGE_PIXELS)
  const view = new DataView(bytes.buffer, bytes.byteOffset + images.length)
  const logits = Float32Array.from({ length: count * CLASS_COUNT }, (_, index) =>
    view.getFloat32(index * 4, true),
  )
  return { count, images, logits }
}

/** How far apart two rows of answers lie at most; NaN where one is not a number. */
export function largestDifference(expected: Float32Array, found: Float32Array): number {
  if (expected.length !== found.length)
    throw new RangeError(`expected ${expected.length} logits, found ${found.length}`)
  let largest = 0
  expected.forEach((value, index) => {
    largest = Math.max(largest, Math.abs(value - (found[index] ?? Number.NaN)))
  })
  return largest
}
