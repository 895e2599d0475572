import { expect, test } from 'vitest'
import { PURPOSE, streamKey } from '../random'
import { drawFromBins, hypergeometric } from './hypergeometric'

/** P(X = k) by whole binomials. */
function choose(n: number, k: number): number {
  let value = 1
  for (let i = 1; i <= k; i++) value = (value * (n - k + i)) / i
  return value
}

test('inverting a grid of numbers gives each value its probability', () => {
  const [total, marked, drawn, grid] = [30, 12, 9, 100_000]
  const counts = new Map<number, number>()
  for (let at = 0; at < grid; at++) {
    const value = hypergeometric(total, marked, drawn, (at + 0.5) / grid)
    counts.set(value, (counts.get(value) ?? 0) + 1)
  }
  for (let k = 0; k <= drawn; k++) {
    const expected = (choose(marked, k) * choose(total - marked, drawn - k)) / choose(total, drawn)
    expect((counts.get(k) ?? 0) / grid).toBeCloseTo(expected, 4)
  }
})

test.each([
  { total: 10, marked: 0, drawn: 4, only: 0 },
  { total: 10, marked: 10, drawn: 4, only: 4 },
  { total: 10, marked: 3, drawn: 10, only: 3 },
  { total: 10, marked: 3, drawn: 0, only: 0 },
])('there is one answer to $drawn of $total with $marked marked', ({ total, marked, drawn, only }) => {
  expect(hypergeometric(total, marked, drawn, 0.999999)).toBe(only)
})

test('draws take what was asked for and never more than a bin has', () => {
  const pool = [3, 0, 1, 40_000, 20_000, 7]
  const drawn = pool.map(() => 0)
  const key = streamKey(1, PURPOSE.driftNull, 0)
  let sum = 0
  for (let draw = 0; draw < 2_000; draw++) {
    drawFromBins(pool, 500, key, draw * pool.length, drawn)
    expect(drawn.reduce((a, b) => a + b, 0)).toBe(500)
    for (const [bin, count] of drawn.entries()) {
      expect(count).toBeGreaterThanOrEqual(0)
      expect(count).toBeLessThanOrEqual(pool[bin] ?? 0)
    }
    sum += drawn[3] ?? 0
  }
  // Its standard error is 0.24.
  expect(Math.abs(sum / 2_000 - (500 * 40_000) / 60_011)).toBeLessThan(1)
})
