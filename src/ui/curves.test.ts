import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { alignCurves, decimate, pickIndices, smooth, spreadLabels } from './curves'

const finite = fc.double({ min: -1e6, max: 1e6, noNaN: true })

describe('smooth', () => {
  it('returns the values for factor 0 and a constant for a constant', () => {
    expect([...smooth([3, 1, 2], 0)]).toEqual([3, 1, 2])
    for (const value of smooth([5, 5, 5, 5], 0.9)) expect(value).toBeCloseTo(5, 12)
  })

  it('stays between the least and the greatest value', () => {
    fc.assert(
      fc.property(
        fc.array(finite, { minLength: 1 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (values, f) => {
          const low = Math.min(...values) - 1e-3
          const high = Math.max(...values) + 1e-3
          return smooth(values, f).every((v) => v >= low && v <= high)
        },
      ),
    )
  })

  it('passes over what is not a number', () => {
    const out = smooth([Number.NaN, 2, Number.NaN, 2], 0.5)
    expect(out[0]).toBeNaN()
    expect(Array.from(out.subarray(1))).toEqual([2, 2, 2])
  })
})

describe('decimate', () => {
  it('keeps a short curve whole', () => {
    expect(decimate([4, 5, 6], 10, 7)).toEqual({ x: [7, 8, 9], y: [4, 5, 6] })
  })

  it('keeps both extremes, an ascending x, and at most two points a bucket', () => {
    fc.assert(
      fc.property(
        fc.array(finite, { minLength: 1, maxLength: 500 }),
        fc.integer({ min: 1, max: 60 }),
        (values, buckets) => {
          const { x, y } = decimate(values, buckets)
          expect(Math.max(...y)).toBe(Math.max(...values))
          expect(Math.min(...y)).toBe(Math.min(...values))
          expect(x.length).toBeLessThanOrEqual(Math.max(2 * buckets, 1))
          for (let i = 1; i < x.length; i++) expect(x[i]!).toBeGreaterThan(x[i - 1]!)
          x.forEach((at, i) => expect(y[i]).toBe(values[at]))
        },
      ),
    )
  })

  it('leaves gaps where the loss was not a number', () => {
    expect(decimate([1, Number.NaN, 3], 10)).toEqual({ x: [0, 2], y: [1, 3] })
    const long = Array.from({ length: 100 }, (_, i) => (i === 0 ? Number.NaN : i))
    expect(decimate(long, 10).y).toContain(1)
  })
})

describe('alignCurves', () => {
  it('gives every curve a column and marks what is missing', () => {
    expect(
      alignCurves([
        { x: [0, 2], y: [1, 3] },
        { x: [1, 2], y: [9, 8] },
      ]),
    ).toEqual([
      [0, 1, 2],
      [1, null, 3],
      [null, 9, 8],
    ])
    expect(alignCurves([])).toEqual([[]])
  })
})

describe('spreadLabels', () => {
  it('leaves labels alone that do not touch', () => {
    expect(spreadLabels([10, 60], 14, 0, 100)).toEqual([10, 60])
  })

  it('keeps the gap and the bounds', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -50, max: 350 }), { maxLength: 5 }), (positions) => {
        const placed = spreadLabels(positions, 14, 0, 300).sort((a, b) => a - b)
        placed.forEach((at, i) => {
          expect(at).toBeGreaterThanOrEqual(0)
          expect(at).toBeLessThanOrEqual(300)
          if (i > 0) expect(at - placed[i - 1]!).toBeGreaterThanOrEqual(14)
        })
      }),
    )
  })
})

describe('pickIndices', () => {
  it('spreads evenly and keeps both ends', () => {
    expect(pickIndices(3, 10)).toEqual([0, 1, 2])
    expect(pickIndices(101, 3)).toEqual([0, 50, 100])
    expect(pickIndices(0, 3)).toEqual([])
  })
})
