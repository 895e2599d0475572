import { CLASS_COUNT } from '../dataset/dataset'
import { expectedCalibrationError } from './calibration'
import type { Evaluation, EvaluationDetail } from './evaluation'
import { rocAuc } from './roc-auc'
import { readLogitRow } from './softmax'
import { spreadOf } from './spread'

/**
 * What the confusion matrix of an evaluation does not tell, all from softmax in float64. Nothing is timed here:
 * {@link withInferenceTimes} adds that.
 *
 * @param logits count × 10, row by row
 * @param labels count bytes in 0…9, at least one
 */
export function evaluationDetail(logits: Float32Array, labels: Uint8Array): EvaluationDetail {
  const count = labels.length
  const losses = new Float64Array(count)
  const confidences = new Float64Array(count)
  const right = new Uint8Array(count)
  const scores = Array.from({ length: CLASS_COUNT }, () => new Float64Array(count))
  let squares = 0
  let among = 0
  for (const [row, label] of labels.entries()) {
    const { label: answer, largest, logSum } = readLogitRow(logits, row)
    const own = logits[row * CLASS_COUNT + label] ?? Number.NaN
    losses[row] = logSum - own
    confidences[row] = Math.exp(largest - logSum)
    right[row] = answer === label ? 1 : 0
    let ahead = 0
    for (const [digit, column] of scores.entries()) {
      const logit = logits[row * CLASS_COUNT + digit] ?? Number.NaN
      const probability = Math.exp(logit - logSum)
      column[row] = probability
      squares += (probability - (digit === label ? 1 : 0)) ** 2
      // Equal logits rank as the answer does: the lower digit first.
      if (logit > own || (logit === own && digit < label)) ahead++
    }
    if (ahead < 2 && !Number.isNaN(own)) among++
  }
  return {
    lossStd: spreadOf(losses).std,
    confidence: spreadOf(confidences),
    rocAuc: rocAucOfAll(scores, labels),
    calibrationError: expectedCalibrationError(confidences, right),
    brier: squares / count,
    top2: among / count,
    inferenceMs: null,
  }
}

/**
 * The evaluation with what it took to read single images.
 *
 * @param milliseconds of each image, at least one
 */
export function withInferenceTimes(evaluation: Evaluation, milliseconds: Float64Array): Evaluation {
  if (evaluation.detail === undefined) return evaluation
  const inferenceMs = { ...spreadOf(milliseconds), count: milliseconds.length }
  return { ...evaluation, detail: { ...evaluation.detail, inferenceMs } }
}

/** One class against the rest. The mean needs every class, as scikit-learn's does. */
function rocAucOfAll(scores: readonly Float64Array[], labels: Uint8Array): EvaluationDetail['rocAuc'] {
  const perClass = scores.map((column, digit) =>
    rocAuc(
      column.filter((_, row) => labels[row] === digit),
      column.filter((_, row) => labels[row] !== digit),
    ),
  )
  let sum = 0
  for (const area of perClass) {
    if (area === null) return { macro: null, perClass }
    sum += area
  }
  return { macro: sum / perClass.length, perClass }
}
