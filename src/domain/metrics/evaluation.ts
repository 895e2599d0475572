import type { Probability, Sha256 } from '../ids'

/** A model measured on one labelled split. */
export interface Evaluation {
  readonly split: 'train' | 'validation' | 'test'
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
  /** Absent in evaluations of before it was measured. */
  readonly detail?: EvaluationDetail
}

/** What the confusion matrix does not tell. */
export interface EvaluationDetail {
  /** Standard deviation of the images' losses, nats. */
  readonly lossStd: number
  /** Of the answers' probabilities. */
  readonly confidence: Spread
  /** Area under the ROC curve, one class against the rest; null for a class that is absent, or alone. */
  readonly rocAuc: { readonly macro: number | null; readonly perClass: readonly (number | null)[] }
  /** Expected calibration error over 15 equal-width bins of confidence. */
  readonly calibrationError: number
  /** Mean squared distance of the probabilities from the truth, summed over the classes: 0 to 2. */
  readonly brier: number
  /** Share of images whose class is one of the two likeliest. */
  readonly top2: number
  /** Milliseconds to read one image by itself; null where it was not timed. */
  readonly inferenceMs: (Spread & { readonly count: number }) | null
}

export interface Spread {
  readonly mean: number
  readonly std: number
  readonly min: number
  readonly max: number
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
