import { describe, expect, it } from 'vitest'
import { DEFAULT_PARAMS } from '../params/defaults'
import type { AugmentParams, TrainParams } from '../params/schema'
import { optimizerSlots, recipeOf } from './recipe'

function recipe(train: Partial<TrainParams>, augment: Partial<AugmentParams> = {}) {
  return recipeOf({
    train: { ...DEFAULT_PARAMS.train, ...train },
    augment: { ...DEFAULT_PARAMS.augment, ...augment },
  })
}

describe('recipeOf', () => {
  it('takes what is 0 for left out', () => {
    expect(recipe({})).toMatchObject({ clipNorm: null, labelSmoothing: 0, averageDecay: null, augment: null })
  })

  it('takes up what is asked for', () => {
    const found = recipe({ gradient_clip_val: 2, label_smoothing: 0.1, ema_decay: 0.99 }, { shift: 2 })
    expect(found).toMatchObject({ clipNorm: 2, labelSmoothing: 0.1, averageDecay: 0.99 })
    expect(found.augment).toEqual({ ...DEFAULT_PARAMS.augment, shift: 2 })
  })

  it('gives each optimizer its own constants and no others', () => {
    const given = {
      momentum: 0.8,
      nesterov: true,
      beta1: 0.7,
      beta2: 0.6,
      alpha: 0.5,
      epsilon: 0.4,
      weight_decay: 0.3,
    }
    const of = (optimizer: TrainParams['optimizer']) => recipe({ ...given, optimizer }).optimizer
    const weightDecay = 0.3
    expect(of('sgd')).toEqual({ kind: 'sgd', momentum: 0.8, nesterov: true, weightDecay })
    for (const kind of ['adam', 'adamw'] as const)
      expect(of(kind)).toEqual({ kind, beta1: 0.7, beta2: 0.6, epsilon: 0.4, weightDecay })
    expect(of('rmsprop')).toEqual({ kind: 'rmsprop', alpha: 0.5, epsilon: 0.4, weightDecay })
    expect(of('adagrad')).toEqual({ kind: 'adagrad', epsilon: 0.4, weightDecay })
  })

  it('knows how much each optimizer remembers', () => {
    const slots = (optimizer: TrainParams['optimizer']) => optimizerSlots(recipe({ optimizer }).optimizer)
    expect((['sgd', 'rmsprop', 'adagrad', 'adam', 'adamw'] as const).map(slots)).toEqual([1, 1, 1, 2, 2])
  })
})
