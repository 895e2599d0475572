import { IMAGE_PIXELS } from '../image/preprocess'
import { CLASS_COUNT, type LabelledImages, type SplitProfile } from './dataset'

/**
 * Looks once over a split: class counts, exact mean and standard deviation (from the byte histogram), blank images, and
 * images whose 784 bytes equal those of an earlier one.
 *
 * @throws RangeError when the arrays are not `count` images and labels in 0…9; foreign bytes pass `assembleDataset` first.
 */
export function profileSplit(split: LabelledImages): SplitProfile {
  const { count, images, labels } = split
  if (count < 1 || images.length !== count * IMAGE_PIXELS || labels.length !== count)
    throw new RangeError(
      `a split of ${count} images needs ${count * IMAGE_PIXELS} pixels and ${count} labels, found ${images.length} and ${labels.length}`,
    )
  const histogram = byteHistogram(images)
  const { mean, std } = momentsOf(histogram, images.length)
  return { count, classCounts: countClasses(labels), mean, std, ...findRepeats(images, count) }
}

function countClasses(labels: Uint8Array): readonly number[] {
  const counts = Array.from({ length: CLASS_COUNT }, () => 0)
  for (const label of labels) {
    const before = counts[label]
    if (before === undefined) throw new RangeError(`a label must lie in 0…9, found ${label}`)
    counts[label] = before + 1
  }
  return counts
}

function byteHistogram(bytes: Uint8Array): Float64Array {
  const histogram = new Float64Array(256)
  for (const byte of bytes) histogram[byte] = (histogram[byte] ?? 0) + 1
  return histogram
}

/** Population mean and standard deviation of byte / 255; sums of integers below 2⁵³ are exact. */
function momentsOf(histogram: Float64Array, total: number): { mean: number; std: number } {
  let sum = 0
  let squares = 0
  histogram.forEach((times, byte) => {
    sum += times * byte
    squares += times * byte * byte
  })
  const mean = sum / total
  return { mean: mean / 255, std: Math.sqrt(Math.max(0, squares / total - mean * mean)) / 255 }
}

function findRepeats(images: Uint8Array, count: number): { blank: number; duplicates: number } {
  // A hash only proposes: pixels decide, so that a collision is never counted as a duplicate.
  const seen = new Map<number, number[]>()
  let blank = 0
  let duplicates = 0
  for (let index = 0; index < count; index++) {
    const { hash, inked } = hashImage(images, index * IMAGE_PIXELS)
    if (!inked) blank++
    const candidates = seen.get(hash)
    if (candidates === undefined) seen.set(hash, [index])
    else if (candidates.some((earlier) => samePixels(images, earlier, index))) duplicates++
    else candidates.push(index)
  }
  return { blank, duplicates }
}

/** Two independent 32-bit multiplicative hashes folded into one 53-bit number. */
function hashImage(images: Uint8Array, start: number): { hash: number; inked: boolean } {
  let low = 0x811c9dc5
  let high = 0x9e3779b9
  let ink = 0
  for (let at = start; at < start + IMAGE_PIXELS; at++) {
    const byte = images[at] ?? 0
    ink |= byte
    low = Math.imul(low ^ byte, 0x01000193)
    high = Math.imul(high + byte, 0x85ebca6b) ^ (high >>> 15)
  }
  return { hash: (high >>> 11) * 2 ** 32 + (low >>> 0), inked: ink !== 0 }
}

function samePixels(images: Uint8Array, first: number, second: number): boolean {
  const a = first * IMAGE_PIXELS
  const b = second * IMAGE_PIXELS
  for (let pixel = 0; pixel < IMAGE_PIXELS; pixel++) if (images[a + pixel] !== images[b + pixel]) return false
  return true
}
