import { describe, expect, it } from 'vitest'
import { nextInLoop } from './next-in-loop'

describe('what comes next after the first model', () => {
  const fresh = { answered: false, runs: 1, unusedFeedback: 0, looks: 0, drift: false }

  it('leads a newcomer once around the loop', () => {
    expect(nextInLoop(fresh)).toBe('draw')
    expect(nextInLoop({ ...fresh, answered: true })).toBe('train')
    expect(nextInLoop({ ...fresh, answered: true, runs: 2 })).toBe('monitor')
    expect(nextInLoop({ ...fresh, answered: true, runs: 2, looks: 1 })).toBe('compare')
  })

  it('puts what waits to be learned first', () => {
    expect(nextInLoop({ ...fresh, answered: true, unusedFeedback: 1 })).toBe('retrain')
    expect(nextInLoop({ ...fresh, answered: true, runs: 3, looks: 2, drift: true })).toBe('retrain')
  })
})
