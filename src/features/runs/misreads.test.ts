import { describe, expect, it } from 'vitest'
import { parseCell, selectAnswers } from './misreads'

const labels = Uint8Array.of(4, 4, 9, 7)
const answers = { labels: Uint8Array.of(9, 4, 4, 9), confidence: Float32Array.of(0.5, 0.99, 0.75, 0.625) }

describe('selectAnswers', () => {
  it('lists misread digits, the surest first', () => {
    expect(selectAnswers(labels, answers, null)).toEqual([
      { index: 2, actual: 9, predicted: 4, confidence: 0.75 },
      { index: 3, actual: 7, predicted: 9, confidence: 0.625 },
      { index: 0, actual: 4, predicted: 9, confidence: 0.5 },
    ])
  })

  it('opens one cell, right answers included', () => {
    expect(selectAnswers(labels, answers, { actual: 4, predicted: 4 }).map(({ index }) => index)).toEqual([1])
    expect(selectAnswers(labels, answers, { actual: 0, predicted: 1 })).toEqual([])
  })
})

describe('parseCell', () => {
  it('reads a cell and nothing else', () => {
    expect(parseCell('4-9')).toEqual({ actual: 4, predicted: 9 })
    for (const text of [null, '', '4', '44-9', '4-x']) expect(parseCell(text)).toBeNull()
  })
})
