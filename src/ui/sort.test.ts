import { describe, expect, it } from 'vitest'
import { formatSort, parseSort, sortRows, toggleSort } from './sort'

describe('sortRows', () => {
  const rows = [
    { name: 'b10', score: null },
    { name: 'b9', score: 2 },
    { name: 'a1', score: 7 },
  ]

  it('sorts numbers, and leaves rows without a value last both ways', () => {
    expect(sortRows(rows, (row) => row.score, true).map((row) => row.name)).toEqual(['a1', 'b9', 'b10'])
    expect(sortRows(rows, (row) => row.score, false).map((row) => row.name)).toEqual(['b9', 'a1', 'b10'])
  })

  it('sorts names as people count', () => {
    expect(sortRows(rows, (row) => row.name, false).map((row) => row.name)).toEqual(['a1', 'b9', 'b10'])
  })
})

describe('the sort of a URL', () => {
  it('reads back what it writes', () => {
    for (const sort of [
      { column: 'accuracy', descending: true },
      { column: 'name', descending: false },
    ])
      expect(parseSort(formatSort(sort))).toEqual(sort)
    expect(parseSort(null)).toBeNull()
    expect(parseSort('-')).toBeNull()
  })

  it('turns a column round and starts a new one sensibly', () => {
    expect(toggleSort(null, 'accuracy', true)).toEqual({ column: 'accuracy', descending: true })
    expect(toggleSort({ column: 'accuracy', descending: true }, 'accuracy', true).descending).toBe(false)
    expect(toggleSort({ column: 'accuracy', descending: true }, 'name', false).descending).toBe(false)
  })
})
