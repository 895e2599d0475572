import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LabelledImages } from '../src/domain/dataset/dataset'
import type { DriftFindings, SignalName } from '../src/domain/drift/report'
import { type ShiftKind, shiftedWindow } from '../src/domain/drift/shift'
import { accuracyOf, countWindow, driftFindings } from '../src/domain/drift/signals'
import { MNIST_PREPROCESS } from '../src/domain/image/preprocess'
import { readDigits } from './digits'
import { stderrProgress } from './progress'
import { openRegistered, type OpenedModel } from './served-model'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const MNIST_DIR = process.env['MNIST_DIR']
const WINDOW = 2_000

interface Row {
  readonly accuracy: number
  readonly verdict: Readonly<Record<SignalName, string>>
  readonly psi: Readonly<Record<SignalName, number>>
}

/** Which signal notices which shift, beside what it does to the accuracy, with a model that has seen MNIST once. */
describe.skipIf(!MNIST_DIR)('what each signal sees in 2,000 MNIST test digits (needs MNIST_DIR)', () => {
  const out = mkdtempSync(join(tmpdir(), 'studio-shifts-'))
  let model: OpenedModel
  let test: LabelledImages
  let none: Row

  beforeAll(async () => {
    const args = ['scripts/studio.mjs', 'pipeline', '--set', 'train.epochs=1', '--out', out, '--json']
    await promisify(execFile)(process.execPath, args, { cwd: ROOT })
    const opened = await openRegistered(out, 'mnist-classifier', null)
    if (!opened.ok) throw new Error(opened.problem.message)
    model = opened.value
    const digits = await readDigits({
      source: { kind: 'mnist' },
      mnistFolder: MNIST_DIR ?? null,
      preprocess: MNIST_PREPROCESS,
      signal: new AbortController().signal,
      progress: stderrProgress(() => performance.now()),
    })
    if (!digits.ok) throw new Error(digits.problem.message)
    test = digits.value.test
    none = await row('rotate', 0)
  }, 300_000)
  afterAll(() => rmSync(out, { recursive: true, force: true }))

  async function row(
    kind: ShiftKind,
    strength: number,
    relabel = (label: number): number => label,
  ): Promise<Row> {
    const window = shiftedWindow(test, kind, strength, WINDOW, 1)
    const labels = window.labels.map(relabel)
    const logits = await model.predict(window.images)
    const { baseline } = model
    if (baseline === null) throw new Error('a new version has a baseline')
    const accuracy = accuracyOf(logits, labels)
    const what = {
      window: { kind: 'file', name: kind },
      available: WINDOW,
      threshold: 0.2,
      accuracy,
    } as const
    const findings = driftFindings(what, countWindow(logits, labels, baseline), baseline)
    return {
      accuracy: accuracy.correct / accuracy.count,
      verdict: bySignal(findings, ({ verdict }) => verdict),
      psi: bySignal(findings, ({ psi }) => psi),
    }
  }

  async function told(
    annotate: (text: string) => Promise<unknown>,
    kind: ShiftKind,
    strength: number,
  ): Promise<Row> {
    const found = await row(kind, strength)
    const { label, prediction, margin } = found.psi
    await annotate(
      `${kind} ${strength}: accuracy ${found.accuracy.toFixed(3)}, PSI label ${label.toFixed(4)}, prediction ${prediction.toFixed(3)}, margin ${margin.toFixed(3)}`,
    )
    return found
  }

  it('nothing, where nothing is done', async ({ annotate }) => {
    await told(annotate, 'rotate', 0)
    expect(none.verdict).toEqual({ label: 'stable', prediction: 'stable', margin: 'stable' })
    expect(none.accuracy).toBeGreaterThan(0.95)
  })

  it('a class mix: labels and answers, while the accuracy stays', async ({ annotate }) => {
    const { verdict, psi, accuracy } = await told(annotate, 'class-mix', 4)
    expect(verdict.label).toBe('drift')
    expect(verdict.prediction).toBe('drift')
    expect(psi.label).toBeGreaterThan(0.4)
    expect(psi.label).toBeLessThan(0.55)
    expect(accuracy).toBeGreaterThan(none.accuracy - 0.02)
  })

  it.for([15, 30, 45])(
    'a rotation by %i degrees: never the labels, the margin before the answers',
    async (degrees, { annotate }) => {
      const { verdict, psi, accuracy } = await told(annotate, 'rotate', degrees)
      expect(psi.label).toBe(none.psi.label)
      expect(verdict.label).toBe('stable')
      expect(psi.margin).toBeGreaterThan(psi.prediction)
      expect(accuracy).toBeLessThan(none.accuracy)
      if (degrees >= 30) expect(verdict.margin).toBe('drift')
      if (degrees === 30) expect(verdict.prediction).not.toBe('drift')
    },
  )

  it.for([
    ['shift', 5, 0.03],
    ['invert', 1, 0.4],
    ['noise', 0.3, 0.03],
  ] as const)(
    '%s %f: fewer are read right, and the margin tells',
    async ([kind, strength, loss], { annotate }) => {
      const { verdict, accuracy } = await told(annotate, kind, strength)
      expect(verdict).toMatchObject({ label: 'stable', margin: 'drift' })
      expect(accuracy).toBeLessThan(none.accuracy - loss)
    },
  )

  it.for([
    ['contrast', 0.5],
    ['blur', 1],
  ] as const)(
    '%s %f: the margin sees it, though most are still read right',
    async ([kind, strength], { annotate }) => {
      const { verdict, accuracy } = await told(annotate, kind, strength)
      expect(verdict).toMatchObject({ label: 'stable', margin: 'drift' })
      expect(accuracy).toBeGreaterThan(0.6)
    },
  )

  it('digits that are called otherwise: no signal without labels sees it', async () => {
    const { verdict, accuracy } = await row('rotate', 0, (label) => (label + 1) % 10)
    expect(accuracy).toBeLessThan(0.05)
    expect(verdict).toMatchObject({ prediction: 'stable', margin: 'stable' })
  })
})

function bySignal<Value>(
  { signals }: DriftFindings,
  value: (signal: DriftFindings['signals'][number]) => Value,
): Record<SignalName, Value> {
  return Object.fromEntries(signals.map((signal) => [signal.signal, value(signal)])) as Record<
    SignalName,
    Value
  >
}
