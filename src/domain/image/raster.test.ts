import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Ink } from './ink'
import { rasteriseInk } from './raster'

function ink(size: number, width: number, ...strokes: number[][]): Ink {
  return { size, strokes: strokes.map((points) => ({ points: Float32Array.from(points), width })) }
}

function sum(image: Uint8Array): number {
  return image.reduce((total, value) => total + value, 0)
}

/** Coverage of every pixel asked of every piece, without any shortcut: what the fast version must equal. */
function slowReference(points: number[], radius: number, side: number): Uint8Array {
  const image = new Uint8Array(side * side)
  for (let row = 0; row < side; row++)
    for (let column = 0; column < side; column++) {
      let nearest = Infinity
      for (let i = 0; i < Math.max(1, points.length / 2 - 1); i++) {
        const j = points.length === 2 ? 0 : i + 1
        const [x0, y0, x1, y1] = [points[2 * i]!, points[2 * i + 1]!, points[2 * j]!, points[2 * j + 1]!]
        const [dx, dy] = [x1 - x0, y1 - y0]
        const squared = dx * dx + dy * dy
        const t =
          squared > 0
            ? Math.min(1, Math.max(0, ((column + 0.5 - x0) * dx + (row + 0.5 - y0) * dy) / squared))
            : 0
        nearest = Math.min(
          nearest,
          Math.sqrt((column + 0.5 - x0 - t * dx) ** 2 + (row + 0.5 - y0 - t * dy) ** 2),
        )
      }
      const coverage = Math.min(1, Math.max(0, radius + 0.5 - nearest))
      image[row * side + column] = Math.round(255 * coverage * Math.min(1, 2 * radius))
    }
  return image
}

describe('rasteriseInk', () => {
  it('draws a tap as a round dot of the brush', () => {
    const image = rasteriseInk(ink(10, 4, [5, 5]), 10)
    expect(Array.from(image.subarray(50, 60))).toEqual([0, 0, 0, 234, 255, 255, 234, 0, 0, 0])
    expect(sum(image) / 255).toBeCloseTo(Math.PI * 4, 0)
  })

  it('draws a straight line with its width, at any resolution', () => {
    for (const side of [50, 100, 200]) {
      const image = rasteriseInk(ink(100, 20, [50, 20, 50, 80]), side)
      const area = (60 * 20 + Math.PI * 100) * (side / 100) ** 2
      expect(Math.abs(sum(image) / 255 / area - 1)).toBeLessThan(0.02)
    }
  })

  it('equals the plain distance of every pixel to every piece', () => {
    const coordinate = fc.double({ min: -10, max: 40, noNaN: true }).map(Math.fround)
    const point = fc.tuple(coordinate, coordinate)
    fc.assert(
      fc.property(
        fc.array(point, { minLength: 1, maxLength: 6 }),
        fc.double({ min: 0.4, max: 12, noNaN: true }),
        (points, width) => {
          const flat = points.flat()
          const fast = rasteriseInk(ink(30, width, flat), 30)
          const slow = slowReference(flat, width / 2, 30)
          // One byte apart where two ways of rounding the same distance meet.
          for (let i = 0; i < fast.length; i++) expect(Math.abs(fast[i]! - slow[i]!)).toBeLessThanOrEqual(1)
        },
      ),
      { seed: 20250101, numRuns: 60 },
    )
  })

  it('draws the same whichever way a stroke runs, and when a stroke is drawn twice', () => {
    const forth = [20, 20, 60, 90, 140, 30]
    const back = [140, 30, 60, 90, 20, 20]
    const once = rasteriseInk(ink(160, 14, forth), 160)
    expect(rasteriseInk(ink(160, 14, forth, forth), 160)).toEqual(once)
    const reverse = rasteriseInk(ink(160, 14, back), 160)
    for (let i = 0; i < once.length; i++) expect(Math.abs(once[i]! - reverse[i]!)).toBeLessThanOrEqual(1)
  })

  it('cuts off what lies outside and leaves out points that are not finite', () => {
    const far = rasteriseInk(ink(28, 4, [-1e9, 14, 1e9, 14]), 28)
    expect(new Set(far.subarray(14 * 28, 15 * 28))).toEqual(new Set([255]))
    expect(sum(rasteriseInk(ink(28, 4, [-100, -100, -50, -90]), 28))).toBe(0)
    expect(rasteriseInk(ink(28, 4, [4, 4, Number.NaN, 9, 20, 20]), 28)).toEqual(
      rasteriseInk(ink(28, 4, [4, 4, 20, 20]), 28),
    )
    expect(sum(rasteriseInk(ink(28, 4), 28))).toBe(0)
    expect(sum(rasteriseInk(ink(28, 0, [4, 4]), 28))).toBe(0)
  })

  it('refuses an image without a size', () => {
    expect(() => rasteriseInk(ink(28, 4), 0)).toThrow(
      "an ink image's side must be a whole number from 1 to 4096, found 0",
    )
    expect(() => rasteriseInk(ink(0, 4), 28)).toThrow('a canvas must have a positive size, found 0')
  })
})
