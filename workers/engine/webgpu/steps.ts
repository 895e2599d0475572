/** The numbers of a step as the kernels find them: one record of 32-bit words, uploaded with those of its stretch. */
import { drawAugmentation, DRAW_WORDS } from '../../../src/domain/training/augment'
import { dropoutKey } from '../../../src/domain/training/dropout'
import { UPDATE_SCALARS, updateScalars, type UpdateScalar } from '../../../src/domain/training/optimizer'
import type { Recipe } from '../../../src/domain/training/recipe'
import type { StepOptions } from '../contract'

export interface StepLayout {
  /** Spec layers that drop values, in order: their keys follow the optimizer's numbers. */
  readonly dropoutLayers: readonly number[]
  readonly batch: number
  /** First word of the batch's indices. */
  readonly indices: number
  /** First word of the draws of augmentation; null when nothing is changed. */
  readonly draws: number | null
  /** Words of one record, a multiple of what a dynamic offset must be. */
  readonly words: number
}

/** Word 0 is the step's place among the figures that are read back. */
const SCALARS = 1
const KEYS = SCALARS + UPDATE_SCALARS.length
/** Offsets of uniform bindings are multiples of 256 bytes. */
const OFFSET_WORDS = 64

export function stepLayout(dropoutLayers: readonly number[], batch: number, augmented: boolean): StepLayout {
  const indices = KEYS + dropoutLayers.length
  const draws = augmented ? indices + batch : null
  const end = indices + batch + (augmented ? DRAW_WORDS * batch : 0)
  return { dropoutLayers, batch, indices, draws, words: Math.ceil(end / OFFSET_WORDS) * OFFSET_WORDS }
}

export function scalarWord(scalar: UpdateScalar): number {
  return SCALARS + UPDATE_SCALARS.indexOf(scalar)
}

/** @throws RangeError when the layer drops nothing */
export function keyWord({ dropoutLayers }: StepLayout, layer: number): number {
  const at = dropoutLayers.indexOf(layer)
  if (at === -1) throw new RangeError(`layer ${layer} has no dropout`)
  return KEYS + at
}

/**
 * The records of a stretch.
 * @param indices batch × steps images
 */
export function stepRecords(
  layout: StepLayout,
  recipe: Recipe,
  indices: Uint32Array,
  steps: readonly StepOptions[],
): Uint32Array<ArrayBuffer> {
  const records = new Uint32Array(layout.words * steps.length)
  const floats = new Float32Array(records.buffer)
  const integers = new Int32Array(records.buffer)
  for (const [slot, options] of steps.entries()) {
    const at = slot * layout.words
    records[at] = slot
    floats.set(updateScalars(recipe, options), at + SCALARS)
    for (const [i, layer] of layout.dropoutLayers.entries())
      records[at + KEYS + i] = dropoutKey(options.seed, options.step, layer)
    records.set(indices.subarray(slot * layout.batch, (slot + 1) * layout.batch), at + layout.indices)
    if (recipe.augment !== null && layout.draws !== null) {
      const first = at + layout.draws
      const draws = integers.subarray(first, first + DRAW_WORDS * layout.batch)
      drawAugmentation(recipe.augment, options.seed, options.step, draws)
    }
  }
  return records
}
