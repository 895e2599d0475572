import { describe, expect, it } from 'vitest'
import { dropoutFactors, dropoutImageSize, dropoutKeeps, dropoutKey, dropoutThreshold } from './dropout'

const SHAPE = { height: 24, width: 24, channels: 10 }
const OPTIONS = { seed: 7, step: 3, layer: 5, rate: 0.25 }

describe('dropoutFactors', () => {
  const factors = dropoutFactors(OPTIONS, 8, SHAPE)

  it('drops the rate and scales the rest so that the mean stays', () => {
    const dropped = factors.filter((factor) => factor === 0).length / factors.length
    // Five standard errors of 46,080 draws.
    expect(Math.abs(dropped - 0.25)).toBeLessThan(0.01)
    expect(new Set(factors)).toEqual(new Set([0, Math.fround(4 / 3)]))
  })

  it('depends on seed, step and layer, and on nothing else', () => {
    expect(dropoutFactors(OPTIONS, 8, SHAPE)).toEqual(factors)
    for (const change of [{ seed: 8 }, { step: 4 }, { layer: 6 }])
      expect(dropoutFactors({ ...OPTIONS, ...change }, 8, SHAPE)).not.toEqual(factors)
  })

  it('gives an image the same decisions in a larger batch', () => {
    expect(dropoutFactors(OPTIONS, 3, SHAPE)).toEqual(factors.subarray(0, 3 * 24 * 24 * 10))
  })

  it('keeps all at rate 0', () => {
    expect(new Set(dropoutFactors({ ...OPTIONS, rate: 0 }, 1, SHAPE))).toEqual(new Set([1]))
  })
})

describe('positions', () => {
  it('round channels up to four and images up to eight', () => {
    expect(dropoutImageSize({ height: 1, width: 1, channels: 10 })).toBe(16)
    expect(dropoutImageSize({ height: 3, width: 3, channels: 4 })).toBe(40)
    expect(dropoutImageSize({ height: 24, width: 24, channels: 32 })).toBe(24 * 24 * 32)
  })

  it('share one number between the halves of a group of eight', () => {
    const key = dropoutKey(1, 2, 3)
    expect(dropoutThreshold(0.1)).toBe(6554)
    const kept = (rate: number) => Array.from({ length: 64 }, (_, p) => dropoutKeeps(key, rate, p))
    // A higher rate drops what a lower one drops, and more.
    for (const [p, keep] of kept(0.6).entries()) if (keep) expect(kept(0.3)[p]).toBe(true)
  })
})
