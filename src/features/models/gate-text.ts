import type { ReleaseCheck, ReleaseThresholds } from '../../domain/release/assessment'
import { boundOf } from '../../domain/release/checks'
import { formatLoss, formatMilliseconds, formatPercent, NO_VALUE } from '../../ui/format'

type CheckName = keyof ReleaseThresholds

/** Short names, for fields and tables. */
export const CHECK_TITLES: Readonly<Record<CheckName, string>> = {
  min_accuracy: 'Accuracy',
  min_precision: 'Precision',
  min_recall: 'Recall',
  min_f1_score: 'F1 score',
  max_loss: 'Loss',
  max_inference_time_ms: 'Time an image',
  min_per_class_accuracy: 'Worst class',
  min_confidence_threshold: 'Confidence',
}

/** The unit that a threshold's field is filled in with; null for a share in 0…1. */
export const CHECK_UNITS: Readonly<Partial<Record<CheckName, string>>> = {
  max_loss: 'nats',
  max_inference_time_ms: 'ms',
}

/** A check's value as it is read. */
export function checkValue(name: CheckName, value: number | null): string {
  if (value === null) return 'not measured'
  if (!Number.isFinite(value)) return NO_VALUE
  switch (name) {
    case 'max_loss':
      return formatLoss(value)
    case 'max_inference_time_ms':
      return value < 1 ? `${value.toFixed(2)}\u00a0ms` : formatMilliseconds(value)
    case 'min_accuracy':
    case 'min_precision':
    case 'min_recall':
    case 'min_f1_score':
    case 'min_per_class_accuracy':
    case 'min_confidence_threshold':
      return formatPercent(value)
  }
}

/** What the value must keep: "≥ 95.00 %". */
export function checkBound({ name, threshold }: Pick<ReleaseCheck, 'name' | 'threshold'>): string {
  return `${boundOf(name) === 'at-least' ? '≥' : '≤'}\u00a0${checkValue(name, threshold)}`
}
