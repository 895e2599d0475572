import { describe, expect, it } from 'vitest'
import { stripIndices } from './strip-indices'

describe('stripIndices', () => {
  it('are eight different images of the split, and others after a shuffle', () => {
    for (const count of [8, 9, 60_000])
      for (let turn = 0; turn < 20; turn++) {
        const indices = stripIndices(count, turn)
        expect(new Set(indices).size).toBe(8)
        expect(indices.every((index) => Number.isInteger(index) && index >= 0 && index < count)).toBe(true)
      }
    expect(stripIndices(60_000, 1)).not.toEqual(stripIndices(60_000, 0))
  })

  it('are the whole of a tiny split, and none of an empty one', () => {
    expect(new Set(stripIndices(3, 0))).toEqual(new Set([0, 1, 2]))
    expect(stripIndices(0, 0)).toEqual([])
  })
})
