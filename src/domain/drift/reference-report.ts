import { sharesOf, stabilityIndex } from './psi'
import type { DriftFindings, DriftSignal } from './report'

/** What the reference pipeline's `detect_drift.py` prints: shares by label, and the index of the two. */
export interface ReferenceReport {
  readonly psi: number
  readonly baseline: Readonly<Record<string, number>>
  readonly current: Readonly<Record<string, number>>
}

/**
 * The reference pipeline's report of two label distributions, over the union of their labels in rising order.
 *
 * @param baseline shares by label: `baseline_distribution.json`
 */
export function referenceReport(
  baseline: Readonly<Record<string, number>>,
  current: Readonly<Record<string, number>>,
): ReferenceReport {
  const labels = [...new Set([...Object.keys(baseline), ...Object.keys(current)])].toSorted((a, b) =>
    a.localeCompare(b, 'en', { numeric: true }),
  )
  const psi = stabilityIndex(
    labels.map((label) => current[label] ?? 0),
    labels.map((label) => baseline[label] ?? 0),
  )
  return { psi, baseline, current }
}

/** Counts by class as shares by label; classes without an image are left out, as a group-by does. */
export function labelShares(counts: readonly number[]): Record<string, number> {
  return Object.fromEntries(
    sharesOf(counts)
      .map((share, label) => [String(label), share] as const)
      .filter(([, share]) => share > 0),
  )
}

/** A report as a file: the reference pipeline's three keys where labels are known, then all else. */
export function driftReportJson<Findings extends DriftFindings>(report: Findings) {
  const label = report.signals.find(({ signal }) => signal === 'label')
  return { ...(label === undefined ? {} : ofLabels(label)), ...report }
}

/**
 * The text of `drift_alert.txt`, or null where nothing is to be alerted of. The reference pipeline alerts when the labels' index
 * reaches the threshold, however few images there are; so does this. Where the labels say nothing and another signal has drifted,
 * its index stands there.
 */
export function driftAlert({ signals, threshold }: DriftFindings): string | null {
  const label = signals.find(({ signal, psi }) => signal === 'label' && psi >= threshold)
  const drifted = signals.filter(({ verdict }) => verdict === 'drift').toSorted((a, b) => b.psi - a.psi)
  const psi = (label ?? drifted[0])?.psi
  return psi === undefined ? null : alertText(psi)
}

/** What to know of an alert that the verdict does not bear out; null where it does, and where nothing is alerted of. */
export function alertNote(findings: DriftFindings): string | null {
  const { signals, threshold, verdict } = findings
  if (verdict === 'drift' || driftAlert(findings) === null) return null
  const label = signals.find(({ signal }) => signal === 'label')
  const rule = `The alert is the reference pipeline's: the labels' index is at least ${threshold}, however few images there are.`
  return label?.verdict === 'not-enough-data'
    ? `${rule} Here are too few to tell that from chance.`
    : `${rule} At this size chance explains it.`
}

/** As the reference pipeline writes it. */
export function alertText(psi: number): string {
  return `PSI=${psi}`
}

function ofLabels({ bins }: DriftSignal): ReferenceReport {
  return referenceReport(
    labelShares(bins.map(({ reference }) => reference)),
    labelShares(bins.map(({ current }) => current)),
  )
}
