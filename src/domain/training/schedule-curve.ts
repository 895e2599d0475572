import { learningRateAt, type ScheduleParams } from './schedule'

const POINTS = 200

export interface ScheduleCurve {
  /** Epochs done before each sampled step, from 0; ascending. */
  readonly epochs: readonly number[]
  /** The learning rate of each of these steps. */
  readonly rates: readonly number[]
}

/**
 * The learning rate over a whole run, in at most 200 steps: evenly spread ones, always with the first and the last, and in runs
 * of up to 50 epochs both sides of every epoch's end, where schedules jump. Of the plateau schedule, whose drops nobody
 * knows before the run, it is the rate until the first one.
 *
 * @param stepsPerEpoch 0 gives no points
 */
export function scheduleCurve(params: ScheduleParams, stepsPerEpoch: number): ScheduleCurve {
  const steps = sampledSteps(stepsPerEpoch, params.epochs)
  return {
    epochs: steps.map((step) => step / stepsPerEpoch),
    rates: steps.map((step) => learningRateAt(params, step, stepsPerEpoch, 0)),
  }
}

function sampledSteps(stepsPerEpoch: number, epochs: number): number[] {
  const total = stepsPerEpoch * epochs
  if (total <= POINTS) return Array.from({ length: total }, (_, step) => step)
  const ends =
    epochs <= POINTS / 4
      ? Array.from({ length: epochs - 1 }, (_, epoch) => (epoch + 1) * stepsPerEpoch).flatMap((step) => [
          step - 1,
          step,
        ])
      : []
  const spread = POINTS - ends.length
  const even = Array.from({ length: spread }, (_, i) => Math.round((i * (total - 1)) / (spread - 1)))
  return [...new Set([...even, ...ends])].sort((a, b) => a - b)
}
