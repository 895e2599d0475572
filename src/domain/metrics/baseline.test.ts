import { expect, test } from 'vitest'
import { parseSha256 } from '../ids'
import { binCounts, driftBaseline, logMargin } from './baseline'

const count = 200
/** Image i answers class i % 10 with a lead of i. */
const logits = Float32Array.from({ length: count * 10 }, (_, at) =>
  at % 10 === Math.floor(at / 10) % 10 ? Math.floor(at / 10) : 0,
)

const digest = parseSha256('0'.repeat(64))

test('counts answers and cuts margins into ten bins of equal counts', () => {
  const baseline = driftBaseline(
    logits,
    Array.from({ length: 10 }, () => 6),
    digest,
  )
  expect(baseline.predictions).toEqual(Array.from({ length: 10 }, () => 20))
  expect(baseline.margin.edges).toEqual([20, 40, 60, 80, 100, 120, 140, 160, 180])
  expect(baseline.margin.counts).toEqual(Array.from({ length: 10 }, () => 20))
  expect(baseline.count).toBe(count)
})

test('merges equal edges', () => {
  const same = Float32Array.from({ length: 100 }, (_, at) => (at % 10 === 3 ? 5 : 0))
  const { margin } = driftBaseline(same, [], digest)
  expect(margin).toEqual({ edges: [], counts: [10] })
})

test('the margin is the lead of the first over the second, 0 for ties and for what is no number', () => {
  expect(logMargin(Float32Array.of(1, 5, 2, 0, 0, 0, 0, 0, 0, 0), 0)).toBe(3)
  expect(logMargin(new Float32Array(10), 0)).toBe(0)
  expect(logMargin(Float32Array.of(1, Number.NaN, 2, 0, 0, 0, 0, 0, 0, 0), 0)).toBe(0)
})

test('a value on an edge belongs above it', () => {
  expect(binCounts(Float64Array.of(0.5, 1, 1.5, 9), [1, 2])).toEqual([1, 2, 1])
})
