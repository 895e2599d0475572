import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { LabelledImages } from '../dataset/dataset'
import { IMAGE_PIXELS, IMAGE_SIDE } from '../image/preprocess'
import { countClasses } from './signals'
import { SHIFT_KINDS, SHIFT_SCALES, sampleWindow, shiftedDigit, shiftedWindow } from './shift'

/** Labels 0…9 in turn, each image one stroke in a column of its own. */
function split(count: number): LabelledImages {
  const images = new Uint8Array(count * IMAGE_PIXELS)
  const labels = new Uint8Array(count)
  for (let image = 0; image < count; image++) {
    labels[image] = image % 10
    for (let y = 6; y < 22; y++) images[image * IMAGE_PIXELS + y * IMAGE_SIDE + 8 + (image % 10)] = 200
  }
  return { count, images, labels }
}

const digits = split(200)
const bar = digits.images.subarray(0, IMAGE_PIXELS)
const ink = (image: Uint8Array) => image.reduce((sum, byte) => sum + byte, 0)

test.each(SHIFT_KINDS)('%s: the neutral strength changes nothing, the largest does, twice alike', (kind) => {
  const { neutral, largest, ladder } = SHIFT_SCALES[kind]
  const same = shiftedWindow(digits, kind, neutral, 50, 3)
  for (let row = 0; row < 50; row++) {
    const image = same.images.subarray(row * IMAGE_PIXELS, (row + 1) * IMAGE_PIXELS)
    expect(image[10 * IMAGE_SIDE + 8 + (same.labels[row] ?? 0)]).toBe(200)
  }
  const once = shiftedWindow(digits, kind, largest, 50, 3)
  expect(once).toEqual(shiftedWindow(digits, kind, largest, 50, 3))
  expect(once.images).not.toEqual(same.images)
  expect(ladder[0]).toBe(neutral)
  expect(Math.max(...ladder)).toBeLessThanOrEqual(largest)
})

test('labels stay with their images', () => {
  fc.assert(
    fc.property(fc.nat(1000), fc.integer({ min: 1, max: 300 }), (seed, count) => {
      const window = shiftedWindow(digits, 'contrast', 0.5, count, seed)
      expect(window.count).toBe(Math.min(count, 200))
      for (const [row, label] of window.labels.entries())
        expect(window.images[row * IMAGE_PIXELS + 10 * IMAGE_SIDE + 8 + label]).toBe(100)
    }),
    { numRuns: 20 },
  )
})

test('a shift moves ink to the right, an inversion swaps it, contrast takes it, thickness adds it', () => {
  expect(shiftedDigit(bar, 'shift', 3)[10 * IMAGE_SIDE + 11]).toBe(200)
  expect(ink(shiftedDigit(bar, 'invert', 1))).toBe(255 * IMAGE_PIXELS - ink(bar))
  expect(ink(shiftedDigit(bar, 'contrast', 0.5))).toBe(ink(bar) / 2)
  expect(ink(shiftedDigit(bar, 'thicker', 1))).toBe(200 * 3 * 18)
  expect(Math.abs(ink(shiftedDigit(bar, 'blur', 1)) / ink(bar) - 1)).toBeLessThan(0.02)
})

test('a quarter turn lays a bar on its side', () => {
  const turned = shiftedDigit(bar, 'rotate', 90)
  const rows = Array.from({ length: IMAGE_SIDE }, (_, y) =>
    ink(turned.slice(y * IMAGE_SIDE, (y + 1) * IMAGE_SIDE)),
  )
  expect(rows.filter((row) => row > 0).length).toBeLessThanOrEqual(2)
})

test('noise has the spread it says', () => {
  const grey = { ...digits, images: new Uint8Array(digits.images.length).fill(128) }
  const { images } = shiftedWindow(grey, 'noise', 0.1, 200, 1)
  const mean = images.reduce((sum, byte) => sum + byte, 0) / images.length
  const variance = images.reduce((sum, byte) => sum + (byte - mean) ** 2, 0) / images.length
  expect(mean).toBeCloseTo(128, 0)
  expect(Math.sqrt(variance)).toBeCloseTo(25.5, 0)
})

test('a class mix brings more ones and sevens, as many times as it says', () => {
  const counts = countClasses(shiftedWindow(split(20_000), 'class-mix', 4, 20_000, 5).labels)
  const others = counts.filter((_, label) => label !== 1 && label !== 7)
  const usual = others.reduce((sum, count) => sum + count, 0) / 8
  expect(((counts[1] ?? 0) + (counts[7] ?? 0)) / 2 / usual).toBeCloseTo(4, 0)
})

test('a sample takes each image once and depends on its seed', () => {
  const sample = sampleWindow(500, 100, 7)
  expect(new Set(sample).size).toBe(100)
  expect(sample).toEqual(sampleWindow(500, 100, 7))
  expect(sample).not.toEqual(sampleWindow(500, 100, 8))
  expect(sampleWindow(50, 100, 7)).toHaveLength(50)
})

test('strengths outside the scale are refused', () => {
  expect(() => shiftedWindow(digits, 'class-mix', 0.5, 10, 1)).toThrow(/1…20, found 0.5/)
  expect(() => shiftedWindow(digits, 'rotate', Number.NaN, 10, 1)).toThrow(RangeError)
})
