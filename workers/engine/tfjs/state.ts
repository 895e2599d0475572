import * as tf from '@tensorflow/tfjs'
import type { ParameterTable } from '../../../src/domain/model/parameters'
import { optimizerSlots, type Recipe } from '../../../src/domain/training/recipe'
import type { EngineState } from '../contract'
import type { Weights } from './step'

/** All that an engine carries from step to step. */
export type State = Weights & {
  /** Optimizer state: a tensor a slot. */
  readonly slots: readonly tf.Tensor1D[]
  /** Moving average of both parts of the weights, or null. */
  readonly average: Weights | null
}

/** Copies a state into tensors that stay. @throws RangeError when a part has another length than the model and recipe need */
export function stateFrom(given: EngineState, { trainable, total }: ParameterTable, recipe: Recipe): State {
  const { weights, optimizer, average } = given
  const slots = optimizerSlots(recipe.optimizer)
  requireLength(weights, total, 'weights')
  requireLength(optimizer, slots * trainable, 'optimizer state')
  if (average !== null) requireLength(average, total, 'averaged weights')
  if ((average === null) !== (recipe.averageDecay === null))
    throw new RangeError(
      `this recipe keeps ${recipe.averageDecay === null ? 'no' : 'an'} average of the weights, found ${average === null ? 'none' : 'one'}`,
    )
  const state: State = {
    ...weightsFrom(weights, trainable),
    slots: Array.from({ length: slots }, (_, slot) => part(optimizer, slot * trainable, trainable)),
    average: average && weightsFrom(average, trainable),
  }
  return keepState(state)
}

/** The flat arrays of `parameterTable` as their two parts. */
export function weightsFrom(flat: Float32Array, trainable: number): Weights {
  return {
    trainable: part(flat, 0, trainable),
    running: part(flat, trainable, flat.length - trainable),
  }
}

/** A copy: on the cpu backend a tensor is the array that it was made of. */
function part(values: Float32Array, offset: number, length: number): tf.Tensor1D {
  return tf.tensor1d(values.slice(offset, offset + length))
}

/** Takes a state's tensors out of what `tf.tidy` cleans up. */
export function keepState(state: State): State {
  for (const tensor of tensorsOf(state)) tf.keep(tensor)
  return state
}

/** All of a state as one tensor, for one reading. */
export function packed(state: State): tf.Tensor {
  return tf.concat(tensorsOf(state))
}

/** What `packed` gives, taken apart. */
export function unpacked(
  values: Float32Array,
  { trainable, total }: ParameterTable,
  recipe: Recipe,
): EngineState {
  const optimizerEnd = total + optimizerSlots(recipe.optimizer) * trainable
  return {
    weights: values.slice(0, total),
    optimizer: values.slice(total, optimizerEnd),
    average: recipe.averageDecay === null ? null : values.slice(optimizerEnd),
  }
}

/** In the order of {@link packed}. */
export function tensorsOf({ trainable, running, slots, average }: State): tf.Tensor1D[] {
  return [trainable, running, ...slots, ...(average === null ? [] : [average.trainable, average.running])]
}

function requireLength(values: Float32Array, length: number, what: string): void {
  if (values.length !== length)
    throw new RangeError(`this model has ${length} values of ${what}, found ${values.length}`)
}
