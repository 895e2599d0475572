import { expect, test } from 'vitest'
import { parseSha256 } from '../ids'
import type { DriftBaseline } from '../metrics/baseline'
import { chiSquareSurvival } from './chi-square'
import { sharesOf, stabilityIndex } from './psi'
import { alertNote, driftAlert, driftReportJson } from './reference-report'
import type { DriftFindings } from './report'
import { countWindow, driftSignals, worstVerdict } from './signals'
import { holm, minimumCount, significanceOf } from './significance'

const EVEN = Array.from({ length: 10 }, () => 1_000)
const baseline: DriftBaseline = {
  labels: EVEN.map((count) => 6 * count),
  predictions: EVEN,
  margin: { edges: [1, 2, 3, 4, 5, 6, 7, 8, 9], counts: EVEN },
  count: 10_000,
  splitDigest: parseSha256('0'.repeat(64)),
}
const even = (count: number) => Array.from({ length: 10 }, () => count / 10)

function findings(
  labels: readonly number[] | null,
  predictions: readonly number[],
  margins: readonly number[],
): DriftFindings {
  const signals = driftSignals({ labels, answers: { predictions, margins } }, baseline, 0.2)
  return {
    window: { kind: 'file', name: 'a.parquet' },
    count: 1_000,
    available: 1_000,
    threshold: 0.2,
    signals,
    verdict: worstVerdict(signals),
    accuracy: null,
  }
}

test('a large and certain difference is drift, a small and certain one is watched, none is stable', () => {
  const doubled = [2_000, ...Array.from({ length: 9 }, () => 889)]
  const found = findings(even(10_000), doubled, [5_000, 0, 0, 0, 0, 1_000, 1_000, 1_000, 1_000, 1_000])
  const by = Object.fromEntries(found.signals.map(({ signal, verdict }) => [signal, verdict]))
  expect(by).toEqual({ label: 'stable', prediction: 'watch', margin: 'drift' })
  expect(found.verdict).toBe('drift')
  // The dull side of a fixed bar: twice as many of one digit in 10,000 images stay far below it.
  expect(found.signals[1]?.psi).toBeLessThan(0.1)
  expect(found.signals[1]?.p).toBeLessThan(1e-50)
})

test('few images are not enough for any verdict, however different they look', () => {
  const found = findings(null, [20, 0, 0, 0, 0, 0, 0, 0, 0, 0], [20, 0, 0, 0, 0, 0, 0, 0, 0, 0])
  expect(found.verdict).toBe('not-enough-data')
  expect(found.signals.map(({ signal }) => signal)).toEqual(['prediction', 'margin'])
  expect(found.signals[0]?.p).toBe(1 / 2_000)
  expect(found.signals[0]?.minimumCount).toBeGreaterThan(20)
})

test('a signal with enough data speaks where another has too little', () => {
  const labels = [3, 0, 0, 0, 0, 0, 0, 0, 0, 0]
  const { signals, verdict } = findings(labels, even(1_000), even(1_000))
  expect(signals.map((signal) => signal.verdict)).toEqual(['not-enough-data', 'stable', 'stable'])
  expect(verdict).toBe('stable')
})

test('the least window finds four of five shifts as large as the threshold', () => {
  // λ of 80 % power at level 0.05 / 3 with 9 degrees is 19.67; n = λ·m / (0.2·m − λ).
  expect(minimumCount(10, 10_000, 0.2, 0.05 / 3)).toBe(100)
  expect(minimumCount(10, 60_000, 0.2, 0.05 / 3)).toBe(99)
  expect(minimumCount(10, 10_000, 0.1, 0.05 / 3)).toBe(201)
  expect(minimumCount(10, 90, 0.2, 0.05 / 3)).toBeNull()
  expect(minimumCount(1, 10_000, 0.2, 0.05 / 3)).toBeNull()
})

test('χ² where bins are populated, random splits where they are not, and both agree', () => {
  const few = [40, 25, 45, 43, 37, 41, 38, 42, 36, 53]
  const splits = significanceOf(few, EVEN)
  expect(splits.method).toBe('permutation')
  expect(significanceOf(few, EVEN)).toEqual(splits)
  const index = stabilityIndex(sharesOf(few), sharesOf(EVEN))
  const chi = chiSquareSurvival(index / (1 / 400 + 1 / 10_000), 9)
  expect(Math.abs(splits.p - chi)).toBeLessThan(0.03)
  const many = few.map((count) => 2 * count)
  expect(significanceOf(many, EVEN)).toEqual({
    p: chiSquareSurvival(index / (1 / 800 + 1 / 10_000), 9),
    method: 'chi-square',
  })
})

test('what cannot differ is certain not to', () => {
  expect(significanceOf([5, 0], [100, 0]).p).toBe(1)
  expect(significanceOf([0, 0], [100, 3]).p).toBe(1)
})

test('Holm’s correction multiplies the least by all, the next by one less, and keeps the order', () => {
  expect(holm([0.01, 0.04, 0.03])).toEqual([0.03, 0.06, 0.06])
  expect(holm([0.9, 0.5])).toEqual([1, 1])
  expect(holm([])).toEqual([])
})

test('counts what a model answers, in the baseline’s bins', () => {
  const logits = new Float32Array(20)
  logits[3] = 2.5
  logits[17] = 9
  const { labels, answers } = countWindow(logits, Uint8Array.of(3, 4), baseline)
  expect(labels).toEqual([0, 0, 0, 1, 1, 0, 0, 0, 0, 0])
  expect(answers?.predictions).toEqual([0, 0, 0, 1, 0, 0, 0, 1, 0, 0])
  expect(answers?.margins).toEqual([0, 0, 1, 0, 0, 0, 0, 0, 0, 1])
})

test('an alert that the verdict does not bear out says so', () => {
  const few = findings([20, 0, 0, 0, 0, 0, 0, 0, 0, 0], even(20), even(20))
  expect(few.verdict).toBe('not-enough-data')
  expect(driftAlert(few)).not.toBeNull()
  expect(alertNote(few)).toContain('too few to tell that from chance')
  const real = findings([4_000, ...Array.from({ length: 9 }, () => 1_000)], even(1_000), even(1_000))
  expect(real.verdict).toBe('drift')
  expect(alertNote(real)).toBeNull()
  expect(alertNote(findings(even(1_000), even(1_000), even(1_000)))).toBeNull()
})

test('the report has the reference pipeline’s keys first, and its alert text', () => {
  const labels = [4_000, ...Array.from({ length: 9 }, () => 1_000)]
  const mixed = findings(labels, even(1_000), even(1_000))
  expect(Object.keys(driftReportJson(mixed)).slice(0, 3)).toEqual(['psi', 'baseline', 'current'])
  expect(driftAlert(mixed)).toBe(`PSI=${mixed.signals[0]?.psi}`)
  expect(driftAlert(findings(even(1_000), even(1_000), even(1_000)))).toBeNull()
  const unsure = findings(null, even(1_000), [1_000, 0, 0, 0, 0, 0, 0, 0, 0, 0])
  expect(driftAlert(unsure)).toBe(`PSI=${unsure.signals[1]?.psi}`)
  expect(driftReportJson(unsure)).not.toHaveProperty('psi')
})
