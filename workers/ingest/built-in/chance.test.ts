import { describe, expect, it } from 'vitest'
import { chanceOf } from './chance'

const DRAWS = 20_000
const SEED = 97

function moments(draw: () => number) {
  const values = Array.from({ length: DRAWS }, draw)
  const mean = values.reduce((sum, value) => sum + value, 0) / DRAWS
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / DRAWS
  return { mean, deviation: Math.sqrt(variance), low: Math.min(...values), high: Math.max(...values) }
}

describe('chanceOf', () => {
  it('reads the same numbers from the same stream, others from another', () => {
    const read = (key: number) => {
      const chance = chanceOf(key)
      return Array.from({ length: 8 }, () => chance.between(0, 1))
    }
    expect(read(SEED)).toEqual(read(SEED))
    expect(read(SEED)).not.toEqual(read(SEED + 1))
  })

  it('draws evenly between two bounds', () => {
    const chance = chanceOf(SEED)
    const { mean, deviation, low, high } = moments(() => chance.between(-2, 4))
    expect(mean).toBeCloseTo(1, 1)
    expect(deviation).toBeCloseTo(6 / Math.sqrt(12), 1)
    expect(low).toBeGreaterThanOrEqual(-2)
    expect(high).toBeLessThan(4)
  })

  it('draws a bell with the deviation asked for and short tails', () => {
    const chance = chanceOf(SEED)
    const { mean, deviation, low, high } = moments(() => chance.bell(2))
    expect(mean).toBeCloseTo(0, 1)
    expect(deviation).toBeCloseTo(2, 1)
    expect(Math.max(-low, high)).toBeLessThanOrEqual(7)
  })

  it('picks in proportion to the weights and never a weight of zero', () => {
    const chance = chanceOf(SEED)
    const counts = [0, 0, 0]
    for (let i = 0; i < DRAWS; i++) counts[chance.pick([3, 0, 1])]!++
    expect(counts[0]! / DRAWS).toBeCloseTo(0.75, 1)
    expect(counts[1]).toBe(0)
    expect(Array.from({ length: 100 }, () => chance.happens(0))).not.toContain(true)
    expect(Array.from({ length: 100 }, () => chance.happens(1))).not.toContain(false)
  })
})
