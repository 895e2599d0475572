import { describe, expect, it } from 'vitest'
import { parseWhole } from './whole-number'

describe('parseWhole', () => {
  it('takes what lies within the bounds', () => {
    expect(parseWhole('seed', ' 10 ', { low: 10, high: 20 })).toEqual({ ok: true, value: 10 })
    expect(parseWhole('seed', '20', { low: 10, high: 20 })).toEqual({ ok: true, value: 20 })
  })

  it('names the bounds and what it found', () => {
    for (const text of ['', '9', '21', '1.5', '1e1', 'ten', '0x10'])
      expect(parseWhole('seed', text, { low: 10, high: 20 })).toEqual({
        ok: false,
        message: `seed must be a whole number from 10 to 20, found ${JSON.stringify(text)}`,
      })
  })
})
