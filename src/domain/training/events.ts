import type { Sha256 } from '../ids'

/** What a run needs to continue to the same bits: taken at the end of an epoch. */
export interface Checkpoint {
  /** Epochs done; the next step is `epoch × stepsPerEpoch`. */
  readonly epoch: number
  /** Flat parameters and running statistics, laid out by `parameterTable`. */
  readonly weights: Float32Array
  /** Optimizer state, laid out by the optimizer: for SGD the momentum of each trainable value. */
  readonly optimizer: Float32Array
}

export interface SplitScore {
  /** Mean negative log-likelihood in nats. */
  readonly loss: number
  /** Share of right answers in [0, 1]. */
  readonly accuracy: number
  readonly count: number
}

export interface EpochMetrics {
  /** 1 for the first. */
  readonly epoch: number
  /** Means over the epoch's training batches, measured while learning. */
  readonly trainLoss: number
  readonly trainAccuracy: number
  /** After the epoch; null when the session keeps no validation split. */
  readonly validation: SplitScore | null
  readonly learningRate: number
  /** Of the training steps, validation left out. */
  readonly seconds: number
  readonly imagesPerSecond: number
  readonly weightsSha256: Sha256
}

/** Per-step figures for the steps `firstStep … firstStep + loss.length − 1` (0 for a run's first step). */
export interface StepMetrics {
  readonly firstStep: number
  /** Mean batch loss in nats. */
  readonly loss: Float32Array
  /** Right answers / batch. */
  readonly accuracy: Float32Array
  readonly learningRate: Float32Array
  /** Since training began, validation left out. */
  readonly imagesPerSecond: number
}

/** A training run as a stream. Bursts are batched by the engine: `steps` comes a few times a second, not once a step. */
export type TrainEvent =
  | { readonly kind: 'steps'; readonly steps: StepMetrics }
  | { readonly kind: 'validating'; readonly epoch: number }
  | { readonly kind: 'epoch'; readonly metrics: EpochMetrics; readonly checkpoint: Checkpoint }

/** How a run ended. A stopped run keeps what it learned up to its last whole step. */
export interface TrainOutcome {
  readonly kind: 'completed' | 'stopped'
  readonly weights: Float32Array
  readonly weightsSha256: Sha256
  readonly stepsDone: number
  readonly epochsDone: number
  /** Training steps only. */
  readonly seconds: number
  readonly imagesPerSecond: number
}
