import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DEFAULT_PARAMS } from './defaults'
import { expandGrid, gridAxes, trialRecipe, type GridAxis } from './search-grid'

const PRESETS = ['lite', 'rf5-13k']

describe('the grid of a search', () => {
  it('has the lists of the search section as its axes', () => {
    expect(gridAxes(DEFAULT_PARAMS)).toEqual([{ path: 'train.lr', values: [0.003, 0.01, 0.03] }])
    const search = { max_trials: 5, rotation: [0, 15], preset: ['lite'] }
    expect(gridAxes({ ...DEFAULT_PARAMS, search })).toEqual([
      { path: 'train.preset', values: ['lite'] },
      { path: 'augment.rotation', values: [0, 15] },
    ])
  })

  it('is every combination, the last axis turning fastest', () => {
    const axes: GridAxis[] = [
      { path: 'train.lr', values: [0.1, 0.01] },
      { path: 'train.optimizer', values: ['sgd', 'adam'] },
    ]
    expect(expandGrid(axes, 4)).toEqual({
      ok: true,
      trials: [
        { 'train.lr': 0.1, 'train.optimizer': 'sgd' },
        { 'train.lr': 0.1, 'train.optimizer': 'adam' },
        { 'train.lr': 0.01, 'train.optimizer': 'sgd' },
        { 'train.lr': 0.01, 'train.optimizer': 'adam' },
      ],
    })
  })

  it('is refused where it is empty, too large, or names a value twice', () => {
    expect(expandGrid([], 4)).toMatchObject({ ok: false })
    expect(expandGrid([{ path: 'train.lr', values: [1, 2, 3] }], 2)).toEqual({
      ok: false,
      message: 'These are 3 trials, and search.max_trials allows 2. Take values out, or raise it.',
    })
    expect(expandGrid([{ path: 'train.lr', values: [1, 2, 1] }], 9)).toEqual({
      ok: false,
      message: 'train.lr lists 1 twice, and the same recipe gives the same weights.',
    })
  })

  it('has as many different trials as the product of its axes', () => {
    const values = fc.uniqueArray(fc.integer(), { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(values, values, (lr, seed) => {
        const grid = expandGrid(
          [
            { path: 'train.lr', values: lr },
            { path: 'train.seed', values: seed },
          ],
          25,
        )
        if (!grid.ok) throw new Error(grid.message)
        expect(new Set(grid.trials.map((trial) => JSON.stringify(trial))).size).toBe(lr.length * seed.length)
      }),
    )
  })
})

describe('the recipe of a trial', () => {
  it('is the base with its changes', () => {
    const { train, augment } = DEFAULT_PARAMS
    const base = { train: { ...train, epochs: 3 }, augment: { ...augment, shift: 2 } }
    expect(trialRecipe(base, { 'train.lr': 0.5, 'augment.rotation': 15 }, PRESETS)).toEqual({
      ok: true,
      params: { train: { ...base.train, lr: 0.5 }, augment: { ...base.augment, rotation: 15 } },
    })
  })

  it('is refused as any other', () => {
    const recipe = trialRecipe(DEFAULT_PARAMS, { 'train.lr': 50, 'train.preset': 'lit' }, PRESETS)
    expect(recipe.ok ? [] : recipe.problems.map(({ message }) => message)).toEqual([
      'train.lr must be a number above 0 and at most 10, found 50 (the form)',
      'train.preset must be one of lite, rf5-13k, found "lit" (the form). Did you mean lite?',
    ])
  })
})
