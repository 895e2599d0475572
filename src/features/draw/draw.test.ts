import { describe, expect, it } from 'vitest'
import { canvasToDigit } from '../../domain/image/canvas'
import { MNIST_PREPROCESS } from '../../domain/image/preprocess'
import { rasteriseInk } from '../../domain/image/raster'
import { INK_SIZE } from '../../domain/image/ink'
import { clearInk, drawStrokes, NO_INK, undoInk } from './ink-history'
import { sampleStrokes } from './sample-strokes'

function stroke(...points: number[]) {
  return { points: Float32Array.from(points), width: 25 }
}

describe('the drawing', () => {
  it('takes a growing stroke as one step back', () => {
    const first = drawStrokes(NO_INK, [stroke(1, 1)])
    const grown = drawStrokes(first, [stroke(1, 1, 2, 2)])
    const second = drawStrokes(grown, [stroke(1, 1, 2, 2), stroke(9, 9)])
    expect(second.past).toHaveLength(2)
    expect(undoInk(second).strokes).toEqual([stroke(1, 1, 2, 2)])
    expect(undoInk(undoInk(second)).strokes).toEqual([])
    expect(undoInk(NO_INK)).toBe(NO_INK)
  })

  it('brings a cleared drawing back', () => {
    const drawn = drawStrokes(NO_INK, [stroke(1, 1)])
    expect(clearInk(drawn).strokes).toEqual([])
    expect(undoInk(clearInk(drawn)).strokes).toEqual([stroke(1, 1)])
    expect(clearInk(NO_INK)).toBe(NO_INK)
  })
})

describe('sample strokes', () => {
  it('stay on the canvas and have enough ink for every digit', () => {
    for (let digit = 0; digit < 10; digit++) {
      const strokes = sampleStrokes(digit)
      expect(strokes.length).toBeGreaterThan(0)
      for (const { points } of strokes)
        for (const value of points) {
          expect(value).toBeGreaterThan(0)
          expect(value).toBeLessThan(INK_SIZE)
        }
      const image = rasteriseInk({ size: INK_SIZE, strokes }, 112)
      expect(canvasToDigit(image, 112, MNIST_PREPROCESS).kind).toBe('digit')
    }
    expect(sampleStrokes(10)).toEqual([])
  })
})
