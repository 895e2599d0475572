import type { Evaluation } from '../metrics/evaluation'

/** Some images of the split that stored figures are of, read again. */
export interface SampleCount {
  readonly count: number
  readonly correct: number
}

/** Standard deviations that chance is given. */
const CHANCE = 4
/** Images that rounding may decide otherwise on another machine. */
const ROUNDING = 2

/**
 * Whether stored figures can be those of a model that was seen to read a sample of the same split so: the sample is drawn without
 * putting back, so its right answers spread by √(n·p·(1 − p)·(N − n)/(N − 1)).
 */
export function sampleAgrees(stored: Evaluation, { count, correct }: SampleCount): boolean {
  const share = stored.correct / stored.count
  const left = Math.max(0, stored.count - count) / Math.max(1, stored.count - 1)
  const spread = Math.sqrt(count * share * (1 - share) * left)
  return Math.abs(correct - count * share) <= CHANCE * spread + ROUNDING
}
