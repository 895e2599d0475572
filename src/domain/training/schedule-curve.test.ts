import { describe, expect, it } from 'vitest'
import { DEFAULT_PARAMS } from '../params/defaults'
import { learningRateAt } from './schedule'
import { scheduleCurve } from './schedule-curve'

const STEPS = 421

describe('scheduleCurve', () => {
  it.each(['none', 'step', 'cosine', 'exponential', 'plateau', 'one-cycle'] as const)(
    'of %s has at most 200 points, the first and the last step among them',
    (scheduler) => {
      for (const epochs of [1, 3, 15, 50, 51, 1000]) {
        const params = { ...DEFAULT_PARAMS.train, scheduler, epochs }
        const { epochs: xs, rates } = scheduleCurve(params, STEPS)
        expect(xs.length).toBeLessThanOrEqual(200)
        expect(rates).toHaveLength(xs.length)
        expect(xs.every((x, i) => i === 0 || x > (xs[i - 1] ?? Infinity))).toBe(true)
        expect(xs[0]).toBe(0)
        expect(xs.at(-1)).toBeCloseTo(epochs - 1 / STEPS, 9)
        expect(rates.at(-1)).toBe(learningRateAt(params, STEPS * epochs - 1, STEPS, 0))
      }
    },
  )

  it('shows a drop of the step schedule as one, not as a slope', () => {
    const { epochs, rates } = scheduleCurve(
      { ...DEFAULT_PARAMS.train, scheduler: 'step', step_size: 5, gamma: 0.1, epochs: 15 },
      STEPS,
    )
    const drop = epochs.indexOf(5)
    expect(rates[drop]).toBeCloseTo(0.001, 9)
    expect(rates[drop - 1]).toBeCloseTo(0.01, 9)
    expect(epochs[drop - 1]).toBeCloseTo(5 - 1 / STEPS, 9)
  })

  it('takes every step of a short run, and none of a run without steps', () => {
    expect(scheduleCurve({ ...DEFAULT_PARAMS.train, epochs: 2 }, 4).epochs).toEqual([
      0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75,
    ])
    expect(scheduleCurve(DEFAULT_PARAMS.train, 0)).toEqual({ epochs: [], rates: [] })
  })
})
