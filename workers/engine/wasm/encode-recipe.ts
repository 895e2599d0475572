/** The words of the operations that a recipe adds to a plan: augmentation, clipping, the optimizer and the moving average. */
import { UPDATE_SCALARS } from '../../../src/domain/training/optimizer'
import type { OptimizerRecipe } from '../../../src/domain/training/recipe'
import type { OnceOperation, RangeOperation, SliceOperation } from '../plan'
import { RANGE_UNITS } from '../plan'
import * as word from './assembly/descriptor'
import type { Words } from './views'
import { regionAt } from './views'

export type RecipeOperation =
  | Extract<SliceOperation, { kind: 'augment' }>
  | Extract<OnceOperation, { kind: 'clip' }>
  | Extract<RangeOperation, { kind: 'gradient-norm' | 'optimize' | 'average' }>

export function encodeRecipe({ at, integers }: Words, operation: RecipeOperation): void {
  const { roots, parameters } = at.plan
  const scalars = regionAt(at, roots.scalars)
  const factor = scalars + UPDATE_SCALARS.length * 4
  switch (operation.kind) {
    case 'augment': {
      const { augmentation } = operation
      integers[word.AUGMENT_SOURCE] = regionAt(at, roots.images)
      integers[word.AUGMENT_RESULT] = regionAt(at, augmentation.result)
      integers[word.AUGMENT_DRAWS] = regionAt(at, augmentation.draws)
      integers[word.AUGMENT_ELASTIC] = augmentation.elastic
      integers[word.AUGMENT_WORK] = regionAt(at, augmentation.work)
      integers[word.AUGMENT_WORK_BYTES] = augmentation.workBytes
      break
    }
    case 'gradient-norm':
    case 'clip':
      integers[word.CLIP_GRADIENT] = regionAt(at, roots.gradient)
      integers[word.CLIP_LENGTH] = parameters.trainable
      integers[word.CLIP_SUMS] = regionAt(at, roots.squares)
      integers[word.CLIP_UNITS] = RANGE_UNITS
      integers[word.CLIP_SCALARS] = scalars
      integers[word.CLIP_FACTOR] = factor
      break
    case 'optimize':
      integers[word.UPDATE_WEIGHTS] = regionAt(at, roots.weights)
      integers[word.UPDATE_STATE] = regionAt(at, roots.optimizer)
      integers[word.UPDATE_SLOT] = parameters.trainable * 4
      integers[word.UPDATE_GRADIENT] = regionAt(at, roots.gradient)
      integers[word.UPDATE_LENGTH] = parameters.trainable
      integers[word.UPDATE_SCALARS] = scalars
      integers[word.UPDATE_FACTOR] = factor
      integers[word.UPDATE_RULE] = ruleOf(operation.optimizer)
      break
    case 'average':
      integers[word.AVERAGE_WEIGHTS] = regionAt(at, roots.weights)
      integers[word.AVERAGE_TARGET] = regionAt(at, operation.average)
      integers[word.AVERAGE_LENGTH] = parameters.total
      integers[word.AVERAGE_SCALARS] = scalars
      break
  }
}

function ruleOf(optimizer: OptimizerRecipe): number {
  switch (optimizer.kind) {
    case 'sgd':
      return optimizer.nesterov ? word.RULE_NESTEROV : word.RULE_SGD
    case 'adam':
    case 'adamw':
      return word.RULE_MOMENTS
    case 'rmsprop':
    case 'adagrad':
      return word.RULE_SQUARES
  }
}
