import { describe, expect, it } from 'vitest'
import { DEFAULT_PARAMS } from './defaults'
import { recipeValues, REFERENCE_RECIPES } from './recipes'
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

describe('recipeValues', () => {
  it('gives defaults where the recipe says nothing, and leaves alone where to compute', () => {
    const basic = REFERENCE_RECIPES.find(({ id }) => id === 'pytorch-basic')
    if (basic === undefined) throw new Error('no recipe pytorch-basic')
    const values = new Map<string, unknown>(recipeValues(basic))
    expect(values.get('train.momentum')).toBe(0.5)
    expect(values.get('train.scheduler')).toBe('none')
    expect(values.get('augment.rotation')).toBe(0)
    expect([...values.keys()].filter((path) => /engine|threads|convolution|precision/.test(path))).toEqual([])
  })
})
