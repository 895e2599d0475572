import { PURPOSE, streamKey } from '../random'
import { chiSquareSurvival, noncentralityFor } from './chi-square'
import { drawFromBins } from './hypergeometric'
import { PSI_FLOOR, stabilityIndex, totalOf } from './psi'

/** How a p-value was found. */
export type SignificanceMethod = 'chi-square' | 'permutation'

export interface Significance {
  readonly p: number
  readonly method: SignificanceMethod
}

/** With as many expected in every bin of the smaller sample, the χ² tail is right to a few percent of itself. */
const POPULATED = 50
/** Random splits compared with; the least p they can give is 1 / 2,000. */
const PERMUTATIONS = 1_999
/** One seed for all windows: equal counts have equal p-values. */
const SEED = 0x5eed
/** Share of real shifts of the alarm's size that the smallest window worth testing finds. */
const POWER = 0.8

/**
 * How likely an index as large is when window and reference come from one source. The reference is finite, so both are random:
 * where every bin is populated, PSI / (1/n + 1/m) is χ² with a degree of freedom less than bins (B. Yurdakul, 2018). Elsewhere
 * the images of both are shuffled and split anew, which is exact at every size: p = (1 + splits with at least this index) /
 * (1 + splits), never below its promise.
 *
 * @param window images of each bin
 * @param reference images of the same bins
 * @throws RangeError when the bins differ in number
 */
export function significanceOf(window: readonly number[], reference: readonly number[]): Significance {
  const [n, m] = [totalOf(window), totalOf(reference)]
  const pool = window.map((count, bin) => count + (reference[bin] ?? 0))
  const occupied = pool.filter((count) => count > 0)
  if (n === 0 || m === 0 || occupied.length < 2) return { p: 1, method: 'permutation' }
  const index = indexOfCounts(window, reference, n, m)
  const fewest = (Math.min(...occupied) * Math.min(n, m)) / (n + m)
  if (fewest >= POPULATED) {
    const p = chiSquareSurvival(index / (1 / n + 1 / m), occupied.length - 1)
    return { p, method: 'chi-square' }
  }
  return { p: permutationP(pool, Math.min(n, m), index), method: 'permutation' }
}

/**
 * The smallest window worth testing: the one in which four of five true shifts as large as the alarm's threshold are found, by the
 * noncentral χ² with noncentrality PSI / (1/n + 1/m). In a smaller one "no drift found" says nothing, and the index itself is
 * mostly chance: at 20 images 94 of 100 undisturbed windows pass 0.2. Null where the reference is too small for any window.
 *
 * @param bins occupied bins
 * @param referenceCount images of the reference
 * @param threshold index that counts as drift
 * @param alpha level of the test
 */
export function minimumCount(
  bins: number,
  referenceCount: number,
  threshold: number,
  alpha: number,
): number | null {
  if (bins < 2) return null
  const needed = noncentralityFor(POWER, alpha, bins - 1)
  const spare = threshold * referenceCount - needed
  return spare <= 0 ? null : Math.ceil((needed * referenceCount) / spare)
}

/**
 * Holm's step-down correction (S. Holm, 1979): the chance that any of several true null hypotheses is rejected stays below the
 * level, whatever their dependence. In the order given.
 */
export function holm(ps: readonly number[]): number[] {
  const order = ps.map((p, index) => ({ p, index })).toSorted((a, b) => a.p - b.p)
  const adjusted: number[] = Array.from({ length: ps.length }, () => 1)
  let largest = 0
  for (const [rank, { p, index }] of order.entries()) {
    largest = Math.max(largest, Math.min(1, p * (ps.length - rank)))
    adjusted[index] = largest
  }
  return adjusted
}

function permutationP(pool: readonly number[], size: number, index: number): number {
  const total = totalOf(pool)
  const key = streamKey(SEED, PURPOSE.driftNull, 0)
  const one = pool.map(() => 0)
  const other = pool.map(() => 0)
  // Equal splits may differ in the last bits of their sums.
  const bar = index * (1 - 1e-12)
  let asLarge = 0
  for (let draw = 0; draw < PERMUTATIONS; draw++) {
    drawFromBins(pool, size, key, draw * pool.length, one)
    for (let bin = 0; bin < pool.length; bin++) other[bin] = (pool[bin] ?? 0) - (one[bin] ?? 0)
    if (indexOfCounts(one, other, size, total - size) >= bar) asLarge++
  }
  return (1 + asLarge) / (1 + PERMUTATIONS)
}

/** {@link stabilityIndex} of counts, without a list of shares a draw. */
function indexOfCounts(a: readonly number[], b: readonly number[], n: number, m: number): number {
  if (a.length !== b.length) return stabilityIndex(a, b)
  let sum = 0
  for (let bin = 0; bin < a.length; bin++) {
    const one = Math.max((a[bin] ?? 0) / n, PSI_FLOOR)
    const other = Math.max((b[bin] ?? 0) / m, PSI_FLOOR)
    sum += (one - other) * Math.log(one / other)
  }
  return sum
}
