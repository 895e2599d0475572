import { describe, expect, it } from 'vitest'
import { recoverByDevice, recoverByWaiting, WAIT_INTERVAL } from './recovery'

describe('a run that loses its GPU', () => {
  it('goes on with a new device once, and never after a hang', () => {
    expect([0, 1, 2].map((losses) => recoverByDevice('lost', losses))).toEqual([true, false, false])
    expect(recoverByDevice('hung', 0)).toBe(false)
  })

  it('waits for the browser at most once in ten minutes', () => {
    expect(recoverByWaiting(null, 5)).toBe(true)
    expect(recoverByWaiting(1000, 1000 + WAIT_INTERVAL - 1)).toBe(false)
    expect(recoverByWaiting(1000, 1000 + WAIT_INTERVAL)).toBe(true)
  })
})
