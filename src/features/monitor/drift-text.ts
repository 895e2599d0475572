import type { DriftFindings, DriftWindow } from '../../domain/drift/report'
import { SHIFT_KINDS, type ShiftKind } from '../../domain/drift/shift'
import { formatCount, formatCounted, formatMoment, formatPercent, NO_VALUE } from '../../ui/format'

interface ShiftText {
  readonly name: string
  /** What the strength counts, behind a field. */
  readonly unit: string
  readonly meaning: string
}

export const SHIFT_TEXTS: Readonly<Record<ShiftKind, ShiftText>> = {
  rotate: { name: 'Rotate', unit: '°', meaning: 'Every digit turned clockwise.' },
  shift: { name: 'Shift', unit: 'px', meaning: 'Every digit moved to the right.' },
  noise: { name: 'Noise', unit: 'σ', meaning: 'Gaussian noise on every pixel, as a share of full ink.' },
  invert: {
    name: 'Invert',
    unit: 'share',
    meaning: 'Ink and paper change places in this share of the images.',
  },
  'class-mix': { name: 'Class mix', unit: '×', meaning: 'Ones and sevens come this many times as often.' },
  blur: { name: 'Blur', unit: 'px', meaning: 'Blurred by a Gaussian of this width.' },
  thicker: { name: 'Thicker', unit: 'px', meaning: 'Strokes grow by this much on each side.' },
  contrast: { name: 'Contrast', unit: 'share', meaning: 'This share of the ink’s darkness is lost.' },
}

export const SHIFT_OPTIONS = SHIFT_KINDS.map((kind) => ({ value: kind, label: SHIFT_TEXTS[kind].name }))

export function isShiftKind(text: string): text is ShiftKind {
  return SHIFT_KINDS.some((kind) => kind === text)
}

/** "30 °", "0.3 σ", "4 ×". */
export function strengthText(kind: ShiftKind, strength: number): string {
  return `${strength}\u00a0${SHIFT_TEXTS[kind].unit}`
}

/** What was looked at: "MNIST, test split", "Rotate 30 ° on MNIST". */
export function windowText(window: DriftWindow): string {
  switch (window.kind) {
    case 'dataset':
      return `${window.name}, ${window.split} split`
    case 'file':
      return window.name
    case 'predictions':
      return `Answers from ${formatMoment(window.from)} to ${formatMoment(window.to)}`
    case 'simulation':
      return `Simulated: ${SHIFT_TEXTS[window.shift].name.toLowerCase()} ${strengthText(window.shift, window.strength)}, on ${window.name}`
  }
}

/** "2,000 of 10,000 images". */
export function sizeText({ count, available }: Pick<DriftFindings, 'count' | 'available'>): string {
  return count < available
    ? `${formatCount(count)} of ${formatCounted(available, 'image')}`
    : formatCounted(count, 'image')
}

export function accuracyText({ accuracy }: Pick<DriftFindings, 'accuracy'>): string {
  return accuracy === null || accuracy.count === 0
    ? NO_VALUE
    : formatPercent(accuracy.correct / accuracy.count)
}

/** Three digits after the point; small ones in exponent form. */
export function psiText(psi: number): string {
  return psi >= 0.0005 || psi === 0 ? psi.toFixed(3) : psi.toExponential(1)
}
