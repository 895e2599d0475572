import { describe, expect, it } from 'vitest'
import { DEFAULT_PARAMS } from '../params/defaults'
import { learningRateAt, type ScheduleParams } from './schedule'

const STEPS = 4

function rates(params: Partial<ScheduleParams>, epochs: readonly number[]): readonly number[] {
  const whole = { ...DEFAULT_PARAMS.train, lr: 0.1, epochs: 10, ...params }
  return epochs.map((epoch) => learningRateAt(whole, epoch * STEPS, STEPS, 0))
}

describe('learningRateAt', () => {
  it('is constant, steps down or follows a half cosine', () => {
    expect(rates({ scheduler: 'none' }, [0, 9])).toEqual([0.1, 0.1].map(Math.fround))
    expect(rates({ scheduler: 'step' }, [0, 4, 5, 9])).toEqual([0.1, 0.1, 0.01, 0.01].map(Math.fround))
    expect(rates({ scheduler: 'cosine' }, [0, 5, 10])).toEqual([0.1, 0.05, 0].map(Math.fround))
  })
})
