import { randomUnit } from '../../../src/domain/random'

/** One stream of random numbers, read in order: all that decides one digit. */
export interface Chance {
  /** Uniform in [low, high). */
  between(low: number, high: number): number
  /** Bell-shaped about 0 with this standard deviation, never beyond 3.5 of it (the mean of four uniform numbers). */
  bell(deviation: number): number
  /** True with this probability. */
  happens(probability: number): boolean
  /** An index, drawn in proportion to the weights. */
  pick(weights: readonly number[]): number
}

/** Reads the stream of `key` (see `streamKey`) from its first number. Only +, −, × and ÷: the same bits in every JavaScript. */
export function chanceOf(key: number): Chance {
  let index = 0
  function unit(): number {
    return randomUnit(key, index++)
  }
  return {
    between: (low, high) => low + (high - low) * unit(),
    // Four uniform numbers have variance 1/3 together; √3 makes it 1.
    bell: (deviation) => (unit() + unit() + unit() + unit() - 2) * 1.7320508075688772 * deviation,
    happens: (probability) => unit() < probability,
    pick(weights) {
      let rest = unit() * weights.reduce((sum, weight) => sum + weight, 0)
      const found = weights.findIndex((weight) => (rest -= weight) < 0)
      return found < 0 ? weights.length - 1 : found
    },
  }
}
