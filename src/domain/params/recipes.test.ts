import { describe, expect, it } from 'vitest'
import { DEFAULT_PARAMS } from './defaults'
import { draftOfRecipe, REFERENCE_RECIPES } from './recipes'
import { resolveParams } from './resolve'

function named(id: string) {
  const recipe = REFERENCE_RECIPES.find((candidate) => candidate.id === id)
  if (recipe === undefined) throw new Error(`no recipe ${id}`)
  const { train, augment } = recipe
  const resolution = resolveParams(
    [{ origin: 'form', values: { train, augment } }],
    [train.preset ?? DEFAULT_PARAMS.train.preset],
  )
  if (!resolution.ok) throw new Error(resolution.problems.map(({ message }) => message).join('\n'))
  return resolution.params.train
}

describe('the reference recipes', () => {
  it('have ids of their own', () => {
    expect(new Set(REFERENCE_RECIPES.map(({ id }) => id)).size).toBe(REFERENCE_RECIPES.length)
  })

  it.each(REFERENCE_RECIPES.map(({ id }) => id))('%s resolves without problems', (id) => {
    expect(named(id)).toMatchObject({ epochs: expect.any(Number) })
  })

  it('say what their systems publish', () => {
    expect(named('pipeline-15')).toMatchObject({
      preset: 'rf5-13k',
      epochs: 15,
      batch_size: 128,
      optimizer: 'sgd',
      lr: 0.01,
      momentum: 0.9,
      weight_decay: 0,
      scheduler: 'step',
      step_size: 5,
      gamma: 0.1,
    })
    expect(named('pipeline-25')).toMatchObject({ epochs: 25, scheduler: 'none', lr: 0.01, seed: 42 })
    expect(named('release-gate')).toMatchObject({
      preset: 'cnn-32-64-128',
      optimizer: 'adam',
      scheduler: 'plateau',
      early_stopping_patience: 5,
      weight_decay: 1e-4,
    })
    expect(named('release-gate-training')).toMatchObject({
      preset: 'cnn-64-128-256',
      epochs: 25,
      batch_size: 128,
      validation_fraction: 0.15,
      gradient_clip_val: 1,
      early_stopping_patience: 7,
    })
    expect(named('release-gate-custom')).toMatchObject({
      epochs: 20,
      optimizer: 'adamw',
      scheduler: 'cosine',
    })
  })
})

describe('draftOfRecipe', () => {
  const basic = REFERENCE_RECIPES.find(({ id }) => id === 'pytorch-basic')
  if (basic === undefined) throw new Error('no recipe pytorch-basic')

  it('takes defaults where the recipe says nothing, over what was typed and over the address', () => {
    const base = { ...DEFAULT_PARAMS, augment: { ...DEFAULT_PARAMS.augment, rotation: 12 } }
    const draft = draftOfRecipe(basic, base, { 'train.lr': '3', 'train.scheduler': 'cosine' })
    expect(draft).toEqual({
      'train.preset': 'pytorch-basic',
      'train.epochs': '3',
      'train.batch_size': '64',
      'train.momentum': '0.5',
      'train.seed': '1',
      'augment.rotation': '0',
    })
  })

  it('leaves alone where to compute', () => {
    const draft = draftOfRecipe(basic, DEFAULT_PARAMS, { 'train.engine': 'wasm', 'train.threads': '1' })
    expect(draft).toMatchObject({ 'train.engine': 'wasm', 'train.threads': '1' })
  })
})
