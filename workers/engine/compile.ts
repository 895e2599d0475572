import { parameterTable } from '../../src/domain/model/parameters'
import type { ModelSpec } from '../../src/domain/model/spec'
import { UPDATE_SCALARS } from '../../src/domain/training/optimizer'
import { optimizerSlots, type Recipe } from '../../src/domain/training/recipe'
import { writeBackward } from './backward'
import { PlanBuilder } from './builder'
import type { ConvolutionPolicy } from './convolutions'
import { chooseConvolutions } from './convolutions'
import { writeForward } from './forward'
import { nodesOf } from './nodes'
import type { Phase, Plan, Roots, Slice } from './plan'
import { RANGE_UNITS, sliceCount } from './plan'
import { PLAIN_SGD, writeAugmentation, writeUpdate } from './update'

/**
 * Compiles a model into a plan for one batch size.
 *
 * @param spec input height × width × 1
 * @param batch images of a step, or the most images of one prediction
 * @param purpose `predict` leaves out dropout, the backward pass and the update; batch norm then uses given constants
 * @param slices parts of the batch; the number fixes the order of additions
 * @param convolution how to convolve; `auto` follows the cost model of convolutions.ts
 * @param recipe what a training step does to its images and its weights
 * @throws RangeError when the spec cannot be built, the batch is no whole number ≥ 1, or batch norm would see a single value
 */
export function compilePlan(
  spec: ModelSpec,
  batch: number,
  purpose: 'train' | 'predict',
  slices = sliceCount(batch),
  convolution: ConvolutionPolicy = 'auto',
  recipe: Recipe = PLAIN_SGD,
): Plan {
  const parameters = parameterTable(spec)
  if (!Number.isInteger(batch) || batch < 1)
    throw new RangeError(`a batch must be a whole number ≥ 1, found ${batch}`)
  if (spec.input.channels !== 1)
    throw new RangeError(`images must have one channel, found ${spec.input.channels}`)
  const builder = new PlanBuilder(batch, slices)
  const training = purpose === 'train'
  const slots = training ? optimizerSlots(recipe.optimizer) : 0
  const roots = makeRoots(builder, spec, parameters.total, slots * parameters.trainable)
  const averaged = training && recipe.averageDecay !== null
  const average = averaged ? builder.region('moving average', parameters.total * 4) : null
  const augmentation = training ? writeAugmentation(builder, spec, recipe) : null
  const source = augmentation?.result ?? roots.images
  const nodes = nodesOf(spec, purpose)
  const choices = chooseConvolutions(spec, nodes, { batch, purpose, policy: convolution })
  const placed = writeForward(builder, spec, source, nodes, choices, parameters, purpose)
  const logits = placed.at(-1)?.output
  if (logits === undefined) throw new RangeError('a model needs at least one layer that computes something')
  builder.pin(logits)
  const norms = placed.flatMap((entry) => ('mask' in entry && entry.norm !== null ? [entry.norm] : []))
  const masks = placed.flatMap((entry) => ('mask' in entry && entry.mask !== null ? [entry.mask] : []))
  if (training)
    for (const norm of norms)
      if (norm.count < 2)
        throw new RangeError(`layer ${norm.layer} (batch-norm) needs at least 2 values a channel, found 1`)
  const update: Phase[] = []
  if (training) {
    const collected = writeBackward(builder, placed, parameters, recipe.labelSmoothing)
    builder.ranges(collected.products)
    builder.ranges(collected.reductions)
    update.push(...writeUpdate(recipe, average))
  }
  update.push({ kind: 'ranges', operations: builder.packs() })
  const sliced = slicesOf(batch, slices)
  const { phases, memory } = builder.finish(Math.max(...sliced.map(({ count }) => count)))
  const { orders, owners } = builder
  return {
    spec,
    purpose,
    batch,
    slices: sliced,
    parameters,
    roots,
    logits,
    augmentation,
    average,
    norms,
    masks,
    orders,
    convolutions: [...choices.values()],
    phases,
    update,
    owners,
    memory,
  }
}

/** Slice s holds images ⌊s·batch/slices⌋ … ⌊(s+1)·batch/slices⌋ − 1. */
function slicesOf(batch: number, slices: number): readonly Slice[] {
  return Array.from({ length: slices }, (_, s) => {
    const first = Math.floor((s * batch) / slices)
    return { first, count: Math.floor(((s + 1) * batch) / slices) - first }
  })
}

function makeRoots(builder: PlanBuilder, spec: ModelSpec, total: number, state: number): Roots {
  const { batch, slices } = builder
  return {
    images: builder.region('staged images', batch * spec.input.height * spec.input.width),
    labels: builder.region('staged labels', batch),
    table: builder.region('normalised bytes', 256 * 4),
    weights: builder.region('weights', total * 4),
    gradient: builder.region('gradient', total * 4),
    optimizer: builder.region('optimizer state', state * 4),
    scalars: builder.region('update scalars', (UPDATE_SCALARS.length + 1) * 4),
    squares: builder.region('squares of the gradient', (RANGE_UNITS + 1) * 8),
    maskKeys: builder.region('dropout keys', spec.layers.length * 4),
    lossPartial: builder.region('loss', slices * 2 * 8),
  }
}
