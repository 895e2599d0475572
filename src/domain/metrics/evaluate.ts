import { CLASS_COUNT } from '../dataset/dataset'
import type { Sha256 } from '../ids'
import { probability } from '../ids'
import { evaluationDetail } from './detail'
import type { ClassMetrics, Evaluation } from './evaluation'
import { wilsonInterval } from './interval'
import { readLogitRow } from './softmax'

/**
 * Measures a model on one labelled split from its logits. The loss is the mean of −log softmax in float64; per-class figures are
 * scikit-learn's `precision_recall_fscore_support(zero_division=0)`. A model that diverged to NaN gets a NaN loss, and an image
 * whose logits are not numbers counts as read "0".
 *
 * @param logits count × 10, row by row
 * @param labels count bytes in 0…9
 * @throws RangeError when there is no image, the sizes do not match or a label lies outside 0…9
 */
export function evaluateLogits(
  logits: Float32Array,
  labels: Uint8Array,
  split: Evaluation['split'],
  splitDigest: Sha256,
): Evaluation {
  const count = labels.length
  if (count === 0) throw new RangeError('an evaluation needs at least one image, found none')
  if (logits.length !== count * CLASS_COUNT)
    throw new RangeError(
      `${count} labels need ${count * CLASS_COUNT} logits (${CLASS_COUNT} an image), found ${logits.length}`,
    )

  const confusion = Array.from({ length: CLASS_COUNT }, () => Array.from({ length: CLASS_COUNT }, () => 0))
  let lossSum = 0
  let correct = 0
  for (const [row, label] of labels.entries()) {
    const counts = confusion[label]
    if (counts === undefined)
      throw new RangeError(`labels must lie in 0…${CLASS_COUNT - 1}, found ${label} at image ${row}`)
    const { label: predicted, logSum } = readLogitRow(logits, row)
    counts[predicted] = (counts[predicted] ?? 0) + 1
    lossSum += logSum - (logits[row * CLASS_COUNT + label] ?? Number.NaN)
    if (predicted === label) correct++
  }

  return {
    split,
    splitDigest,
    count,
    correct,
    accuracy: probability(correct / count),
    loss: lossSum / count,
    confusion,
    perClass: classMetrics(confusion),
    interval: wilsonInterval(correct, count),
    detail: evaluationDetail(logits, labels),
  }
}

/**
 * Precision, recall and F1 of each class of a confusion matrix `[actual][predicted]`; 0 where the denominator is 0, as
 * scikit-learn does with `zero_division=0`.
 */
function classMetrics(confusion: Evaluation['confusion']): readonly ClassMetrics[] {
  return confusion.map((counts, label) => {
    const support = counts.reduce((sum, value) => sum + value, 0)
    const predicted = confusion.reduce((sum, row) => sum + (row[label] ?? 0), 0)
    const hits = counts[label] ?? 0
    return {
      label,
      support,
      precision: ratio(hits, predicted),
      recall: ratio(hits, support),
      f1: ratio(2 * hits, support + predicted),
    }
  })
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole
}
