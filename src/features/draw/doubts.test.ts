import { describe, expect, it } from 'vitest'
import { doubtAbout } from './doubts'

function shares(entries: Readonly<Record<number, number>>): Float32Array {
  return Float32Array.from({ length: 10 }, (_, digit) => entries[digit] ?? 0)
}

describe('doubtAbout', () => {
  it('has none about a clear answer', () => {
    expect(doubtAbout(4, shares({ 4: 0.95, 9: 0.05 }), 1)).toBeNull()
  })

  it('names what else it could be, likeliest first', () => {
    expect(doubtAbout(4, shares({ 4: 0.5, 9: 0.31, 7: 0.12, 1: 0.07 }), 1)).toBe(
      'Not sure: it could also be 9 (31\u00a0%) or 7 (12\u00a0%).',
    )
    expect(
      doubtAbout(
        4,
        shares(Object.fromEntries(Array.from({ length: 10 }, (_, i) => [i, i === 4 ? 0.2 : 0.09]))),
        1,
      ),
    ).toBe('Not sure: no digit stands out.')
  })

  it('speaks of several digits before anything else', () => {
    expect(doubtAbout(1, shares({ 1: 0.99 }), 2)).toMatch(/^This looks like 2 digits\./)
  })
})
