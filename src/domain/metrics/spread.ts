import type { Spread } from './evaluation'

/**
 * Mean, standard deviation (of the whole population, as NumPy's `std`), least and greatest.
 *
 * @throws RangeError when there is no value
 */
export function spreadOf(values: Float64Array): Spread {
  if (values.length === 0) throw new RangeError('a spread needs at least one value, found none')
  let sum = 0
  let min = Number.POSITIVE_INFINITY
  let max = Number.NEGATIVE_INFINITY
  for (const value of values) {
    sum += value
    min = Math.min(min, value)
    max = Math.max(max, value)
  }
  const mean = sum / values.length
  let squares = 0
  for (const value of values) squares += (value - mean) ** 2
  return { mean, std: Math.sqrt(squares / values.length), min, max }
}
