import { describe, expect, it } from 'vitest'
import { canvasToDigit } from '../../domain/image/canvas'
import { MNIST_PREPROCESS } from '../../domain/image/preprocess'
import { rasteriseInk } from '../../domain/image/raster'
import { INK_SIZE } from '../../domain/image/ink'
import { clearInk, drawStrokes, isEmpty, NO_INK, replaceByPicture, undoInk } from './ink-history'
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

describe('a picture', () => {
  it('takes the place of the drawing, and undo brings that back', () => {
    const picture = { file: new File([], 'four.png'), bytes: new Uint8Array() }
    const drawn = drawStrokes(NO_INK, [stroke(1, 1)])
    const shown = replaceByPicture(drawn, picture)
    expect(shown).toMatchObject({ strokes: [], picture })
    expect(isEmpty(shown)).toBe(false)
    expect(undoInk(shown)).toEqual(drawn)
    expect(clearInk(shown)).toMatchObject({ strokes: [], picture: null })
    expect(drawStrokes(shown, [stroke(5, 5)])).toMatchObject({ strokes: [stroke(5, 5)], picture: null })
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
