import { expect, test } from 'vitest'
import { IMAGE_PIXELS } from '../image/preprocess'
import { decodeGolden, encodeGolden, goldenVectors, largestDifference } from './golden'

const count = 60
const split = {
  count,
  images: Uint8Array.from({ length: count * IMAGE_PIXELS }, (_, at) => Math.floor(at / IMAGE_PIXELS)),
  // No image of class 9 and three of class 0.
  labels: Uint8Array.from({ length: count }, (_, index) => (index < 3 ? 0 : 1 + (index % 8))),
}
const logits = Float32Array.from({ length: count * 10 }, (_, at) => at / 7)

test('takes 32 images, each class in turn, with their own logits', () => {
  const golden = goldenVectors(split, logits)
  expect(golden.count).toBe(32)
  const indices = Array.from({ length: 32 }, (_, row) => golden.images[row * IMAGE_PIXELS] ?? -1)
  expect(new Set(indices).size).toBe(32)
  expect(new Set(indices.map((index) => split.labels[index]))).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7, 8]))
  indices.forEach((index, row) => expect(golden.logits[row * 10 + 3]).toBe(logits[index * 10 + 3]))
})

test('a small split gives all it has', () => {
  const few = { count: 3, images: split.images.slice(0, 3 * IMAGE_PIXELS), labels: Uint8Array.of(4, 4, 4) }
  expect(goldenVectors(few, logits.slice(0, 30)).count).toBe(3)
})

test('comes back from its bytes, and refuses others', () => {
  const golden = goldenVectors(split, logits)
  expect(decodeGolden(encodeGolden(golden))).toEqual(golden)
  expect(() => decodeGolden(new Uint8Array(823))).toThrow(/824 bytes each, found 823/)
})

test('the largest difference sees one value, and a NaN', () => {
  expect(largestDifference(Float32Array.of(1, 2), Float32Array.of(1, 2.5))).toBe(0.5)
  expect(largestDifference(Float32Array.of(1), Float32Array.of(Number.NaN))).toBeNaN()
})
