/** What a step needs goes into the engine's memory here, and what it leaves comes out. */
import type { LabelledImages } from '../../../src/domain/dataset/dataset'
import { IMAGE_PIXELS } from '../../../src/domain/image/preprocess'
import { drawAugmentation } from '../../../src/domain/training/augment'
import { dropoutKey } from '../../../src/domain/training/dropout'
import { updateScalars } from '../../../src/domain/training/optimizer'
import type { Recipe } from '../../../src/domain/training/recipe'
import type { EngineState, StepOptions, StepResult } from '../contract'
import { RANGE_UNITS } from '../plan'
import type { Runtime } from './runtime'

/**
 * Copies a batch and a step's numbers to where the kernels look for them.
 * @throws RangeError when there is another number of images than a batch, or one has no label that the model knows
 */
export function stageStep(
  runtime: Runtime,
  data: LabelledImages,
  indices: Uint32Array,
  options: StepOptions,
  recipe: Recipe,
): void {
  const { plan } = runtime
  if (indices.length !== plan.batch)
    throw new RangeError(`a step takes ${plan.batch} images, found ${indices.length} indices`)
  const images = runtime.bytes(plan.roots.images)
  const labels = runtime.bytes(plan.roots.labels)
  const { channels } = plan.logits
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i] ?? 0
    const label = data.labels[index]
    if (label === undefined || label >= channels)
      throw new RangeError(
        `image ${index} of ${data.count} must have a label below ${channels}, found ${String(label)}`,
      )
    images.set(data.images.subarray(index * IMAGE_PIXELS, (index + 1) * IMAGE_PIXELS), i * IMAGE_PIXELS)
    labels[i] = label
  }
  runtime.floats(plan.roots.scalars).set(updateScalars(recipe, options))
  if (plan.augmentation !== null && recipe.augment !== null)
    drawAugmentation(recipe.augment, options.seed, options.step, runtime.integers(plan.augmentation.draws))
  const keys = runtime.integers(plan.roots.maskKeys)
  for (const { layer } of plan.masks) keys[layer] = dropoutKey(options.seed, options.step, layer)
}

/** Loss and right answers of the step before, the slices' sums added in slice order. */
export function readLoss(runtime: Runtime): Pick<StepResult, 'loss' | 'correct'> {
  const { plan } = runtime
  const partial = runtime.doubles(plan.roots.lossPartial)
  let loss = 0
  let correct = 0
  for (let slice = 0; slice < plan.slices.length; slice++) {
    loss += partial[2 * slice] ?? 0
    correct += partial[2 * slice + 1] ?? 0
  }
  return { loss: loss / plan.batch, correct }
}

/** What a whole step answers with. */
export function readResult(runtime: Runtime): StepResult {
  const squares = runtime.doubles(runtime.plan.roots.squares)
  return { ...readLoss(runtime), gradientNorm: squares[RANGE_UNITS] ?? 0 }
}

/** A copy of what an engine carries from step to step. */
export function readState(runtime: Runtime): EngineState {
  const { roots, average } = runtime.plan
  return {
    weights: runtime.floats(roots.weights).slice(),
    optimizer: runtime.floats(roots.optimizer).slice(),
    average: average === null ? null : runtime.floats(average).slice(),
  }
}

/** The same into what was read before. */
export function rememberState(runtime: Runtime, into: EngineState): void {
  const { roots, average } = runtime.plan
  into.weights.set(runtime.floats(roots.weights))
  into.optimizer.set(runtime.floats(roots.optimizer))
  if (average !== null) into.average?.set(runtime.floats(average))
}

/** @throws RangeError when a part has another length than the plan needs */
export function writeState(runtime: Runtime, { weights, optimizer, average }: EngineState): void {
  const { plan } = runtime
  if (plan.average === null && average !== null)
    throw new RangeError(`this recipe keeps no average of the weights, found one of ${average.length} values`)
  copyInto(runtime.floats(plan.roots.weights), weights, 'weights')
  copyInto(runtime.floats(plan.roots.optimizer), optimizer, 'optimizer state')
  if (plan.average !== null)
    copyInto(runtime.floats(plan.average), average ?? new Float32Array(0), 'averaged weights')
  runtime.pack()
}

function copyInto(target: Float32Array, values: Float32Array, what: string): void {
  if (values.length !== target.length)
    throw new RangeError(`this model has ${target.length} values of ${what}, found ${values.length}`)
  target.set(values)
}
