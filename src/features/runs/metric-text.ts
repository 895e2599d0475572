import type { Fact } from '../../domain/query/run-facts'
import {
  formatCount,
  formatDuration,
  formatLoss,
  formatMoment,
  formatPercent,
  formatRate,
  formatSignificant,
  NO_VALUE,
} from '../../ui/format'

/** Names of the metrics a person meets first; others are called as the filter language calls them. */
const TITLES: ReadonlyMap<string, string> = new Map([
  ['attributes.run_name', 'Name'],
  ['attributes.status', 'Status'],
  ['attributes.created', 'Created'],
  ['attributes.start_time', 'Started'],
  ['attributes.end_time', 'Ended'],
  ['datasets.name', 'Dataset'],
  ['params.preset', 'Preset'],
  ['metrics.test_accuracy', 'Test accuracy'],
  ['metrics.test_loss', 'Test loss'],
  ['metrics.test_error_count', 'Misread'],
  ['metrics.validation_accuracy', 'Validation accuracy'],
  ['metrics.validation_loss', 'Validation loss'],
  ['metrics.epochs_done', 'Epochs'],
  ['metrics.images_per_second', 'Speed'],
  ['metrics.train_seconds', 'Training time'],
  ['metrics.parameter_count', 'Parameters'],
  ['metrics.test_f1_macro', 'F1, macro average'],
  ['metrics.test_recall_min', 'Lowest recall of a digit'],
  ['metrics.train_loss_epoch_mean', 'Training loss, mean of the last epoch'],
])

/** A column's heading. */
export function fieldTitle(field: string): string {
  return TITLES.get(field) ?? field
}

const SHARE = /accuracy|precision|recall|_f1_|confidence_mean|roc_auc|top2/

/** A metric as people read it, by what its name says it is. */
export function metricText(key: string, value: number): string {
  if (SHARE.test(key)) return formatPercent(value)
  if (/loss/.test(key)) return formatLoss(value)
  if (key === 'images_per_second') return formatRate(value)
  if (/seconds/.test(key)) return formatDuration(value)
  return Number.isInteger(value) ? formatCount(value) : formatSignificant(value)
}

/** Any fact of a run in a cell. */
export function factText(field: string, fact: Fact | null): string {
  if (fact === null) return NO_VALUE
  const [entity, key] = splitField(field)
  if (entity === 'metrics' && typeof fact === 'number') return metricText(key, fact)
  if (/^attributes\.(start_time|end_time|created)$/.test(field)) return formatMoment(Number(fact))
  return String(fact)
}

function splitField(field: string): readonly [string, string] {
  const dot = field.indexOf('.')
  return [field.slice(0, dot), field.slice(dot + 1)]
}
