/** Writes what a recipe adds to a plan: changes to the images before the first layer, and all that follows the gradient. */
import { IMAGE_PIXELS, IMAGE_SIDE } from '../../src/domain/image/preprocess'
import type { ModelSpec } from '../../src/domain/model/spec'
import { DRAW_WORDS, elasticAmplitude } from '../../src/domain/training/augment'
import type { Recipe } from '../../src/domain/training/recipe'
import type { PlanBuilder } from './builder'
import type { Augmentation, Phase, Region } from './plan'

/** PyTorch's plainest step, for plans whose update is beside the point. */
export const PLAIN_SGD: Recipe = {
  optimizer: { kind: 'sgd', momentum: 0, nesterov: false, weightDecay: 0 },
  clipNorm: null,
  labelSmoothing: 0,
  averageDecay: null,
  augment: null,
}

/** Two images of 32 × 32 bytes and 25 pairs of displacements of 32 bits, up to whole cache lines. */
const WORK_BYTES = 2304

/**
 * Makes room for changed images, and writes the operation that makes them; null where the recipe changes none.
 * @throws RangeError when the model takes other images than augmentation knows
 */
export function writeAugmentation(
  builder: PlanBuilder,
  { name, input }: ModelSpec,
  { augment }: Recipe,
): Augmentation | null {
  if (augment === null) return null
  if (input.height !== IMAGE_SIDE || input.width !== IMAGE_SIDE)
    throw new RangeError(
      `augmentation changes images of ${IMAGE_SIDE}×${IMAGE_SIDE} pixels, ${name} takes ${input.height}×${input.width}`,
    )
  const augmentation = {
    elastic: elasticAmplitude(augment),
    draws: builder.region('augmentation draws', builder.batch * DRAW_WORDS * 4),
    result: builder.region('augmented images', builder.batch * IMAGE_PIXELS),
    work: builder.region('augmentation', builder.slices * WORK_BYTES),
    workBytes: WORK_BYTES,
  }
  builder.slice({ kind: 'augment', augmentation }, false)
  return augmentation
}

/** From the flat gradient to new weights and their average. The norm is always taken: it is a figure of every step. */
export function writeUpdate({ optimizer }: Recipe, average: Region | null): readonly Phase[] {
  const phases: Phase[] = [
    { kind: 'ranges', operations: [{ kind: 'gradient-norm' }] },
    { kind: 'once', operations: [{ kind: 'clip' }] },
    { kind: 'ranges', operations: [{ kind: 'optimize', optimizer }] },
  ]
  if (average !== null) phases.push({ kind: 'ranges', operations: [{ kind: 'average', average }] })
  return phases
}
