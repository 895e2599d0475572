import type { Evaluation } from '../domain/metrics/evaluation'
import type { FigureItem } from './figures'
import { formatCount, formatLoss, formatPercent, NO_VALUE } from './format'

/** The figures an evaluation is known by, wherever one is shown; null while it is still to come. */
export function evaluationFigures(evaluation: Evaluation | null): FigureItem[] {
  if (evaluation === null)
    return [
      { label: 'Test accuracy', value: NO_VALUE, note: 'measured at the end' },
      { label: 'Test loss', value: NO_VALUE, note: 'nats an image' },
      { label: 'Misread', value: NO_VALUE, note: '' },
    ]
  const { accuracy, interval, loss, count, correct } = evaluation
  return [
    {
      label: 'Test accuracy',
      value: formatPercent(accuracy),
      note: `95 %: ${formatPercent(interval.low)} – ${formatPercent(interval.high)}`,
    },
    { label: 'Test loss', value: formatLoss(loss), note: 'nats an image' },
    { label: 'Misread', value: formatCount(count - correct), note: `of ${formatCount(count)} test digits` },
  ]
}
