import { randomUnit } from '../random'
import { logGamma } from './chi-square'

/**
 * One draw without replacement from bins of known counts: how many of the `size` drawn fall into each bin (multivariate
 * hypergeometric, bin by bin). Each bin takes one uniform number and is inverted from its mode outwards, so that the work grows
 * with the standard deviation and not with the counts.
 *
 * @param pool items of each bin
 * @param size items drawn, at most as many as there are
 * @param into receives the draw
 */
export function drawFromBins(
  pool: readonly number[],
  size: number,
  key: number,
  first: number,
  into: number[],
): void {
  let left = pool.reduce((sum, count) => sum + count, 0)
  let wanted = size
  for (let bin = 0; bin < pool.length; bin++) {
    const count = pool[bin] ?? 0
    const drawn = hypergeometric(left, count, wanted, randomUnit(key, first + bin))
    into[bin] = drawn
    left -= count
    wanted -= drawn
  }
}

/** The marked among `drawn` of `total` items of which `marked` are marked, for one uniform number in [0, 1). */
export function hypergeometric(total: number, marked: number, drawn: number, uniform: number): number {
  const lowest = Math.max(0, drawn + marked - total)
  const highest = Math.min(drawn, marked)
  if (lowest === highest) return lowest
  const mode = Math.floor(((drawn + 1) * (marked + 1)) / (total + 2))
  const atMode = Math.exp(
    logChoose(marked, mode) + logChoose(total - marked, drawn - mode) - logChoose(total, drawn),
  )
  let rest = uniform - atMode
  if (rest < 0) return mode
  let up = mode
  let down = mode
  let upWeight = atMode
  let downWeight = atMode
  // What rounding leaves over belongs to nobody: the mode takes it.
  while (up < highest || down > lowest) {
    if (up < highest) {
      upWeight *= ((marked - up) * (drawn - up)) / ((up + 1) * (total - marked - drawn + up + 1))
      up++
      rest -= upWeight
      if (rest < 0) return up
    }
    if (down > lowest) {
      downWeight *= (down * (total - marked - drawn + down)) / ((marked - down + 1) * (drawn - down + 1))
      down--
      rest -= downWeight
      if (rest < 0) return down
    }
  }
  return mode
}

function logChoose(n: number, k: number): number {
  return logFactorial(n) - logFactorial(k) - logFactorial(n - k)
}

/** Two samples of MNIST's size have fewer images together; above, the series is asked. */
const REMEMBERED = 131_072
let remembered: Float64Array | null = null

/** A table filled once, when first asked: a test asks a hundred thousand times. */
function logFactorial(n: number): number {
  remembered ??= Float64Array.from({ length: REMEMBERED }, (_, of) => logGamma(of + 1))
  return remembered[n] ?? logGamma(n + 1)
}
