import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sharesOf, stabilityIndex } from './psi'
import { alertText, labelShares, referenceReport } from './reference-report'

/** Images of each class in MNIST's two splits. */
const TRAIN = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
const TEST = [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]

test('MNIST train against test is the reference pipeline’s published index, to the last digit', () => {
  expect(stabilityIndex(sharesOf(TEST), sharesOf(TRAIN))).toBe(0.00034101933356092787)
  const report = referenceReport(labelShares(TRAIN), labelShares(TEST))
  expect(report.psi).toBe(0.00034101933356092787)
  expect(Object.keys(report)).toEqual(['psi', 'baseline', 'current'])
  expect(report.baseline['0']).toBe(5923 / 60000)
})

test('a missing class weighs as its floor says', () => {
  const current = [0, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.2]
  expect(stabilityIndex(current, sharesOf(TRAIN))).toBeCloseTo(1.2088115231857564, 14)
  expect(stabilityIndex(current, sharesOf(TRAIN), 1e-4)).toBeCloseTo(0.7535264891126667, 14)
})

test('labels that only one side has count on both', () => {
  const { psi } = referenceReport({ '0': 0.5, '1': 0.5 }, { '0': 0.5, '10': 0.5 })
  expect(psi).toBeCloseTo(2 * (0.5 - 1e-6) * Math.log(0.5 / 1e-6), 12)
})

test('alerts read as the reference pipeline writes them', () => {
  expect(alertText(0.4681234567890123)).toBe('PSI=0.4681234567890123')
})

test('the index is never negative, symmetric, and 0 for equal shares', () => {
  const counts = fc.array(fc.nat(1000), { minLength: 10, maxLength: 10 })
  fc.assert(
    fc.property(counts, counts, (a, b) => {
      const [one, other] = [sharesOf(a), sharesOf(b)]
      expect(stabilityIndex(one, one)).toBe(0)
      expect(stabilityIndex(one, other)).toBeGreaterThanOrEqual(0)
      expect(stabilityIndex(one, other)).toBeCloseTo(stabilityIndex(other, one), 10)
    }),
  )
})

test('different bins are refused', () => {
  expect(() => stabilityIndex([1], [0.5, 0.5])).toThrow(/same bins/)
})
