import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { INK_SIZE } from './ink'
import { countDigits, findPieces } from './pieces'
import { rasteriseInk } from './raster'
import { windowExtremes } from './window-extremes'

function drawing(...strokes: number[][]): Uint8Array {
  const ink = {
    size: INK_SIZE,
    strokes: strokes.map((points) => ({ points: Float32Array.from(points), width: 25 })),
  }
  return rasteriseInk(ink, INK_SIZE)
}

describe('countDigits', () => {
  it('counts what stands apart', () => {
    expect(countDigits(drawing(), INK_SIZE)).toBe(0)
    expect(countDigits(drawing([140, 40, 140, 240]), INK_SIZE)).toBe(1)
    expect(countDigits(drawing([60, 60, 60, 220], [200, 60, 200, 220]), INK_SIZE)).toBe(2)
    expect(countDigits(drawing([40, 80, 40, 200], [140, 80, 140, 200], [240, 80, 240, 200]), INK_SIZE)).toBe(
      3,
    )
  })

  it('takes a 5 with its bar, a 4 of two strokes and a dot beside for one', () => {
    expect(
      countDigits(drawing([100, 60, 180, 60], [95, 95, 90, 130, 160, 130, 170, 200, 90, 220]), INK_SIZE),
    ).toBe(1)
    expect(countDigits(drawing([90, 60, 80, 150, 150, 150], [185, 100, 185, 230]), INK_SIZE)).toBe(1)
    expect(countDigits(drawing([80, 40, 80, 240], [220, 230]), INK_SIZE)).toBe(1)
  })
})

describe('findPieces', () => {
  it('joins over corners and measures each piece', () => {
    const image = Uint8Array.of(9, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 7)
    const { labels, pieces } = findPieces(image, 4, 3, 5)
    expect([...labels]).toEqual([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 2])
    expect(pieces).toEqual([
      { left: 0, top: 0, right: 1, bottom: 1, pixels: 2, ink: 17, peak: 9 },
      { left: 3, top: 2, right: 3, bottom: 2, pixels: 1, ink: 7, peak: 7 },
    ])
  })
})

describe('windowExtremes', () => {
  it('equals looking at every pixel of every window', () => {
    const image = fc
      .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }))
      .chain(([width, height]) =>
        fc.record({
          width: fc.constant(width),
          height: fc.constant(height),
          image: fc.uint8Array({ minLength: width * height, maxLength: width * height }),
        }),
      )
    fc.assert(
      fc.property(image, fc.integer({ min: 0, max: 12 }), ({ width, height, image: bytes }, radius) => {
        const largest = windowExtremes(bytes, width, height, radius, 'largest')
        const smallest = windowExtremes(bytes, width, height, radius, 'smallest')
        for (let y = 0; y < height; y++)
          for (let x = 0; x < width; x++) {
            const window = [...bytes].filter(
              (_, at) =>
                Math.abs((at % width) - x) <= radius && Math.abs(Math.floor(at / width) - y) <= radius,
            )
            expect(largest[y * width + x]).toBe(Math.max(...window))
            expect(smallest[y * width + x]).toBe(Math.min(...window))
          }
      }),
      { seed: 11, numRuns: 60 },
    )
  })
})
