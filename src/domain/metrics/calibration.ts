/** Bins of the expected calibration error, as in its usual definition. */
const BINS = 15

/**
 * Expected calibration error (M. P. Naeini et al., 2015; C. Guo et al., 2017): over equal-width bins (i/15, (i+1)/15] of confidence,
 * the mean distance between accuracy and mean confidence, weighted by the images in the bin. In [0, 1].
 *
 * @param confidences of the answers, in [0, 1]
 * @param right 1 where the answer was right; index = image
 * @returns NaN where a confidence is not a number
 */
export function expectedCalibrationError(confidences: Float64Array, right: Uint8Array): number {
  const sums = Array.from({ length: BINS }, () => ({ confidence: 0, right: 0 }))
  for (const [image, confidence] of confidences.entries()) {
    const bin = sums[Math.min(BINS - 1, Math.max(0, Math.ceil(confidence * BINS) - 1))]
    if (bin === undefined) return Number.NaN
    bin.confidence += confidence
    bin.right += right[image] ?? 0
  }
  const apart = sums.reduce((sum, bin) => sum + Math.abs(bin.right - bin.confidence), 0)
  return apart / confidences.length
}
