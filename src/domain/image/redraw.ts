import type { Ink } from './ink'
import { IMAGE_PIXELS, IMAGE_SIDE } from './preprocess'
import { thin } from './thin'
import { otsuThreshold } from './threshold'
import { traceLines } from './trace'

/** Where and how large a digit is drawn again, in canvas units. */
export interface Redrawing {
  readonly canvas: number
  /** Diameter of the round brush, whatever the digit's size. */
  readonly brush: number
  /** What the 20 pixels that a digit is high or wide become: lines are scaled by `size` / 20, the brush is not. */
  readonly size: number
  /** Share of the free way that the ink stands from the left and the top, in [0, 1]. */
  readonly left: number
  readonly top: number
}

/** So many times finer is the grid the digit is thinned on: lines follow the ink's middle to an eighth of a pixel at worst. */
const FINER = 4

/** The middle lines of a digit's strokes, x0, y0, x1, y1, … in pixels of the digit; none for an empty one. */
export function digitLines(digit: Uint8Array): Float32Array[] {
  if (digit.length !== IMAGE_PIXELS)
    throw new RangeError(`a digit must have ${IMAGE_PIXELS} bytes, found ${digit.length}`)
  const fine = enlarge(digit)
  const threshold = otsuThreshold(fine)
  if (threshold === null) return []
  const side = IMAGE_SIDE * FINER
  const pixels = Uint8Array.from(fine, (value) => Number(value >= threshold))
  const lines = traceLines(thin({ width: side, height: side, pixels }))
  return lines.map((line) => line.map((value) => value / FINER))
}

/** The longer side of every digit's ink, in pixels of the digit. */
const DIGIT_BOX = 20

/**
 * Draws lines again with one round brush, scaled and placed as asked: what a hand that knows the digit does on a canvas.
 *
 * @param lines as {@link digitLines} gives them, at least one
 */
export function redraw(lines: readonly Float32Array[], how: Redrawing): Ink {
  const { canvas, brush } = how
  const [left, right] = range(lines, 0)
  const [top, bottom] = range(lines, 1)
  const scale = how.size / DIGIT_BOX
  const x = brush / 2 + how.left * (canvas - brush - (right - left) * scale)
  const y = brush / 2 + how.top * (canvas - brush - (bottom - top) * scale)
  return {
    size: canvas,
    strokes: lines.map((line) => ({
      width: brush,
      points: line.map((value, at) =>
        at % 2 === 0 ? x + (value - left) * scale : y + (value - top) * scale,
      ),
    })),
  }
}

/** Smallest and largest x (`axis` 0) or y (1) of all points. */
function range(lines: readonly Float32Array[], axis: 0 | 1): readonly [number, number] {
  let smallest = Infinity
  let largest = -Infinity
  for (const line of lines)
    for (let at = axis; at < line.length; at += 2) {
      smallest = Math.min(smallest, line[at] as number)
      largest = Math.max(largest, line[at] as number)
    }
  return [smallest, largest]
}

/** Bilinear, between pixel centres; the border repeats outwards. */
function enlarge(digit: Uint8Array): Uint8Array {
  const side = IMAGE_SIDE * FINER
  const fine = new Uint8Array(side * side)
  function pixel(x: number, y: number): number {
    const column = Math.min(IMAGE_SIDE - 1, Math.max(0, x))
    return digit[Math.min(IMAGE_SIDE - 1, Math.max(0, y)) * IMAGE_SIDE + column] as number
  }
  for (let row = 0; row < side; row++)
    for (let column = 0; column < side; column++) {
      const x = (column + 0.5) / FINER - 0.5
      const y = (row + 0.5) / FINER - 0.5
      const [x0, y0] = [Math.floor(x), Math.floor(y)]
      const above = pixel(x0, y0) * (x0 + 1 - x) + pixel(x0 + 1, y0) * (x - x0)
      const below = pixel(x0, y0 + 1) * (x0 + 1 - x) + pixel(x0 + 1, y0 + 1) * (x - x0)
      fine[row * side + column] = Math.round(above * (y0 + 1 - y) + below * (y - y0))
    }
  return fine
}
