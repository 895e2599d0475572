import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canvasToDigit } from './canvas'
import { BRUSH, INK_SIZE } from './ink'
import { MNIST_PREPROCESS } from './preprocess'
import { rasteriseInk } from './raster'
import { digitLines, redraw } from './redraw'
import { type InkMask, thin } from './thin'
import { otsuThreshold } from './threshold'
import { traceLines } from './trace'

const SEED = 20260101

/** A picture in letters: # is ink. */
function mask(...rows: string[]): InkMask {
  const width = rows[0]?.length ?? 0
  return {
    width,
    height: rows.length,
    pixels: Uint8Array.from(rows.join(''), (letter) => Number(letter === '#')),
  }
}

function letters({ width, height, pixels }: InkMask): string[] {
  return Array.from({ length: height }, (_, y) =>
    Array.from(pixels.subarray(y * width, (y + 1) * width), (value) => (value ? '#' : '.')).join(''),
  )
}

/** Pieces of ink and of paper, by flooding: ink joins over corners, paper only over sides. */
function pieces({ width, height, pixels }: InkMask, value: 0 | 1): number {
  const seen = new Set<number>()
  let count = 0
  function inside(x: number, y: number): boolean {
    if (x < -1 || y < -1 || x > width || y > height) return false
    const there = x >= 0 && y >= 0 && x < width && y < height ? pixels[y * width + x] : 0
    return there === value
  }
  for (let y = -1; y <= height; y++)
    for (let x = -1; x <= width; x++) {
      if (!inside(x, y) || seen.has(y * 1000 + x)) continue
      count++
      const open = [[x, y] as const]
      while (open.length > 0) {
        const [px, py] = open.pop()!
        if (!inside(px, py) || seen.has(py * 1000 + px)) continue
        seen.add(py * 1000 + px)
        for (let dy = -1; dy <= 1; dy++)
          for (let dx = -1; dx <= 1; dx++)
            if (value === 1 || dx === 0 || dy === 0) open.push([px + dx, py + dy])
      }
    }
  return count
}

describe('thin', () => {
  it('leaves a middle line of a bar (shortened, as the paper’s passes do) and the ring of a frame', () => {
    const bar = thin(mask('.......', '.#####.', '.#####.', '.#####.', '.......'))
    expect(letters(bar)).toEqual(['.......', '.......', '..##...', '.......', '.......'])
    const frame = thin(mask('#####', '#####', '##.##', '#####', '#####'))
    expect(pieces(frame, 0)).toBe(2)
    expect(frame.pixels.reduce((sum, value) => sum + value, 0)).toBe(8)
  })

  it('keeps every piece and every hole of drawn strokes, and adds no ink', () => {
    const point = fc.tuple(fc.integer({ min: 6, max: 58 }), fc.integer({ min: 6, max: 58 }))
    fc.assert(
      fc.property(
        fc.array(point, { minLength: 2, maxLength: 6 }),
        fc.integer({ min: 5, max: 11 }),
        (line, width) => {
          const ink = { size: 64, strokes: [{ points: Float32Array.from(line.flat()), width }] }
          const drawn = {
            width: 64,
            height: 64,
            pixels: rasteriseInk(ink, 64).map((value) => Number(value > 127)),
          }
          const thinned = thin(drawn)
          expect(pieces(thinned, 1)).toBe(pieces(drawn, 1))
          expect(pieces(thinned, 0)).toBe(pieces(drawn, 0))
          for (const [at, value] of thinned.pixels.entries()) if (value) expect(drawn.pixels[at]).toBe(1)
          expect(thin(thinned)).toEqual(thinned)
        },
      ),
      { seed: SEED, numRuns: 60 },
    )
  })

  it('refuses a mask without its pixels', () => {
    expect(() => thin({ width: 3, height: 3, pixels: new Uint8Array(8) })).toThrow(
      'a mask of 3 × 3 must have 9 pixels, found 8',
    )
  })
})

