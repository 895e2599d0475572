import type { Probability, Sha256 } from '../ids'

/** A model measured on one labelled split. */
export interface Evaluation {
  readonly split: 'validation' | 'test'
  readonly splitDigest: Sha256
  readonly count: number
  readonly correct: number
  readonly accuracy: Probability
  /** Mean negative log-likelihood in nats. */
  readonly loss: number
  /** `confusion[actual][predicted]`, 10 × 10 counts. */
  readonly confusion: readonly (readonly number[])[]
  readonly perClass: readonly ClassMetrics[]
  /** 95 % Wilson interval of the accuracy. */
  readonly interval: { readonly low: number; readonly high: number }
}

export interface ClassMetrics {
  readonly label: number
  readonly support: number
  /** 0 where nothing was predicted or present, as scikit-learn does. */
  readonly precision: number
  readonly recall: number
  readonly f1: number
}

/** One answer of a model: probabilities of the ten classes, the likeliest, and its lead over the second. */
export interface Prediction {
  readonly label: number
  readonly probabilities: Float32Array
  readonly margin: number
}
