import { describe, expect, it } from 'vitest'
import { DEFAULT_PARAMS } from '../../domain/params/defaults'
import { draftLayer } from '../../domain/params/draft'
import { resolveParams } from '../../domain/params/resolve'
import { boundsOf, imagesToLearn, problemAt, recipeAddress, scheduleInWords, stepsPerEpoch } from './recipe'

const { train } = DEFAULT_PARAMS

describe('problemAt', () => {
  it('puts each problem at its field', () => {
    const draft = { 'train.epochs': '-1', 'train.lr': 'fast', 'augment.rotation': '200' }
    const resolution = resolveParams([{ origin: 'form', values: draftLayer(draft) }], ['rf5-13k'])
    expect(problemAt(resolution, 'train.epochs')).toContain('found -1')
    expect(problemAt(resolution, 'train.lr')).toContain('found "fast"')
    expect(problemAt(resolution, 'augment.rotation')).toContain('from 0 to 180, found 200')
    expect(problemAt(resolution, 'train.seed')).toBeNull()
  })
})

describe('imagesToLearn', () => {
  it('leaves out validation and the batch that is not full', () => {
    const params = { ...train, epochs: 3, batch_size: 128, validation_fraction: 0.1 }
    expect(imagesToLearn(params, 60_000)).toBe(421 * 128 * 3)
    expect(stepsPerEpoch(params, 60_000)).toBe(421)
    expect(stepsPerEpoch(params, 140)).toBe(0)
  })
})

describe('boundsOf', () => {
  it('says in a few words what a number may be', () => {
    expect(boundsOf('train.epochs')).toBe('1 to 1,000')
    expect(boundsOf('train.lr')).toBe('above 0, at most 10')
    expect(boundsOf('train.momentum')).toBe('0 to below 1')
    expect(boundsOf('train.pct_start')).toBe('above 0, below 1')
    expect(boundsOf('train.optimizer')).toBeNull()
  })
})

describe('scheduleInWords', () => {
  it('gives the drops of a plateau schedule, which no curve can show', () => {
    const params = { ...train, lr: 0.001, scheduler: 'plateau', plateau_factor: 0.5 } as const
    expect(scheduleInWords(params)).toBe(
      'When it drops, the validation accuracy decides: 0.001 → 0.0005 → 0.00025 → 0.000125 → …',
    )
  })

  it('says the numbers of a step schedule', () => {
    expect(scheduleInWords({ ...train, scheduler: 'step', gamma: 0.1, step_size: 5 })).toBe(
      'Times 0.1 after every 5 epochs.',
    )
  })
})

describe('recipeAddress', () => {
  it('carries what was typed over what the address said', () => {
    expect(
      recipeAddress('?train.epochs=3&train.lr=0.1', { 'train.epochs': ' 5 ', 'augment.shift': '2' }),
    ).toBe('/train?train.epochs=5&train.lr=0.1&augment.shift=2')
    expect(recipeAddress('', {})).toBe('/train')
  })
})
