import { describe, expect, it } from 'vitest'
import { arc, at, corner, flatten } from './pen-path'

describe('flatten', () => {
  it('goes through every knot', () => {
    const points = flatten([at(0, 0), at(1, 2), at(3, 1), at(4, 4)], 5)
    expect(points).toHaveLength(2 * (1 + 3 * 5))
    for (const [i, [x, y]] of [
      [0, 0],
      [1, 2],
      [3, 1],
      [4, 4],
    ].entries()) {
      expect(points[i * 10]).toBeCloseTo(x!, 12)
      expect(points[i * 10 + 1]).toBeCloseTo(y!, 12)
    }
  })

  it('is straight between two knots and from corner to corner', () => {
    const points = flatten([at(0, 0), corner(1, 1), at(2, 0)], 4)
    for (let i = 0; i < points.length; i += 2)
      expect(points[i + 1]).toBeCloseTo(1 - Math.abs(1 - points[i]!), 12)
    const round = flatten([at(0, 0), at(1, 1), at(2, 0)], 4)
    expect(round[7]).toBeGreaterThan(points[7]!)
  })

  it('has no points without knots and one for one', () => {
    expect(flatten([], 4)).toEqual([])
    expect(flatten([at(2, 3)], 4)).toEqual([2, 3])
  })
})

describe('arc', () => {
  it('keeps to the circle, from the right over the bottom', () => {
    const knots = arc({ x: 5, y: 7, rx: 1, ry: 1 }, 0, 1)
    for (const { x, y } of knots) expect(Math.hypot(x - 5, y - 7)).toBeCloseTo(1, 2)
    expect(knots[0]!.x).toBeCloseTo(6, 6)
    expect(knots[2]!.y).toBeCloseTo(8, 6)
    expect(knots[4]!.x).toBeCloseTo(4, 6)
    expect(knots[6]!.y).toBeCloseTo(6, 6)
  })

  it('grows by its share on the way', () => {
    const knots = arc({ x: 0, y: 0, rx: 2, ry: 1, growth: 0.5 }, 0.5, -0.5)
    expect(knots[0]!.x).toBeCloseTo(-2, 6)
    expect(knots.at(-1)!.x).toBeCloseTo(-3, 6)
  })
})
