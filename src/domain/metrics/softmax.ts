import { CLASS_COUNT } from '../dataset/dataset'
import type { Prediction } from './evaluation'

/** One row of logits, looked at once: all in float64. */
export interface LogitRow {
  /** Index of the largest logit, the lowest one where several are equal. 0 where a logit is not a number. */
  readonly label: number
  readonly largest: number
  /** log Σ exp(logit): the log-probability of class c is logits[c] − logSum. */
  readonly logSum: number
}

/**
 * Argmax and log-sum-exp of one image's ten logits. The largest logit is taken out first, so that no exponential overflows.
 *
 * @param logits count × 10, row by row
 * @throws RangeError when the row lies outside
 */
export function readLogitRow(logits: Float32Array, row: number): LogitRow {
  const values = rowOf(logits, row)
  let label = 0
  let largest = Number.NEGATIVE_INFINITY
  for (const [index, value] of values.entries()) {
    if (value > largest) {
      largest = value
      label = index
    }
  }
  let sum = 0
  for (const value of values) sum += Math.exp(value - largest)
  return { label, largest, logSum: largest + Math.log(sum) }
}

/**
 * The model's answer for one image: softmax in float64, rounded once to float32 a class.
 *
 * @param logits count × 10, row by row
 * @throws RangeError when the row lies outside
 */
export function softmaxPrediction(logits: Float32Array, row: number): Prediction {
  const { label, logSum } = readLogitRow(logits, row)
  const exact = Array.from(rowOf(logits, row), (value) => Math.exp(value - logSum))
  const second = Math.max(...exact.filter((_, index) => index !== label))
  return {
    label,
    probabilities: Float32Array.from(exact),
    margin: (exact[label] ?? Number.NaN) - second,
  }
}

/** The answer of every row: its class and that class's probability. */
export function answersOf(logits: Float32Array): {
  readonly labels: Uint8Array
  readonly confidence: Float32Array
} {
  const count = logits.length / CLASS_COUNT
  const labels = new Uint8Array(count)
  const confidence = new Float32Array(count)
  for (let row = 0; row < count; row++) {
    const { label, largest, logSum } = readLogitRow(logits, row)
    labels[row] = label
    confidence[row] = Math.exp(largest - logSum)
  }
  return { labels, confidence }
}

function rowOf(logits: Float32Array, row: number): Float32Array {
  const start = row * CLASS_COUNT
  if (!Number.isInteger(row) || row < 0 || start + CLASS_COUNT > logits.length)
    throw new RangeError(`row ${row} lies outside ${logits.length / CLASS_COUNT} rows of logits`)
  return logits.subarray(start, start + CLASS_COUNT)
}
