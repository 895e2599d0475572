import type { ClassMetrics, Evaluation } from './evaluation'

export interface ClassAverages {
  readonly precision: number
  readonly recall: number
  readonly f1: number
}

/**
 * Plain means over the classes that occur, in truth or in answers, as scikit-learn's `average="macro"` does. On MNIST these are
 * all ten.
 */
export function macroAverages(evaluation: Evaluation): ClassAverages {
  return averages(occurring(evaluation), () => 1)
}

/** Means weighted by the images of each class: scikit-learn's `average="weighted"`. */
export function weightedAverages(evaluation: Evaluation): ClassAverages {
  return averages(evaluation.perClass, ({ support }) => support)
}

/** The classes that have an image, or were answered. */
export function occurring({ perClass, confusion }: Evaluation): readonly ClassMetrics[] {
  return perClass.filter(
    ({ label, support }) => support > 0 || confusion.some((counts) => (counts[label] ?? 0) > 0),
  )
}

function averages(
  classes: readonly ClassMetrics[],
  weightOf: (metrics: ClassMetrics) => number,
): ClassAverages {
  const sums = { precision: 0, recall: 0, f1: 0 }
  let weights = 0
  for (const metrics of classes) {
    const weight = weightOf(metrics)
    weights += weight
    sums.precision += weight * metrics.precision
    sums.recall += weight * metrics.recall
    sums.f1 += weight * metrics.f1
  }
  return { precision: sums.precision / weights, recall: sums.recall / weights, f1: sums.f1 / weights }
}
