import { DEFAULT_PARAMS } from './defaults'
import { draftTo, recipeEntries, type ParamValue, type RecipeDraft, type RecipePath } from './draft'
import type { AugmentParams, StudioParams, TrainParams } from './schema'

/** A published way to train, as it is written in the studio's parameters. */
export interface ReferenceRecipe {
  readonly id: string
  readonly name: string
  /** What it is, in a line. */
  readonly summary: string
  /** Where the studio's run is not the published one; null where nothing differs that a parameter could say. */
  readonly difference: string | null
  /** What differs from `DEFAULT_PARAMS`. */
  readonly train: Partial<TrainParams>
  readonly augment: Partial<AugmentParams>
}

/** What the release-gate system does in all its profiles: decay in every optimizer, the best epoch's weights at the end. */
const RELEASE_GATE: Partial<TrainParams> = {
  lr: 0.001,
  weight_decay: 1e-4,
  monitor: 'validation_accuracy',
  final_weights: 'best',
  seed: 42,
}

const KEEPS_TENTH =
  'The published run learned from all 60,000 images and was watched on the test split; this one keeps a tenth of the ' +
  'training images for validation.'

/** The reference systems' recipes, the default one first. */
export const REFERENCE_RECIPES: readonly ReferenceRecipe[] = [
  {
    id: 'pipeline-15',
    name: 'Pipeline, 15 epochs',
    summary: 'SGD with momentum, the rate divided by ten every 5 epochs; published 99.33 % with rf5-13k',
    difference: KEEPS_TENTH,
    train: { epochs: 15, batch_size: 128, scheduler: 'step', step_size: 5, gamma: 0.1 },
    augment: {},
  },
  {
    id: 'pipeline-25',
    name: 'Pipeline, 25 epochs',
    summary: 'The same at a constant rate of 0.01; published 99.43 % at its best epoch with rf5-13k',
    difference: KEEPS_TENTH,
    train: { epochs: 25, batch_size: 128, scheduler: 'none' },
    augment: {},
  },
  {
    id: 'pytorch-basic',
    name: 'PyTorch basic example',
    summary: 'Three epochs of SGD with momentum 0.5 in batches of 64, on the 21,840-parameter network',
    difference: KEEPS_TENTH,
    train: { preset: 'pytorch-basic', epochs: 3, batch_size: 64, lr: 0.01, momentum: 0.5, seed: 1 },
    augment: {},
  },
  {
    id: 'release-gate',
    name: 'Release gate, default',
    summary: 'Adam on a plateau schedule with early stopping, 10 epochs of the 652,618-parameter network',
    difference:
      'Layers start as PyTorch starts them; the published network sets a Kaiming initialisation of its own.',
    train: {
      ...RELEASE_GATE,
      preset: 'cnn-32-64-128',
      epochs: 10,
      batch_size: 64,
      optimizer: 'adam',
      scheduler: 'plateau',
      plateau_factor: 0.5,
      plateau_patience: 3,
      early_stopping_patience: 5,
      validation_fraction: 0.1,
    },
    augment: {},
  },
  {
    id: 'release-gate-training',
    name: 'Release gate, training profile',
    summary:
      'AdamW on a cosine with clipping and early stopping, 25 epochs of the 2,603,658-parameter network',
    difference:
      'Mixed precision, which the profile asks for, is left as it is set here: it needs a GPU with 16-bit shaders. ' +
      'Layers start as PyTorch starts them; the published network sets a Kaiming initialisation of its own.',
    train: {
      ...RELEASE_GATE,
      preset: 'cnn-64-128-256',
      epochs: 25,
      batch_size: 128,
      optimizer: 'adamw',
      scheduler: 'cosine',
      gradient_clip_val: 1,
      early_stopping_patience: 7,
      validation_fraction: 0.15,
    },
    augment: {},
  },
  {
    id: 'release-gate-custom',
    name: 'Release gate, custom example',
    summary: 'AdamW on a cosine, 20 epochs of the 2,603,658-parameter network in batches of 64',
    difference:
      'Its release thresholds (accuracy 0.98, 50 ms) belong to a release, not to training. ' +
      'Layers start as PyTorch starts them; the published network sets a Kaiming initialisation of its own.',
    train: {
      ...RELEASE_GATE,
      preset: 'cnn-64-128-256',
      epochs: 20,
      batch_size: 64,
      optimizer: 'adamw',
      scheduler: 'cosine',
      early_stopping_patience: 5,
      validation_fraction: 0.1,
    },
    augment: {},
  },
]

/** Parameters that say where a run computes, not what it learns: a recipe leaves them as they are. */
const COMPUTE_PATHS: ReadonlySet<RecipePath> = new Set<RecipePath>([
  'train.engine',
  'train.convolution',
  'train.mixed_precision',
  'train.threads',
])

/** Every parameter that a recipe decides: what it names, and the default of what it does not. */
function recipeValues({ train, augment }: ReferenceRecipe): readonly (readonly [RecipePath, ParamValue])[] {
  return recipeEntries({
    train: { ...DEFAULT_PARAMS.train, ...train },
    augment: { ...DEFAULT_PARAMS.augment, ...augment },
  }).filter(([path]) => !COMPUTE_PATHS.has(path))
}

/**
 * The whole recipe in place of what was typed; what it does not decide, as where to compute, stays as it is.
 *
 * @param base what holds without the draft
 */
export function draftOfRecipe(
  recipe: ReferenceRecipe,
  base: Pick<StudioParams, 'train' | 'augment'>,
  typed: RecipeDraft,
): RecipeDraft {
  const values = recipeValues(recipe)
  const decided = new Set<string>(values.map(([path]) => path))
  const kept = Object.entries(typed).filter(([path]) => !decided.has(path))
  return { ...Object.fromEntries(kept), ...draftTo(values, base) }
}
