import { describe, expect, it } from 'vitest'
import { recoverByDevice, recoverByReload, RELOAD_INTERVAL } from './recovery'

describe('a run that loses its GPU', () => {
  it('goes on with a new device once, and never after a hang', () => {
    expect([0, 1, 2].map((losses) => recoverByDevice('lost', losses))).toEqual([true, false, false])
    expect(recoverByDevice('hung', 0)).toBe(false)
  })

  it('reloads the page at most once in ten minutes, and never after a hang', () => {
    expect(recoverByReload('lost', null, 5)).toBe(true)
    expect(recoverByReload('lost', 1000, 1000 + RELOAD_INTERVAL - 1)).toBe(false)
    expect(recoverByReload('lost', 1000, 1000 + RELOAD_INTERVAL)).toBe(true)
    expect(recoverByReload('hung', null, 5)).toBe(false)
  })
})
