import type { ClassMetrics } from '../domain/metrics/evaluation'
import { formatPercent } from './format'

/** What the chart of classes shows, and what it says about each. */
export const CLASS_SERIES = [
  { key: 'precision', name: 'Precision', meaning: 'read as this digit, and it is' },
  { key: 'recall', name: 'Recall', meaning: 'is this digit, and read so' },
] as const

/** Shares are compared in steps this wide, so that a chart of good models is not all air. */
const AXIS_STEP = 0.05

/** Where an axis of shares begins so that no dot lies on its foot: a multiple of 5 %, at most 95 %, at least 0. */
export function axisFloor(classes: readonly ClassMetrics[]): number {
  const lowest = Math.min(1, ...classes.flatMap(({ precision, recall }) => [precision, recall]))
  return Math.max(0, (Math.ceil(lowest / AXIS_STEP - 1e-9) - 1) * AXIS_STEP)
}

/** The chart in one sentence, for those who do not see it. */
export function describeClasses(classes: readonly ClassMetrics[]): string {
  const parts = CLASS_SERIES.flatMap(({ key, name }) => {
    const worst = classes.toSorted((a, b) => a[key] - b[key])[0]
    return worst ? [`lowest ${name.toLowerCase()} ${formatPercent(worst[key])}, of digit ${worst.label}`] : []
  })
  return `Precision and recall of each digit as dots: ${parts.join('; ')}. The table By digit has the numbers.`
}
