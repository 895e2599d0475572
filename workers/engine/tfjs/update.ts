import * as tf from '@tensorflow/tfjs'
import { UPDATE_SCALARS, updateScalars, type UpdateScalar } from '../../../src/domain/training/optimizer'
import type { Recipe } from '../../../src/domain/training/recipe'
import type { StepOptions } from '../contract'
import type { State } from './state'
import type { Differentiated } from './step'

type Scalars = Readonly<Record<UpdateScalar, number>>

/**
 * The state after a step, by the formulas of `src/domain/training/optimizer.ts`: clip, update, average. To be called inside
 * `tf.tidy`.
 *
 * @param norm of the gradient
 */
export function nextState(
  state: State,
  { gradient, running }: Pick<Differentiated, 'gradient' | 'running'>,
  norm: tf.Scalar,
  recipe: Recipe,
  options: StepOptions,
): State {
  const scalars = scalarsOf(recipe, options)
  const clipped = recipe.clipNorm === null ? gradient : gradient.mul<tf.Tensor1D>(clipFactor(norm, scalars))
  const g = scalars.decay === 0 ? clipped : clipped.add<tf.Tensor1D>(state.trainable.mul(scalars.decay))
  const { step, slots } = descend(state.slots, g, recipe, scalars)
  const trainable = state.trainable.mul<tf.Tensor1D>(scalars.keep).sub<tf.Tensor1D>(step)
  const average = state.average && {
    trainable: towards(state.average.trainable, trainable, scalars.averageShare),
    running: towards(state.average.running, running, scalars.averageShare),
  }
  return { trainable, running, slots, average }
}

function scalarsOf(recipe: Recipe, options: StepOptions): Scalars {
  const values = updateScalars(recipe, options)
  const named = UPDATE_SCALARS.map((name, at): [UpdateScalar, number] => [name, values[at] ?? 0])
  return Object.fromEntries(named) as Scalars
}

/** min(1, maxNorm / (norm + 1e-6)). */
function clipFactor(norm: tf.Scalar, { maxNorm }: Scalars): tf.Tensor {
  return tf.minimum(1, tf.div(maxNorm, norm.add(1e-6)))
}

/** What is taken off the weights, and the slots that follow. */
function descend(
  slots: readonly tf.Tensor1D[],
  g: tf.Tensor1D,
  { optimizer }: Recipe,
  { rate, first, firstShare, second, secondShare, rootScale, epsilon }: Scalars,
): { readonly step: tf.Tensor1D; readonly slots: readonly tf.Tensor1D[] } {
  const [before, beforeSquares] = slots
  if (before === undefined) throw new RangeError(`${optimizer.kind} has a slot of state, found none`)
  if (optimizer.kind === 'sgd') {
    const momentum = before.mul<tf.Tensor1D>(first).add<tf.Tensor1D>(g)
    const direction = optimizer.nesterov ? g.add<tf.Tensor1D>(momentum.mul(first)) : momentum
    return { step: direction.mul(rate), slots: [momentum] }
  }
  const momentum = beforeSquares === undefined ? null : towards(before, g, firstShare)
  const squares = (beforeSquares ?? before)
    .mul<tf.Tensor1D>(second)
    .add<tf.Tensor1D>(g.square().mul(secondShare))
  const root = squares.sqrt().mul(rootScale).add(epsilon)
  const step = (momentum ?? g).mul(rate).div<tf.Tensor1D>(root)
  return { step, slots: momentum === null ? [squares] : [momentum, squares] }
}

function towards(from: tf.Tensor1D, to: tf.Tensor1D, share: number): tf.Tensor1D {
  return from.add(to.sub(from).mul(share))
}
