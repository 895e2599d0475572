/**
 * Area under the ROC curve: how often a positive scores higher than a negative, ties counted half (H. B. Mann and D. R. Whitney,
 * 1947). That is scikit-learn's `roc_auc_score`, which adds up trapezoids over the same curve.
 *
 * @param positives scores of the images of the class
 * @param negatives scores of all others
 * @returns null where one side is empty or a score is not a number: there is no curve
 */
export function rocAuc(positives: Float64Array, negatives: Float64Array): number | null {
  if (positives.length === 0 || negatives.length === 0) return null
  if (positives.some(Number.isNaN) || negatives.some(Number.isNaN)) return null
  const higher = Float64Array.from(positives).sort()
  const lower = Float64Array.from(negatives).sort()
  // Whole halves, so that the sum is exact: twice the pairs won, and once each tie.
  let halves = 0
  let below = 0
  let upTo = 0
  for (const score of higher) {
    while (below < lower.length && (lower[below] ?? 0) < score) below++
    while (upTo < lower.length && (lower[upTo] ?? 0) <= score) upTo++
    halves += below + upTo
  }
  return halves / (2 * higher.length * lower.length)
}
