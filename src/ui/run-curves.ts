import type { EpochMetrics } from '../domain/training/events'
import type { Curve } from './curve'
import { decimate, smooth } from './curves'

interface Steps {
  readonly loss: ArrayLike<number>
  readonly accuracy: ArrayLike<number>
}

/** A smoothed value remembers about 1 / (1 − this) steps. */
const SMOOTHING = 0.9
/** More points than this are not seen on a chart half a screen wide. */
const BUCKETS = 400

/** The curves of a run: raw steps as a ghost, smoothed steps, and validation marks where each epoch ends. */
export function runCurves(
  steps: Steps,
  epochs: readonly EpochMetrics[],
  stepsPerEpoch: number,
): { readonly loss: readonly Curve[]; readonly accuracy: readonly Curve[] } {
  return {
    loss: [...stepCurves(steps.loss), validationCurve(epochs, stepsPerEpoch, (score) => score.loss)],
    accuracy: [
      ...stepCurves(steps.accuracy),
      validationCurve(epochs, stepsPerEpoch, (score) => score.accuracy),
    ],
  }
}

function stepCurves(values: ArrayLike<number>): Curve[] {
  return [
    { name: 'Batch', tone: 1, style: 'ghost', points: decimate(values, BUCKETS) },
    { name: 'Training', tone: 1, style: 'line', points: decimate(smooth(values, SMOOTHING), BUCKETS) },
  ]
}

function validationCurve(
  epochs: readonly EpochMetrics[],
  stepsPerEpoch: number,
  of: (score: NonNullable<EpochMetrics['validation']>) => number,
): Curve {
  const scored = epochs.flatMap(({ epoch, validation }) => (validation ? [{ epoch, y: of(validation) }] : []))
  return {
    name: 'Validation',
    tone: 2,
    style: 'marks',
    points: { x: scored.map(({ epoch }) => epoch * stepsPerEpoch), y: scored.map(({ y }) => y) },
  }
}
