import type { EpochMetrics, TrainOutcome } from './events'

/**
 * Time and speed of a whole run, the epochs before an interruption with it: an outcome knows only of the training since then.
 *
 * @param before the epochs it went on from; none for a run that was never interrupted
 * @returns seconds of training steps, and images a second over them
 */
export function wholeEffort(
  outcome: Pick<TrainOutcome, 'seconds' | 'imagesPerSecond' | 'stepsDone'>,
  before: readonly EpochMetrics[],
  batch: number,
): { readonly seconds: number; readonly imagesPerSecond: number } {
  const { stepsDone } = outcome
  if (before.length === 0) return { seconds: outcome.seconds, imagesPerSecond: outcome.imagesPerSecond }
  const seconds = before.reduce((sum, epoch) => sum + epoch.seconds, outcome.seconds)
  return { seconds, imagesPerSecond: seconds > 0 ? (stepsDone * batch) / seconds : 0 }
}
