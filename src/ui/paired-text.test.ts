import { describe, expect, it } from 'vitest'
import { mcnemarExact } from '../domain/metrics/paired'
import { isDistinguishable, pairedInWords } from './paired-text'

function outcome(onlyFirst: number, onlySecond: number, count = 10_000) {
  const rest = count - onlyFirst - onlySecond
  return {
    bothRight: rest - 30,
    bothWrong: 30,
    onlyFirst,
    onlySecond,
    p: mcnemarExact(onlyFirst, onlySecond),
  }
}

describe('pairedInWords', () => {
  it('says what was published as better, and is not: 43 against 33, and 35 against 30', () => {
    expect(outcome(33, 43).p).toBeCloseTo(0.3, 2)
    expect(pairedInWords(outcome(33, 43))).toBe(
      '10 of 10,000 digits fewer wrong; a difference that large happens by chance in 30 of 100 comparisons: not distinguishable',
    )
    expect(outcome(30, 35).p).toBeCloseTo(0.62, 2)
    expect(pairedInWords(outcome(30, 35))).toBe(
      '5 of 10,000 digits fewer wrong; a difference that large happens by chance in 62 of 100 comparisons: not distinguishable',
    )
    expect(pairedInWords(outcome(35, 30))).toContain('5 of 10,000 digits more wrong')
  })

  it('says what chance hardly gives', () => {
    expect(pairedInWords(outcome(10, 30))).toBe(
      '20 of 10,000 digits fewer wrong; a difference that large happens by chance in 2 of 1,000 comparisons: distinguishable',
    )
    expect(pairedInWords(outcome(0, 40))).toContain('in fewer than 1 of 1,000 comparisons: distinguishable')
  })

  it('says when nothing differs, or nothing in sum', () => {
    expect(pairedInWords(outcome(0, 0))).toBe(
      'Right and wrong on the same 10,000 digits: not distinguishable',
    )
    expect(pairedInWords(outcome(7, 7))).toMatch(/^As many of 10,000 digits wrong/)
  })

  it('draws the line at 5 of 100', () => {
    expect(isDistinguishable({ p: 0.0499 })).toBe(true)
    expect(isDistinguishable({ p: 0.05 })).toBe(false)
  })
})
