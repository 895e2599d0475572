import { describe, expect, it } from 'vitest'
import { DEFAULT_PARAMS } from '../../domain/params/defaults'
import { axisDrafts, readGrid, withEpochs } from './search-form'

describe('the form of a search', () => {
  it('begins with the lists of params.yaml', () => {
    expect(axisDrafts(DEFAULT_PARAMS)).toEqual([{ path: 'train.lr', text: '0.003, 0.01, 0.03' }])
  })

  it('makes trials of what is typed', () => {
    const grid = readGrid(
      [
        { path: 'train.preset', text: 'lite, lite-bn' },
        { path: 'train.nesterov', text: 'true' },
      ],
      10,
    )
    expect(grid).toEqual({
      ok: true,
      trials: [
        { 'train.preset': 'lite', 'train.nesterov': true },
        { 'train.preset': 'lite-bn', 'train.nesterov': true },
      ],
    })
  })

  it('says at each line what is wrong with it, and below what is wrong with all', () => {
    const wrong = readGrid(
      [
        { path: 'train.lr', text: '0.1, fast' },
        { path: 'augment.shift', text: '' },
        { path: 'train.epochs', text: '3' },
      ],
      10,
    )
    expect(wrong.ok ? [] : [...wrong.problems]).toEqual([
      [
        'train.lr',
        'search.lr must be a list of values, each a number above 0 and at most 10, found "fast" (the form)',
      ],
      [
        'augment.shift',
        'search.shift must be a list of values, each a number from 0 to 14, found "" (the form)',
      ],
    ])
    expect(readGrid([{ path: 'train.lr', text: '0.1, 0.2, 0.3' }], 2)).toMatchObject({
      ok: false,
      message: expect.stringContaining('allows 2'),
    })
  })

  it('keeps the recipe of Train, and its epochs unless others are given', () => {
    const draft = { 'train.lr': '0.1', 'train.epochs': '9' } as const
    expect(withEpochs(draft, ' ')).toEqual({ train: { lr: 0.1, epochs: 9 } })
    expect(withEpochs(draft, '2')).toEqual({ train: { lr: 0.1, epochs: 2 } })
  })
})
