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

  it('decides about neighbours, halves of a number, layers and steps independently', () => {
    const keeps = (layer: number, step: number) => {
      const key = dropoutKey(7, step, layer)
      return Array.from({ length: 40_000 }, (_, p) => dropoutKeeps(key, 0.5, p))
    }
    const agreement = (a: readonly boolean[], b: readonly boolean[]) =>
      a.filter((keep, p) => keep === b[p]).length / a.length
    const some = keeps(5, 3)
    // Five standard errors of 40,000 draws.
    for (const shift of [1, 2, 4, 8, 32, 128, 4096])
      expect(Math.abs(agreement(some.slice(0, -shift), some.slice(shift)) - 0.5)).toBeLessThan(0.0125)
    expect(Math.abs(agreement(some, keeps(6, 3)) - 0.5)).toBeLessThan(0.0125)
    expect(Math.abs(agreement(some, keeps(5, 4)) - 0.5)).toBeLessThan(0.0125)
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
