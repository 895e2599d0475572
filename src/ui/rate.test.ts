import { describe, expect, it } from 'vitest'
import { addSample, rateOf, type RateSample } from './rate'

function feed(samples: readonly RateSample[]): readonly RateSample[] {
  return samples.reduce<readonly RateSample[]>((held, sample) => addSample(held, sample), [])
}

describe('rate', () => {
  it('is units a second over the window', () => {
    expect(
      rateOf(
        feed([
          { at: 0, done: 0 },
          { at: 500, done: 100 },
          { at: 1000, done: 300 },
        ]),
      ),
    ).toBe(300)
  })

  it('says nothing from one look or a blink', () => {
    expect(rateOf([])).toBeNull()
    expect(
      rateOf(
        feed([
          { at: 0, done: 0 },
          { at: 100, done: 50 },
        ]),
      ),
    ).toBeNull()
  })

  it('forgets what is long past and what another file did', () => {
    expect(
      rateOf(
        feed([
          { at: 0, done: 0 },
          { at: 10_000, done: 10 },
          { at: 11_000, done: 20 },
        ]),
      ),
    ).toBe(10)
    expect(
      feed([
        { at: 0, done: 900 },
        { at: 1000, done: 5 },
      ]),
    ).toEqual([{ at: 1000, done: 5 }])
  })
})
