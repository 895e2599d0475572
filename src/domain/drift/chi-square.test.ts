import { expect, test } from 'vitest'
import { chiSquareCritical, chiSquareSurvival, noncentralityFor, noncentralSurvival } from './chi-square'

/** SciPy 1.17.1: `scipy.stats.chi2.sf(x, degrees)`. */
const SURVIVALS = [
  [3.4273, 9, 0.9449244741026005],
  [16.918977604620448, 9, 0.05],
  [0.5, 1, 0.47950012218695337],
  [12, 2, 0.002478752176666357],
  [9, 9.5, 0.48503564836747937],
  [50, 9, 1.0772382022574693e-7],
  [200, 9, 3.312992393909567e-38],
  [1000, 9, 1.7240681189224405e-209],
] as const

test.each(SURVIVALS)('χ² survival of %f with %f degrees', (x, degrees, expected) => {
  expect(chiSquareSurvival(x, degrees) / expected - 1).toBeCloseTo(0, 11)
})

test('the ends of the scale', () => {
  expect(chiSquareSurvival(0, 9)).toBe(1)
  expect(chiSquareSurvival(1e-3, 9)).toBeCloseTo(1, 12)
  expect(chiSquareSurvival(1e6, 9)).toBe(0)
  expect(() => chiSquareSurvival(1, 0)).toThrow(RangeError)
  expect(() => chiSquareSurvival(Number.NaN, 3)).toThrow(RangeError)
})

test('critical values, noncentral tails and the noncentrality a power needs (SciPy 1.17.1)', () => {
  expect(chiSquareCritical(0.05 / 3, 9)).toBeCloseTo(20.208797276921548, 9)
  expect(noncentralSurvival(20, 9, 15)).toBeCloseTo(0.6431869596157479, 12)
  expect(noncentralSurvival(5, 3, 0.7)).toBeCloseTo(0.2567653358181446, 12)
  expect(noncentralityFor(0.8, 0.05 / 3, 9)).toBeCloseTo(19.671550293967123, 8)
})
