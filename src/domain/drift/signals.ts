import { CLASS_COUNT } from '../dataset/dataset'
import { binCounts, type DriftBaseline, logMargin } from '../metrics/baseline'
import { readLogitRow } from '../metrics/softmax'
import { sharesOf, stabilityIndex, totalOf } from './psi'
import type { DriftAccuracy, DriftBin, DriftFindings, DriftSignal, DriftVerdict, SignalName } from './report'
import { holm, minimumCount, significanceOf } from './significance'

/** Undisturbed windows that are called anything but stable: at most this share. Whoever looks every day is misled thrice a year. */
export const SIGNIFICANCE = 0.01

/** What is counted of a window: its bins are those of the baseline. */
export interface WindowCounts {
  /** Null where labels are not known. */
  readonly labels: readonly number[] | null
  /** Null where no model answered. */
  readonly answers: { readonly predictions: readonly number[]; readonly margins: readonly number[] } | null
}

/** One model's answers to a window. @param logits count × 10 @param labels null where they are not known */
export function countWindow(
  logits: Float32Array,
  labels: Uint8Array | null,
  baseline: DriftBaseline,
): WindowCounts {
  const count = logits.length / CLASS_COUNT
  const predicted = new Uint8Array(count)
  const margins = new Float64Array(count)
  for (let row = 0; row < count; row++) {
    predicted[row] = readLogitRow(logits, row).label
    margins[row] = logMargin(logits, row)
  }
  return {
    labels: labels === null ? null : countClasses(labels),
    answers: {
      predictions: countClasses(predicted),
      margins: binCounts(margins, baseline.margin.edges),
    },
  }
}

/** Compares a counted window with a baseline: the signals, and what they say together. */
export function driftFindings(
  what: Pick<DriftFindings, 'window' | 'available' | 'threshold' | 'accuracy'>,
  counts: WindowCounts,
  baseline: DriftBaseline,
): DriftFindings {
  const signals = driftSignals(counts, baseline, what.threshold)
  const count = Math.max(0, ...signals.map((signal) => signal.count))
  return { ...what, count, signals, verdict: worstVerdict(signals) }
}

/** Answers that are the label. @param logits count × 10 */
export function accuracyOf(logits: Float32Array, labels: Uint8Array): DriftAccuracy {
  let correct = 0
  for (const [row, label] of labels.entries()) if (readLogitRow(logits, row).label === label) correct++
  return { correct, count: labels.length }
}

/** Images of each class. @throws RangeError when a label lies outside 0…9 */
export function countClasses(labels: Iterable<number>): number[] {
  const counts = Array.from({ length: CLASS_COUNT }, () => 0)
  for (const label of labels) {
    const before = counts[label]
    if (before === undefined) throw new RangeError(`a label lies in 0…9, found ${label}`)
    counts[label] = before + 1
  }
  return counts
}

interface Candidate {
  readonly signal: SignalName
  readonly current: readonly number[]
  readonly reference: readonly number[]
  readonly names: readonly string[]
}

/**
 * Compares a window with a baseline, signal by signal.
 *
 * A signal with fewer images than its minimum has not enough data. The others are tested together, their p-values corrected after
 * Holm: one that is not significant is stable; one that is means drift where its index reaches the threshold, and is worth
 * watching where it does not. So at most {@link SIGNIFICANCE} of undisturbed windows are anything but stable, at any size.
 *
 * @param threshold index that counts as drift
 */
export function driftSignals(
  window: WindowCounts,
  baseline: DriftBaseline,
  threshold: number,
): readonly DriftSignal[] {
  const candidates = candidatesOf(window, baseline)
  const measured = candidates.map(({ signal, current, reference, names }) => {
    const [count, referenceCount] = [totalOf(current), totalOf(reference)]
    const occupied = current.filter((value, bin) => value + (reference[bin] ?? 0) > 0).length
    const bins: DriftBin[] = names.map((name, bin) => ({
      name,
      reference: reference[bin] ?? 0,
      current: current[bin] ?? 0,
    }))
    return {
      signal,
      psi: stabilityIndex(sharesOf(current), sharesOf(reference)),
      ...significanceOf(current, reference),
      count,
      referenceCount,
      minimumCount: minimumCount(occupied, referenceCount, threshold, SIGNIFICANCE / candidates.length),
      bins,
    }
  })
  const enough = measured.filter(({ count, minimumCount: least }) => least !== null && count >= least)
  const adjusted = holm(enough.map(({ p }) => p))
  return measured.map((signal) => {
    const tested = enough.indexOf(signal)
    const adjustedP = adjusted[tested]
    if (adjustedP === undefined) return { ...signal, adjustedP: signal.p, verdict: 'not-enough-data' }
    return { ...signal, adjustedP, verdict: verdictOf(adjustedP, signal.psi, threshold) }
  })
}

const RANK: readonly DriftVerdict[] = ['not-enough-data', 'stable', 'watch', 'drift']

/** The worst of those that have enough data. */
export function worstVerdict(signals: readonly Pick<DriftSignal, 'verdict'>[]): DriftVerdict {
  return RANK[Math.max(0, ...signals.map(({ verdict }) => RANK.indexOf(verdict)))] ?? 'not-enough-data'
}

function verdictOf(adjustedP: number, psi: number, threshold: number): DriftVerdict {
  if (adjustedP > SIGNIFICANCE) return 'stable'
  return psi >= threshold ? 'drift' : 'watch'
}

function candidatesOf({ labels, answers }: WindowCounts, baseline: DriftBaseline): readonly Candidate[] {
  const found: Candidate[] = []
  if (labels !== null)
    found.push({ signal: 'label', current: labels, reference: baseline.labels, names: CLASS_NAMES })
  if (answers !== null)
    found.push(
      {
        signal: 'prediction',
        current: answers.predictions,
        reference: baseline.predictions,
        names: CLASS_NAMES,
      },
      {
        signal: 'margin',
        current: answers.margins,
        reference: baseline.margin.counts,
        names: marginNames(baseline.margin.edges),
      },
    )
  return found
}

const CLASS_NAMES = Array.from({ length: CLASS_COUNT }, (_, label) => String(label))

/** Bins in words: "below 4.2", "4.2 to 6.1", "9.8 and more". */
function marginNames(edges: readonly number[]): string[] {
  const [first, last] = [edges[0], edges.at(-1)]
  if (first === undefined || last === undefined) return ['all']
  const between = edges.slice(1).map((edge, at) => `${shown(edges[at] ?? 0)} to ${shown(edge)}`)
  return [`below ${shown(first)}`, ...between, `${shown(last)} and more`]
}

function shown(edge: number): string {
  return edge.toFixed(1)
}