describe('traceLines', () => {
  it('walks a line from end to end, a ring once around, a fork in three, and keeps a dot', () => {
    expect(traceLines(mask('....', '.###', '....')).map((line) => [...line])).toEqual([
      [1.5, 1.5, 2.5, 1.5, 3.5, 1.5],
    ])
    const ring = traceLines(mask('.##.', '#..#', '#..#', '.##.'))
    expect(ring).toHaveLength(1)
    expect(ring[0]).toHaveLength(18)
    expect(ring[0]?.slice(0, 2)).toEqual(ring[0]?.slice(-2))
    expect(traceLines(mask('#...#', '.#.#.', '..#..', '..#..'))).toHaveLength(3)
    expect(traceLines(mask('...', '.#.', '...')).map((line) => [...line])).toEqual([[1.5, 1.5]])
    expect(traceLines(mask('...'))).toEqual([])
  })

  it('passes every inked pixel', () => {
    const row = fc
      .array(fc.constantFrom('#', '.'), { minLength: 12, maxLength: 12 })
      .map((all) => all.join(''))
    fc.assert(
      fc.property(fc.array(row, { minLength: 8, maxLength: 8 }), (rows) => {
        const skeleton = mask(...rows)
        const passed = new Set<string>()
        for (const line of traceLines(skeleton))
          for (let i = 0; i < line.length; i += 2) passed.add(`${line[i]! - 0.5},${line[i + 1]! - 0.5}`)
        const inked = [...skeleton.pixels.entries()].flatMap(([at, value]) =>
          value ? [`${at % 12},${Math.floor(at / 12)}`] : [],
        )
        expect([...passed].sort()).toEqual(inked.sort())
      }),
      { seed: SEED, numRuns: 100 },
    )
  })
})

describe('otsuThreshold', () => {
  it('parts two heaps of grey, and says that one grey has no parts', () => {
    const image = Uint8Array.from({ length: 100 }, (_, i) => (i < 30 ? 200 + (i % 5) : 40 + (i % 7)))
    const threshold = otsuThreshold(image)
    expect(threshold).toBeGreaterThan(46)
    expect(threshold).toBeLessThanOrEqual(200)
    expect(otsuThreshold(new Uint8Array(10).fill(7))).toBeNull()
    expect(otsuThreshold(Uint8Array.of(0, 255))).toBe(1)
  })
})

describe('redraw', () => {
  /** A 7 as MNIST would have it. */
  const strokes = [{ points: Float32Array.of(90, 60, 190, 60, 130, 220), width: 26 }]
  const image = rasteriseInk({ size: INK_SIZE, strokes }, INK_SIZE)
  const seven = canvasToDigit(image, INK_SIZE, MNIST_PREPROCESS)
  if (seven.kind !== 'digit') throw new Error('expected a digit')

  it('draws a digit again so that it becomes nearly the same bytes, wherever it stands', () => {
    const lines = digitLines(seven.digit)
    for (const [left, top] of [
      [0, 0],
      [0.5, 0.5],
      [1, 1],
    ] as const) {
      const ink = redraw(lines, { canvas: INK_SIZE, brush: BRUSH, size: 200, left, top })
      const again = canvasToDigit(rasteriseInk(ink, INK_SIZE), INK_SIZE, MNIST_PREPROCESS)
      if (again.kind !== 'digit') throw new Error('expected a digit')
      let difference = 0
      let total = 0
      for (const [at, value] of again.digit.entries()) {
        difference += Math.abs(value - (seven.digit[at] ?? 0))
        total += value
      }
      expect(difference / total).toBeLessThan(0.3)
    }
  })

  it('stays on the canvas with the whole brush, scaled from the digit’s 20 pixels', () => {
    const lines = digitLines(seven.digit)
    for (const [left, top] of [
      [0, 0],
      [1, 1],
    ] as const) {
      const { strokes: drawn } = redraw(lines, { canvas: INK_SIZE, brush: BRUSH, size: 260, left, top })
      for (const { points } of drawn)
        for (const value of points) {
          expect(value).toBeGreaterThanOrEqual(BRUSH / 2 - 0.01)
          expect(value).toBeLessThanOrEqual(INK_SIZE - BRUSH / 2 + 0.01)
        }
    }
    expect(digitLines(new Uint8Array(784))).toEqual([])
    expect(() => digitLines(new Uint8Array(3))).toThrow('a digit must have 784 bytes, found 3')
  })
})
