import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canvasToDigit } from './canvas'
import type { Ink } from './ink'
import { IMAGE_SIDE, MNIST_PREPROCESS } from './preprocess'
import { rasteriseInk } from './raster'

const SEED = 4711

function digitOf(image: Uint8Array, side: number): Uint8Array {
  const result = canvasToDigit(image, side, MNIST_PREPROCESS)
  if (result.kind !== 'digit') throw new Error('expected a digit, found nothing drawn')
  return result.digit
}

function drawn(points: readonly number[], width = 26, size = 280): Uint8Array {
  const ink: Ink = { size, strokes: [{ points: Float32Array.from(points), width }] }
  return digitOf(rasteriseInk(ink, size), size)
}

function measure(digit: Uint8Array) {
  let [mass, x, y] = [0, 0, 0]
  let [left, right, top, bottom] = [28, -1, 28, -1]
  digit.forEach((value, at) => {
    const [column, row] = [at % IMAGE_SIDE, Math.floor(at / IMAGE_SIDE)]
    mass += value
    x += value * column
    y += value * row
    if (value === 0) return
    left = Math.min(left, column)
    right = Math.max(right, column)
    top = Math.min(top, row)
    bottom = Math.max(bottom, row)
  })
  return { ink: mass / 255, x: x / mass, y: y / mass, width: right - left + 1, height: bottom - top + 1 }
}

/** Strokes as a hand might draw them, between 30 and 160 units long. */
const strokes = fc.array(fc.tuple(fc.integer({ min: 30, max: 150 }), fc.integer({ min: 30, max: 150 })), {
  minLength: 2,
  maxLength: 8,
})

describe('canvasToDigit', () => {
  it('gives the same bytes wherever the ink lies on the canvas', () => {
    const place = fc.integer({ min: -10, max: 110 })
    fc.assert(
      fc.property(strokes, place, place, (points, dx, dy) => {
        const here = drawn(points.flat(), 14)
        const there = drawn(
          points.flatMap(([x, y]) => [x + dx, y + dy]),
          14,
        )
        expect(there).toEqual(here)
      }),
      { seed: SEED, numRuns: 60 },
    )
  })

  it('puts the centre of mass within half a pixel of (14, 14) and makes the longer side 20', () => {
    fc.assert(
      fc.property(strokes, (points) => {
        const { x, y, width, height } = measure(drawn(points.flat()))
        expect(Math.abs(x - 14)).toBeLessThanOrEqual(0.5)
        expect(Math.abs(y - 14)).toBeLessThanOrEqual(0.5)
        expect(Math.max(width, height)).toBe(20)
      }),
      { seed: SEED, numRuns: 100 },
    )
  })

  it('gives nearly the same digit at every size', () => {
    fc.assert(
      fc.property(strokes, fc.double({ min: 0.5, max: 2, noNaN: true }), (drawing, scale) => {
        // A full diagonal first: for a squat drawing, rounding the short side alone is more than the tolerance.
        const points = [[30, 30], [150, 150], ...drawing]
        const one = drawn(points.flat(), 20)
        const ink: Ink = {
          size: 560,
          strokes: [{ points: Float32Array.from(points.flat(), (v) => v * scale + 20), width: 20 * scale }],
        }
        const other = digitOf(rasteriseInk(ink, 560), 560)
        const here = measure(one)
        const there = measure(other)
        expect(Math.abs(there.ink / here.ink - 1)).toBeLessThan(0.12)
        expect(Math.abs(there.width - here.width)).toBeLessThanOrEqual(1)
        expect(Math.abs(there.height - here.height)).toBeLessThanOrEqual(1)
      }),
      { seed: SEED, numRuns: 60 },
    )
  })

  it('leaves a digit that is already as MNIST has it unchanged', () => {
    const points = [100, 60, 180, 60, 130, 220]
    const first = drawn(points)
    expect(digitOf(first, IMAGE_SIDE)).toEqual(first)
  })

  it('averages areas: a half-covered pixel is half grey', () => {
    const image = new Uint8Array(40 * 40)
    for (let y = 0; y < 40; y++) for (let x = 0; x < 9; x++) image[y * 40 + x] = 255
    const digit = digitOf(image, 40)
    // 9 wide becomes round(4.5) = 5 wide, so every pixel is full; the first column's mass is centred at index 14.
    expect(Array.from(digit.subarray(14 * 28 + 11, 14 * 28 + 18))).toEqual([0, 255, 255, 255, 255, 255, 0])
    const half = new Uint8Array(40 * 40)
    for (let y = 0; y < 40; y++) for (let x = 0; x < 8; x += y < 20 ? 1 : 2) half[y * 40 + x] = 255
    const striped = digitOf(half, 40)
    expect(measure(striped).height).toBe(20)
    expect(new Set(striped)).toEqual(new Set([0, 128, 255]))
  })

  it('answers nothing drawn for a blank canvas, for dust and for the faintest grey', () => {
    expect(canvasToDigit(new Uint8Array(280 * 280), 280, MNIST_PREPROCESS)).toEqual({ kind: 'nothing-drawn' })
    expect(canvasToDigit(new Uint8Array(280 * 280).fill(12), 280, MNIST_PREPROCESS)).toEqual({
      kind: 'nothing-drawn',
    })
    const dust = new Uint8Array(280 * 280)
    dust[0] = 255
    dust[280 * 280 - 1] = 255
    expect(canvasToDigit(dust, 280, MNIST_PREPROCESS)).toEqual({ kind: 'nothing-drawn' })
  })

  it('makes a tap a round blob of 20 pixels', () => {
    const { width, height, ink } = measure(drawn([40, 240]))
    expect([width, height]).toEqual([20, 20])
    expect(ink).toBeCloseTo(Math.PI * 100, -1)
  })

  it('keeps a thin 1 thin', () => {
    const { width, height, ink } = measure(drawn([140, 40, 140, 240], 6))
    expect([width, height]).toEqual([1, 20])
    expect(ink).toBeGreaterThan(15)
  })

  it('reads ink that touches or leaves the border', () => {
    const { width, height, x, y } = measure(drawn([0, 0, 279, 279, 0, 279]))
    expect([width, height]).toEqual([20, 20])
    expect(Math.abs(x - 14)).toBeLessThanOrEqual(0.5)
    expect(Math.abs(y - 14)).toBeLessThanOrEqual(0.5)
    expect(measure(drawn([-50, 140, 400, 140])).width).toBe(20)
  })

  it('refuses an image of another size', () => {
    expect(() => canvasToDigit(new Uint8Array(100), 28, MNIST_PREPROCESS)).toThrow(
      'an ink image of side 28 must have 784 bytes, found 100',
    )
  })
})
