import type { AugmentParams, StudioParams, TrainParams } from '../params/schema'

/** The sections of params.yaml that decide how a model learns. */
export type RecipeParams = Pick<StudioParams, 'train' | 'augment'>

/** An optimizer with its constants, under PyTorch's names and by PyTorch's formulas: see `optimizer.ts`. */
export type OptimizerRecipe =
  | {
      readonly kind: 'sgd'
      readonly momentum: number
      readonly nesterov: boolean
      readonly weightDecay: number
    }
  | {
      readonly kind: 'adam' | 'adamw'
      readonly beta1: number
      readonly beta2: number
      readonly epsilon: number
      readonly weightDecay: number
    }
  | {
      readonly kind: 'rmsprop'
      readonly alpha: number
      readonly epsilon: number
      readonly weightDecay: number
    }
  | { readonly kind: 'adagrad'; readonly epsilon: number; readonly weightDecay: number }

/** What an engine does at every step of a run, besides the learning rate. */
export interface Recipe {
  readonly optimizer: OptimizerRecipe
  /** The gradient's greatest global norm, or null. */
  readonly clipNorm: number | null
  /** Share of the target spread over all classes, in [0, 1). */
  readonly labelSmoothing: number
  /** Decay of the moving average of all weights and running statistics, or null. */
  readonly averageDecay: number | null
  /** Null when nothing is changed. */
  readonly augment: AugmentParams | null
}

export function recipeOf({ train, augment }: RecipeParams): Recipe {
  const changed = Object.values(augment).some((amount) => amount > 0)
  return {
    optimizer: optimizerOf(train),
    clipNorm: train.gradient_clip_val > 0 ? train.gradient_clip_val : null,
    labelSmoothing: train.label_smoothing,
    averageDecay: train.ema_decay > 0 ? train.ema_decay : null,
    augment: changed ? augment : null,
  }
}

function optimizerOf(train: TrainParams): OptimizerRecipe {
  const { momentum, nesterov, beta1, beta2, alpha, epsilon, weight_decay: weightDecay } = train
  switch (train.optimizer) {
    case 'sgd':
      return { kind: 'sgd', momentum, nesterov, weightDecay }
    case 'adam':
    case 'adamw':
      return { kind: train.optimizer, beta1, beta2, epsilon, weightDecay }
    case 'rmsprop':
      return { kind: 'rmsprop', alpha, epsilon, weightDecay }
    case 'adagrad':
      return { kind: 'adagrad', epsilon, weightDecay }
  }
}

/** Values of optimizer state a trainable value has: SGD's momentum, Adam's two moments, one average or sum of squares. */
export function optimizerSlots({ kind }: OptimizerRecipe): 1 | 2 {
  return kind === 'adam' || kind === 'adamw' ? 2 : 1
}
