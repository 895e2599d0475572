/** A share below this counts as this: the reference pipeline's floor. */
export const PSI_FLOOR = 1e-6

/**
 * Population stability index Σ (a − e) · ln(a / e) over bins in their order, both shares raised to the floor first; 0 for equal
 * shares, symmetric, without an upper bound. As the reference pipeline's `detect_drift.py` computes it, to the last bit.
 *
 * @param current shares of the window, bin by bin
 * @param reference shares of the reference, the same bins
 * @throws RangeError when the bins differ in number
 */
export function stabilityIndex(
  current: readonly number[],
  reference: readonly number[],
  floor = PSI_FLOOR,
): number {
  if (current.length !== reference.length)
    throw new RangeError(
      `an index needs the same bins on both sides, found ${current.length} and ${reference.length}`,
    )
  let sum = 0
  for (const [bin, share] of current.entries()) {
    const a = Math.max(share, floor)
    const e = Math.max(reference[bin] ?? Number.NaN, floor)
    sum += (a - e) * Math.log(a / e)
  }
  return sum
}

/** Counts as shares of their sum; all 0 where there is nothing. */
export function sharesOf(counts: readonly number[]): number[] {
  const total = totalOf(counts)
  return counts.map((count) => (total === 0 ? 0 : count / total))
}

/** The sum of some counts. */
export function totalOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0)
}
