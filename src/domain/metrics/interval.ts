/** The standard normal quantile at 0.975. */
const Z_95 = 1.959963984540054

/**
 * 95 % Wilson score interval of a share (E. B. Wilson, 1927), which stays inside [0, 1] and is honest near 1, where the usual
 * ± two standard errors is not.
 *
 * @param correct in 0…count
 * @throws RangeError when count is not positive or correct lies outside
 */
export function wilsonInterval(correct: number, count: number): { low: number; high: number } {
  if (!(count > 0 && correct >= 0 && correct <= count))
    throw new RangeError(`an interval needs 0 ≤ correct ≤ count and count > 0, found ${correct} of ${count}`)
  const share = correct / count
  const z2 = Z_95 * Z_95
  const scale = 1 + z2 / count
  const centre = (share + z2 / (2 * count)) / scale
  const half = (Z_95 * Math.sqrt((share * (1 - share)) / count + z2 / (4 * count * count))) / scale
  // At both ends the exact bound is 0 or 1; the formula may miss it by a rounding.
  return {
    low: correct === 0 ? 0 : Math.max(0, centre - half),
    high: correct === count ? 1 : Math.min(1, centre + half),
  }
}
