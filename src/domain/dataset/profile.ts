import { IMAGE_PIXELS, IMAGE_SIDE } from '../image/preprocess'
import { CLASS_COUNT, type LabelledImages, type SplitProfile } from './dataset'

/** Pixels of the outermost ring of an image. */
const BORDER_PIXELS = 4 * (IMAGE_SIDE - 1)

/**
 * Looks once over a split: class counts, exact mean and standard deviation (from the byte histogram), blank images, images
 * whose 784 bytes equal those of an earlier one, the range of bytes, the border's mean and which way the ones stand.
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
  return {
    count,
    classCounts: countClasses(labels),
    mean,
    std,
    ...findRepeats(images, count),
    range: [histogram.findIndex((times) => times > 0), histogram.findLastIndex((times) => times > 0)],
    borderMean: borderMean(images, count),
    uprightOnes: uprightOnes(split),
  }
}

/**
 * How many images of the test split have the 784 bytes of some training image. A model that has seen them is not tested by
 * them.
 */
export function countLeaks(train: LabelledImages, test: LabelledImages): number {
  const seen = new Map<number, number[]>()
  for (let index = 0; index < train.count; index++) {
    const { hash } = hashImage(train.images, index * IMAGE_PIXELS)
    const candidates = seen.get(hash)
    if (candidates === undefined) seen.set(hash, [index])
    else candidates.push(index)
  }
  let leaks = 0
  for (let index = 0; index < test.count; index++) {
    const { hash } = hashImage(test.images, index * IMAGE_PIXELS)
    const candidates = seen.get(hash) ?? []
    if (candidates.some((known) => samePixels(train.images, known, test.images, index))) leaks++
  }
  return leaks
}

/** Mean of byte / 255 over the outermost ring of pixels of all images. */
function borderMean(images: Uint8Array, count: number): number {
  let sum = 0
  for (let index = 0; index < count; index++) {
    const start = index * IMAGE_PIXELS
    const last = IMAGE_SIDE - 1
    for (let at = 0; at < last; at++)
      sum +=
        (images[start + at] ?? 0) +
        (images[start + at * IMAGE_SIDE + last] ?? 0) +
        (images[start + last * IMAGE_SIDE + last - at] ?? 0) +
        (images[start + (last - at) * IMAGE_SIDE] ?? 0)
  }
  return sum / (count * BORDER_PIXELS * 255)
}

/**
 * Variance of the ones' ink over rows by its variance over columns, about each digit's own centre. A one is a stroke from top
 * to bottom, so that a set written upright has far more than 1 here and a transposed one far less. Null without inked ones.
 */
function uprightOnes({ images, labels }: LabelledImages): number | null {
  let overRows = 0
  let overColumns = 0
  for (const [index, label] of labels.entries()) {
    if (label !== 1) continue
    let [ink, rows, columns, rowSquares, columnSquares] = [0, 0, 0, 0, 0]
    for (let pixel = 0; pixel < IMAGE_PIXELS; pixel++) {
      const byte = images[index * IMAGE_PIXELS + pixel] ?? 0
      if (byte === 0) continue
      const column = pixel % IMAGE_SIDE
      const row = (pixel - column) / IMAGE_SIDE
      ink += byte
      rows += byte * row
      columns += byte * column
      rowSquares += byte * row * row
      columnSquares += byte * column * column
    }
    if (ink === 0) continue
    overRows += rowSquares / ink - (rows / ink) ** 2
    overColumns += columnSquares / ink - (columns / ink) ** 2
  }
  return overColumns > 0 ? overRows / overColumns : null
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
    else if (candidates.some((earlier) => samePixels(images, earlier, images, index))) duplicates++
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

function samePixels(images: Uint8Array, first: number, others: Uint8Array, second: number): boolean {
  const a = first * IMAGE_PIXELS
  const b = second * IMAGE_PIXELS
  for (let pixel = 0; pixel < IMAGE_PIXELS; pixel++) if (images[a + pixel] !== others[b + pixel]) return false
  return true
}
