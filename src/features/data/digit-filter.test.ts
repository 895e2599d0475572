import { describe, expect, it } from 'vitest'
import { BLOCK, columnsOf, matchingIndices, stepOf } from './digit-filter'

describe('matchingIndices', () => {
  const labels = Uint8Array.of(5, 0, 5, 9)
  const answers = Uint8Array.of(5, 1, 3, 9)

  it('finds one class, or everything', () => {
    const all = { answers: 'all' } as const
    expect([...matchingIndices(labels, null, { label: 5, ...all })]).toEqual([0, 2])
    expect([...matchingIndices(labels, null, { label: 7, ...all })]).toEqual([])
    expect([...matchingIndices(labels, null, { label: null, ...all })]).toEqual([0, 1, 2, 3])
  })

  it('finds what a run answered rightly or wrongly, also within a class', () => {
    expect([...matchingIndices(labels, answers, { label: null, answers: 'wrong' })]).toEqual([1, 2])
    expect([...matchingIndices(labels, answers, { label: 5, answers: 'right' })]).toEqual([0])
    expect([...matchingIndices(labels, null, { label: 5, answers: 'wrong' })]).toEqual([0, 2])
  })
})

describe('columnsOf', () => {
  it('fits, and fills every row of a block', () => {
    for (const width of [10, 44, 350, 900, 1400, 5000]) {
      const columns = columnsOf(width, 44)
      expect(BLOCK % columns).toBe(0)
      expect(columns === 1 || columns * 44 <= width).toBe(true)
    }
    expect(columnsOf(1100, 44)).toBe(24)
    expect(columnsOf(350, 44)).toBe(6)
  })
})

describe('stepOf', () => {
  it('moves by a digit, a row, a block, or to an end, and stays inside', () => {
    expect(stepOf('ArrowDown', 5, 24, 1000)).toBe(29)
    expect(stepOf('PageDown', 5, 24, 1000)).toBe(125)
    expect(stepOf('End', 5, 24, 1000)).toBe(999)
    expect(stepOf('ArrowLeft', 0, 24, 1000)).toBe(0)
    expect(stepOf('PageDown', 990, 24, 1000)).toBe(999)
    expect(stepOf('a', 5, 24, 1000)).toBeNull()
  })
})
