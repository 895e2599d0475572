import { describe, expect, it } from 'vitest'
import { randomUnit } from '../random'
import { canvasToDigit } from './canvas'
import { BRUSH, INK_SIZE } from './ink'
import { type Picture, pictureToInk } from './picture'
import { MNIST_PREPROCESS } from './preprocess'
import { rasteriseInk } from './raster'

const SIDE = 280
/** A 4 in one piece. */
const FOUR = Float32Array.of(150, 60, 80, 180, 210, 180, 170, 180, 170, 120, 170, 240)

function ink(width: number = BRUSH): Uint8Array {
  return rasteriseInk({ size: INK_SIZE, strokes: [{ points: FOUR, width }] }, SIDE)
}

function digitOf(image: Uint8Array, side: number): Uint8Array {
  const found = canvasToDigit(image, side, MNIST_PREPROCESS)
  if (found.kind !== 'digit') throw new Error('expected a digit')
  return found.digit
}

/** A picture from the colour of each pixel, as red green blue opacity. */
function paint(
  colour: (x: number, y: number) => readonly [number, number, number, number],
  width = SIDE,
  height = SIDE,
): Picture {
  const rgba = new Uint8ClampedArray(width * height * 4)
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) rgba.set(colour(x, y), (y * width + x) * 4)
  return { width, height, rgba }
}

function found(picture: Picture) {
  const result = pictureToInk(picture)
  if (result.kind === 'blank') throw new Error('expected ink')
  return { digit: digitOf(result.image, result.side), notes: result.notes }
}

/** Sum of differences as a share of the ink. */
function apart(a: Uint8Array, b: Uint8Array): number {
  let [difference, total] = [0, 0]
  for (const [at, value] of a.entries()) {
    difference += Math.abs(value - (b[at] ?? 0))
    total += value
  }
  return difference / total
}

describe('pictureToInk', () => {
  const drawn = ink()
  const expected = digitOf(drawn, SIDE)

  it('reads clean pictures to all but the bytes of the drawing: white on black, black on white, black on clear', () => {
    const light = found(
      paint((x, y) => [drawn[y * SIDE + x]!, drawn[y * SIDE + x]!, drawn[y * SIDE + x]!, 255]),
    )
    expect(apart(expected, light.digit)).toBeLessThan(0.001)
    expect(light.notes).toEqual([])
    const dark = found(
      paint((x, y) => {
        const grey = 255 - drawn[y * SIDE + x]!
        return [grey, grey, grey, 255]
      }),
    )
    expect(apart(expected, dark.digit)).toBeLessThan(0.001)
    expect(dark.notes).toEqual(['dark-on-light'])
    const clear = found(paint((x, y) => [0, 0, 0, drawn[y * SIDE + x]!]))
    expect(apart(expected, clear.digit)).toBeLessThan(0.001)
    expect(clear.notes).toEqual(['clear-ground'])
  })

  it('leaves a digit of MNIST as it is', () => {
    const picture = paint(
      (x, y) => [expected[y * 28 + x]!, expected[y * 28 + x]!, expected[y * 28 + x]!, 255],
      28,
      28,
    )
    expect(apart(expected, found(picture).digit)).toBeLessThan(0.02)
  })

  it('reads a photo: grey paper in uneven light with noise, blue ink, a speck and a shadow at the edge', () => {
    const photo = paint((x, y) => {
      const light = 110 + 0.35 * x + 0.1 * y + 10 * (randomUnit(7, y * SIDE + x) - 0.5)
      const covered = drawn[y * SIDE + x]! / 255
      const speck = Math.hypot(x - 30, y - 240) < 4 ? 1 : 0
      const edge = y > SIDE - 4 ? 0.6 : 0
      const paper = light * (1 - Math.max(speck, edge))
      return [paper * (1 - 0.8 * covered), paper * (1 - 0.75 * covered), paper * (1 - 0.3 * covered), 255]
    })
    const { digit, notes } = found(photo)
    expect(apart(expected, digit)).toBeLessThan(0.15)
    expect(notes).toEqual(['dark-on-light', 'specks'])
  })

  it('thickens a thin line to nearly the usual one', () => {
    const thin = ink(5)
    const picture = paint((x, y) => {
      const grey = 255 - thin[y * SIDE + x]!
      return [grey, grey, grey, 255]
    })
    const { digit, notes } = found(picture)
    expect(notes).toEqual(['dark-on-light', 'thickened'])
    expect(digitOf(thin, SIDE).reduce((sum, value) => sum + value, 0)).toBeLessThan(
      0.5 * expected.reduce((sum, value) => sum + value, 0),
    )
    expect(apart(expected, digit)).toBeLessThan(0.35)
  })

  it('finds nothing on one colour, on noise and on a soft slope', () => {
    expect(pictureToInk(paint(() => [90, 120, 200, 255]))).toEqual({ kind: 'blank' })
    expect(pictureToInk(paint(() => [0, 0, 0, 0]))).toEqual({ kind: 'blank' })
    const noise = paint((x, y) => {
      const grey = 200 + 12 * (randomUnit(3, y * SIDE + x) - 0.5)
      return [grey, grey, grey, 255]
    })
    expect(pictureToInk(noise)).toEqual({ kind: 'blank' })
    expect(pictureToInk(paint((x) => [100 + x / 4, 100 + x / 4, 100 + x / 4, 255]))).toEqual({
      kind: 'blank',
    })
    expect(pictureToInk(paint(() => [1, 2, 3, 255], 1, 1))).toEqual({ kind: 'blank' })
  })

  it('refuses bytes that are not the picture’s', () => {
    expect(() => pictureToInk({ width: 2, height: 2, rgba: new Uint8Array(15) })).toThrow(
      'a picture of 2 × 2 must have 16 bytes, found 15',
    )
  })
})
