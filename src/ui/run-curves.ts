import type { EpochMetrics } from '../domain/training/events'
import type { Curve } from './curve'
import { decimate, smooth } from './curves'

/** A run's figures by step; what was not measured is NaN or left out at the end. */
export interface StepFigures {
  readonly loss: ArrayLike<number>
  readonly accuracy: ArrayLike<number>
  readonly learningRate: ArrayLike<number>
  readonly gradientNorm: ArrayLike<number>
}

type RunCurves = Readonly<Record<keyof StepFigures, readonly Curve[]>>

/** A smoothed value remembers about 1 / (1 − this) steps. */
const SMOOTHING = 0.9
/** More points than this are not seen on a chart half a screen wide. */
const BUCKETS = 400

/** The curves of a run: raw steps as a ghost, smoothed steps, and validation marks where each epoch ends. */
export function runCurves(
  steps: StepFigures,
  epochs: readonly EpochMetrics[],
  stepsPerEpoch: number,
): RunCurves {
  return {
    loss: [
      ...stepCurves(steps.loss, 'Training', 1),
      validationCurve(epochs, stepsPerEpoch, (score) => score.loss),
    ],
    accuracy: [
      ...stepCurves(steps.accuracy, 'Training', 1),
      validationCurve(epochs, stepsPerEpoch, (score) => score.accuracy),
    ],
    gradientNorm: stepCurves(steps.gradientNorm, 'Norm', 4),
    learningRate: [{ name: 'Rate', tone: 3, style: 'line', points: decimate(steps.learningRate, BUCKETS) }],
  }
}

function stepCurves(values: ArrayLike<number>, name: string, tone: number): Curve[] {
  return [
    { name: 'Batch', tone, style: 'ghost', points: decimate(values, BUCKETS) },
    { name, tone, style: 'line', points: decimate(smooth(values, SMOOTHING), BUCKETS) },
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
