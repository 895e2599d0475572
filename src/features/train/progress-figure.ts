import type { EpochMetrics } from '../../domain/training/events'
import { progressAfter, type ProgressParams } from '../../domain/training/progress'
import { formatCounted, NO_VALUE } from '../../ui/format'

/** The best epoch so far and how near early stopping is, as a figure with its note. */
export function bestEpochFigure(
  epochs: readonly EpochMetrics[],
  params: ProgressParams,
): { readonly label: string; readonly value: string; readonly note: string } {
  const { bestEpoch, stopping } = progressAfter(epochs, params)
  const patience = params.early_stopping_patience
  return {
    label: 'Best epoch',
    value: bestEpoch === null ? NO_VALUE : String(bestEpoch),
    note:
      patience === 0
        ? `by ${METRICS[params.monitor]}`
        : `${stopping.waited} of ${formatCounted(patience, 'validation')} without progress`,
  }
}

const METRICS = {
  validation_accuracy: 'validation accuracy',
  validation_loss: 'validation loss',
  train_loss: 'training loss',
} as const

/** What is said beside the learning rate: a plateau schedule's drops so far. */
export function rateNote(epochs: readonly EpochMetrics[], params: ProgressParams): string {
  if (params.scheduler !== 'plateau') return 'of the last step'
  return `of the last step, after ${formatCounted(progressAfter(epochs, params).drops, 'drop')}`
}
