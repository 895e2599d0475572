import { describe, expect, it } from 'vitest'
import { DEFAULT_PARAMS } from '../../domain/params/defaults'
import { resolveParams } from '../../domain/params/resolve'
import { draftLayer, imagesToLearn, problemAt } from './recipe'

describe('draftLayer', () => {
  it('reads numbers as numbers and leaves the rest as typed', () => {
    expect(draftLayer({ epochs: ' 3 ', lr: '1e-2', preset: 'lite', seed: 'seven' })).toEqual({
      train: { epochs: 3, lr: 0.01, preset: 'lite', seed: 'seven' },
    })
  })

  it('puts each problem at its field', () => {
    const resolution = resolveParams(
      [{ origin: 'form', values: draftLayer({ epochs: '-1', lr: 'fast' }) }],
      ['rf5-13k'],
    )
    expect(problemAt(resolution, 'epochs')).toContain('found -1')
    expect(problemAt(resolution, 'lr')).toContain('found "fast"')
    expect(problemAt(resolution, 'seed')).toBeNull()
  })
})

describe('imagesToLearn', () => {
  it('leaves out validation and the batch that is not full', () => {
    const params = { ...DEFAULT_PARAMS.train, epochs: 3, batch_size: 128, validation_fraction: 0.1 }
    expect(imagesToLearn(params, 60000)).toBe(421 * 128 * 3)
  })
})
