import { describe, expect, test } from 'vitest'
import { mcnemarExact, pairAnswers } from './paired'

describe('mcnemarExact', () => {
  test('gives the p values published for the reference models', () => {
    // 99.33 % against 99.23 %, and the 25-epoch model against both.
    expect(mcnemarExact(43, 33)).toBeCloseTo(0.302, 3)
    expect(mcnemarExact(35, 30)).toBeCloseTo(0.62, 2)
    expect(mcnemarExact(45, 30)).toBeCloseTo(0.105, 3)
  })

  test('is symmetric, 1 without disagreements or with as many on each side', () => {
    expect(mcnemarExact(0, 0)).toBe(1)
    expect(mcnemarExact(8, 8)).toBe(1)
    expect(mcnemarExact(3, 17)).toBe(mcnemarExact(17, 3))
  })

  test('follows the coin: six of six is 2/64', () => {
    expect(mcnemarExact(6, 0)).toBeCloseTo(2 / 64, 12)
  })

  test('stays a number for thousands of disagreements', () => {
    expect(mcnemarExact(3000, 2900)).toBeGreaterThan(0.1)
    expect(mcnemarExact(9000, 10)).toBe(0)
  })

  test('refuses what is no count', () => {
    expect(() => mcnemarExact(-1, 2)).toThrow(/whole numbers ≥ 0, found -1 and 2/)
  })
})

describe('pairAnswers', () => {
  test('sorts images into the four cells', () => {
    const labels = Uint8Array.of(1, 2, 3, 4, 5)
    const first = Uint8Array.of(1, 2, 0, 0, 5)
    const second = Uint8Array.of(1, 0, 3, 0, 0)
    expect(pairAnswers(first, second, labels)).toMatchObject({
      bothRight: 1,
      onlyFirst: 2,
      onlySecond: 1,
      bothWrong: 1,
    })
  })

  test('refuses answers to other images', () => {
    expect(() => pairAnswers(new Uint8Array(2), new Uint8Array(3), new Uint8Array(3))).toThrow(
      /found 2, 3 and 3/,
    )
  })
})
