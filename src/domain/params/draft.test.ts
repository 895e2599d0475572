import { describe, expect, it } from 'vitest'
import { DEFAULT_PARAMS } from './defaults'
import { draftLayer, draftTo, recipeEntries } from './draft'
import { resolveParams } from './resolve'

describe('draftLayer', () => {
  it('reads each text by the type of its parameter and leaves what does not fit as typed', () => {
    expect(
      draftLayer({
        'train.epochs': ' 3 ',
        'train.lr': '1e-2',
        'train.preset': 'lite',
        'train.seed': 'seven',
        'train.nesterov': 'true',
        'augment.rotation': '12',
      }),
    ).toEqual({
      train: { epochs: 3, lr: 0.01, preset: 'lite', seed: 'seven', nesterov: true },
      augment: { rotation: 12 },
    })
  })
})

describe('draftTo', () => {
  it('holds what differs from the base, and resolves to what was wanted', () => {
    const { train, augment } = DEFAULT_PARAMS
    const wanted = { train: { ...train, epochs: 3, nesterov: true }, augment: { ...augment, shift: 2 } }
    const draft = draftTo(recipeEntries(wanted), DEFAULT_PARAMS)
    expect(draft).toEqual({ 'train.epochs': '3', 'train.nesterov': 'true', 'augment.shift': '2' })
    const resolution = resolveParams([{ origin: 'form', values: draftLayer(draft) }], [train.preset])
    expect(resolution.ok && resolution.params).toMatchObject(wanted)
  })

  it('is empty where nothing differs', () => {
    expect(draftTo(recipeEntries(DEFAULT_PARAMS), DEFAULT_PARAMS)).toEqual({})
  })
})

describe('recipeEntries', () => {
  it('gives every parameter of both sections, and none of another build', () => {
    const paths = recipeEntries(DEFAULT_PARAMS).map(([path]) => path)
    expect(paths).toHaveLength(
      Object.keys(DEFAULT_PARAMS.train).length + Object.keys(DEFAULT_PARAMS.augment).length,
    )
    const later = { ...DEFAULT_PARAMS, train: { ...DEFAULT_PARAMS.train, warp: 9 } }
    expect(recipeEntries(later).map(([path]) => path)).toEqual(paths)
  })
})
