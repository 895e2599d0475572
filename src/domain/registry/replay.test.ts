import { describe, expect, it } from 'vitest'
import { initialWeights } from '../model/initialise'
import { findTensor, parameterTable } from '../model/parameters'
import type { ModelSpec } from '../model/spec'
import { firstDifference } from './replay'

const SPEC: ModelSpec = {
  name: 'small',
  input: { height: 28, width: 28, channels: 1 },
  layers: [
    { kind: 'conv', filters: 2, kernel: 3, padding: 0, bias: false },
    { kind: 'batch-norm' },
    { kind: 'flatten' },
    { kind: 'dense', units: 10, bias: true },
  ],
}

describe('firstDifference', () => {
  const weights = initialWeights(SPEC, 1)
  const table = parameterTable(SPEC)

  function changed(
    ...changes: readonly [layer: number, role: 'kernel' | 'bias' | 'running-mean', by: number][]
  ) {
    const copy = weights.slice()
    for (const [layer, role, by] of changes) copy[findTensor(table, layer, role).offset]! += by
    return copy
  }

  it('finds none between equal models', () => {
    expect(firstDifference(SPEC, weights, weights.slice())).toBeNull()
  })

  it('names the first tensor by layer, though running statistics are stored last', () => {
    const found = firstDifference(SPEC, weights, changed([3, 'bias', 1], [1, 'running-mean', 0.5]))
    expect(found).toEqual({ name: '1.running-mean', size: 2, differing: 1, largest: 0.5 })
  })

  it('finds the last bits of one value, and a number that became none', () => {
    const tiny = changed([0, 'kernel', 2 ** -24])
    expect(firstDifference(SPEC, weights, tiny)).toMatchObject({ name: '0.kernel', differing: 1 })
    const broken = weights.slice()
    broken[0] = Number.NaN
    expect(firstDifference(SPEC, weights, broken)).toMatchObject({ name: '0.kernel', differing: 1 })
    expect(firstDifference(SPEC, broken, broken.slice())).toBeNull()
  })

  it('tells the two zeros apart, as a digest of the bytes does', () => {
    const [positive, negative] = [changed(), changed()]
    const { offset } = findTensor(table, 3, 'bias')
    positive[offset] = 0
    negative[offset] = -0
    expect(firstDifference(SPEC, positive, negative)).toEqual({
      name: '3.bias',
      size: 10,
      differing: 1,
      largest: 0,
    })
  })

  it('refuses what is no model of the spec', () => {
    expect(() => firstDifference(SPEC, weights, weights.slice(1))).toThrow(
      `small has ${table.total} values, found ${table.total - 1}`,
    )
  })
})
