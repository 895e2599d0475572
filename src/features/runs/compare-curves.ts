import type { EpochMetrics } from '../../domain/training/events'
import type { Curve } from '../../ui/curve'
import { decimate, smooth } from '../../ui/curves'

interface CurvesOf {
  readonly name: string
  readonly epochs: readonly EpochMetrics[]
  /** Training loss by step; null where none was stored. */
  readonly loss: ArrayLike<number> | null
}

const SMOOTHING = 0.95
const BUCKETS = 300
/** Colours of the series palette. */
const TONES = 8

interface ComparedCurves {
  readonly loss: readonly Curve[]
  readonly validationAccuracy: readonly Curve[]
  readonly validationLoss: readonly Curve[]
  readonly steps: number
  readonly epochs: number
}

/** A curve a run in the run's own colour: smoothed training loss by step, validation by epoch. */
export function compareCurves(runs: readonly CurvesOf[]): ComparedCurves {
  const names = uniqueNames(runs.map(({ name }) => name))
  const named = runs.map((run, index) => ({
    run,
    name: names[index] ?? run.name,
    tone: toneOf(index),
  }))
  const byEpoch = (of: (score: NonNullable<EpochMetrics['validation']>) => number): Curve[] =>
    named.map(({ run, name, tone }) => {
      const scored = run.epochs.flatMap(({ epoch, validation }) =>
        validation ? [{ epoch, y: of(validation) }] : [],
      )
      const points = { x: scored.map(({ epoch }) => epoch), y: scored.map(({ y }) => y) }
      // One point is no line.
      return { name, tone, style: scored.length > 1 ? 'line' : 'marks', points }
    })
  return {
    loss: named.flatMap(({ run, name, tone }): Curve[] =>
      run.loss === null
        ? []
        : [{ name, tone, style: 'line', points: decimate(smooth(run.loss, SMOOTHING), BUCKETS) }],
    ),
    validationAccuracy: byEpoch(({ accuracy }) => accuracy),
    validationLoss: byEpoch(({ loss }) => loss),
    steps: Math.max(0, ...runs.map(({ loss }) => loss?.length ?? 0)),
    epochs: Math.max(0, ...runs.map(({ epochs }) => epochs.length)),
  }
}

export function toneOf(index: number): number {
  return (index % TONES) + 1
}

/** Names need not be unique; curves are told apart by them. */
export function uniqueNames(names: readonly string[]): readonly string[] {
  return names.map((name, index) => {
    const before = names.slice(0, index).filter((other) => other === name).length
    return before === 0 ? name : `${name} (${before + 1})`
  })
}
