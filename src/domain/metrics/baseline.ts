import { CLASS_COUNT } from '../dataset/dataset'
import type { Sha256 } from '../ids'
import { readLogitRow } from './softmax'

/** What a model met and answered where it was made: what later traffic is compared with. */
export interface DriftBaseline {
  /** Images of each class in its training split. */
  readonly labels: readonly number[]
  /** Its answers of each class on the reference split. */
  readonly predictions: readonly number[]
  /** Log-margins on the reference split, in bins of about equal counts. */
  readonly margin: {
    /** Inner edges, rising; a value equal to an edge belongs to the bin above it. */
    readonly edges: readonly number[]
    /** One more than edges. */
    readonly counts: readonly number[]
  }
  /** Images of the reference split. */
  readonly count: number
  readonly splitDigest: Sha256
}

/** Bins of the margin, where the values allow so many. */
const MARGIN_BINS = 10

/**
 * @param logits on the reference split, count × 10
 * @param labels images of each class in the training split
 * @throws RangeError when there is no image
 */
export function driftBaseline(
  logits: Float32Array,
  labels: readonly number[],
  splitDigest: Sha256,
): DriftBaseline {
  const count = logits.length / CLASS_COUNT
  if (!Number.isInteger(count) || count === 0)
    throw new RangeError(
      `a baseline needs whole rows of ${CLASS_COUNT} logits, found ${logits.length} logits`,
    )
  const predictions = Array.from({ length: CLASS_COUNT }, () => 0)
  const margins = new Float64Array(count)
  for (let row = 0; row < count; row++) {
    const { label } = readLogitRow(logits, row)
    predictions[label] = (predictions[label] ?? 0) + 1
    margins[row] = logMargin(logits, row)
  }
  const edges = quantileEdges(margins, MARGIN_BINS)
  return { labels, predictions, margin: { edges, counts: binCounts(margins, edges) }, count, splitDigest }
}

/**
 * How far the likeliest class leads: the difference of the two largest logits, which is the logarithm of the ratio of their
 * probabilities. Unlike a probability it does not saturate. 0 where a logit is not a number.
 */
export function logMargin(logits: Float32Array, row: number): number {
  let first = Number.NEGATIVE_INFINITY
  let second = Number.NEGATIVE_INFINITY
  for (let at = row * CLASS_COUNT; at < (row + 1) * CLASS_COUNT; at++) {
    const value = logits[at] ?? Number.NaN
    if (Number.isNaN(value)) return 0
    if (value > first) {
      second = first
      first = value
    } else if (value > second) second = value
  }
  return first === second ? 0 : first - second
}

/** Values of each bin; see {@link DriftBaseline} for edges. */
export function binCounts(values: Float64Array, edges: readonly number[]): number[] {
  const counts = Array.from({ length: edges.length + 1 }, () => 0)
  for (const value of values) {
    const above = edges.findIndex((edge) => value < edge)
    const bin = above < 0 ? edges.length : above
    counts[bin] = (counts[bin] ?? 0) + 1
  }
  return counts
}

/** Equal edges are merged, so that no bin is empty by construction. */
function quantileEdges(values: Float64Array, bins: number): number[] {
  const sorted = Float64Array.from(values).sort()
  const edges = new Set<number>()
  for (let bin = 1; bin < bins; bin++) {
    const edge = sorted[Math.floor((bin * sorted.length) / bins)] ?? 0
    if (edge > (sorted[0] ?? 0)) edges.add(edge)
  }
  return [...edges]
}
