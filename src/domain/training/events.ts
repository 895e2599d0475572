import type { Sha256 } from '../ids'

/** What a run needs to continue to the same bits, besides its record: taken at the end of an epoch. */
export interface Checkpoint {
  /** Epochs done; the next step is `epoch × stepsPerEpoch`. */
  readonly epoch: number
  /** Flat parameters and running statistics, laid out by `parameterTable`. */
  readonly weights: Float32Array
  /** Optimizer state, one slot after the other, each a value a trainable value: see `optimizer.ts`. */
  readonly optimizer: Float32Array
  /** The moving average of the weights; null when the recipe keeps none. */
  readonly average: Float32Array | null
}

/**
 * Where an interrupted run goes on. What the schedule and early stopping remember is worked out from the epochs' figures, so
 * that it is stored once.
 */
export interface ResumePoint {
  readonly checkpoint: Checkpoint
  /** Of the epochs up to the checkpoint. */
  readonly epochs: readonly EpochMetrics[]
  /** The weights of the best epoch so far, where the run ends with the best; null where that is the checkpoint's own, or none. */
  readonly best: { readonly epoch: number; readonly weights: Float32Array } | null
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
  /** After the epoch; null without a validation split, and after epochs that are not validated. */
  readonly validation: SplitScore | null
  /** Of the epoch's last step. */
  readonly learningRate: number
  /** Mean of the steps' global gradient norms, before clipping; absent in runs of before it was measured. */
  readonly gradientNorm?: number
  /** Of the training steps, validation left out. */
  readonly seconds: number
  readonly imagesPerSecond: number
  /** Of the weights the epoch answers with: the moving average where the recipe keeps one. */
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
  /** Global norm of the gradient before clipping. */
  readonly gradientNorm: Float32Array
  /** Since training began, validation left out. */
  readonly imagesPerSecond: number
}

/** A training run as a stream. Bursts are batched by the engine: `steps` comes a few times a second, not once a step. */
export type TrainEvent =
  | { readonly kind: 'steps'; readonly steps: StepMetrics }
  | { readonly kind: 'validating'; readonly epoch: number }
  | {
      readonly kind: 'epoch'
      readonly metrics: EpochMetrics
      readonly checkpoint: Checkpoint
      /** The best epoch so far by the monitored metric. */
      readonly best: boolean
    }
  /** A step whose operations were timed one by one. */
  | { readonly kind: 'profile'; readonly profile: StepProfile }

/** Where one training step's time and memory go. */
export interface StepProfile {
  readonly step: number
  readonly operations: readonly {
    /** "convolution", "batch norm", … */
    readonly operation: string
    /** Index in the spec; null for what belongs to no layer. */
    readonly layer: number | null
    readonly milliseconds: number
  }[]
  /** Of the whole step, timed as a whole. */
  readonly milliseconds: number
  /** Of the engine: tensors, weights, staged images. */
  readonly memoryBytes: number
  readonly stepsInFlight: number
}

/** How a run ended. A stopped run keeps what it learned up to its last whole step. */
export interface TrainOutcome {
  readonly kind: 'completed' | 'stopped'
  /** Why fewer epochs than planned were needed, in words; null when none was left out. */
  readonly stoppedEarly: string | null
  /** The epoch whose weights these are (0: none was finished). */
  readonly weightsEpoch: number
  readonly weights: Float32Array
  readonly weightsSha256: Sha256
  readonly stepsDone: number
  readonly epochsDone: number
  /** Training steps only. */
  readonly seconds: number
  readonly imagesPerSecond: number
}
