import type { LabelledImages } from '../../src/domain/dataset/dataset'
import { MNIST_PREPROCESS, type Preprocess } from '../../src/domain/image/preprocess'
import { initialWeights } from '../../src/domain/model/initialise'
import { parameterTable } from '../../src/domain/model/parameters'
import type { ModelSpec } from '../../src/domain/model/spec'
import { optimizerSlots, type OptimizerRecipe, type Recipe } from '../../src/domain/training/recipe'
import type { EngineChoice, EngineState, TrainingEngine, TrainingJob } from './contract'

/** PyTorch's SGD with momentum 0.9. */
export const SGD: OptimizerRecipe = { kind: 'sgd', momentum: 0.9, nesterov: false, weightDecay: 0 }

/** Nothing but an optimizer. */
const PLAIN_RECIPE: Recipe = {
  optimizer: SGD,
  clipNorm: null,
  labelSmoothing: 0,
  averageDecay: null,
  augment: null,
}

/** The wasm engine on one thread with direct convolutions, whatever the plan would choose. */
export const WASM_CHOICE: EngineChoice = {
  engine: 'wasm',
  threads: 1,
  convolution: 'direct',
  mixedPrecision: false,
  like: null,
}

export function jobOf(
  spec: ModelSpec,
  batch: number,
  recipe: Partial<Recipe> = {},
  preprocess: Preprocess = MNIST_PREPROCESS,
): TrainingJob {
  return { spec, batch, preprocess, recipe: { ...PLAIN_RECIPE, ...recipe } }
}

/** A state with the given weights, or those of seed 1, and an optimizer that has seen nothing. */
export function freshState(
  { spec, recipe }: TrainingJob,
  weights: Float32Array = initialWeights(spec, 1),
): EngineState {
  const { trainable } = parameterTable(spec)
  return {
    weights,
    optimizer: new Float32Array(optimizerSlots(recipe.optimizer) * trainable),
    average: recipe.averageDecay === null ? null : weights.slice(),
  }
}

/** Gives an engine its images and its state. */
export async function begin(
  engine: TrainingEngine,
  job: TrainingJob,
  images: LabelledImages,
  weights?: Float32Array,
): Promise<void> {
  await engine.attach(images)
  await engine.writeState(freshState(job, weights))
}
