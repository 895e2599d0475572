import { canvasToDigit } from '../../../src/domain/image/canvas'
import { MNIST_PREPROCESS } from '../../../src/domain/image/preprocess'
import { drawSegment } from '../../../src/domain/image/raster'
import type { Chance } from './chance'
import { flatten, type PenPath } from './pen-path'
import { WRITE } from './styles'

/** Side of the sheet a digit is written on, in pixels: three pixels of the sheet become about one of the digit. */
const SHEET_SIDE = 64
/** The digit with its ink is this long on the sheet; the rest is margin. */
const WRITTEN = 60
/** Spline pieces between two knots: at this size a piece is two to four pixels long. */
const STEPS = 5

/**
 * Mean pen width by digit, in pixels of the finished digit. A long line (5, 8) is written larger than a short one (1, 0) with
 * the same pen, so that scaled to one size it is thinner.
 */
const PEN_WIDTH = [2.85, 2.75, 2.6, 2.5, 2.4, 2.3, 2.4, 2.6, 2.3, 2.35] as const

/** Mean slant by digit: how far the top of an upright digit leans to the right, in heights. */
const SLANT = [0.24, 0.26, 0.1, 0.13, 0.3, 0.22, 0.12, 0.05, 0.2, 0.17] as const

/** A stroke on its way to the sheet: x0, y0, x1, y1, … */
type Polyline = number[]

/** A sheet to write many digits on, one after the other. */
export function newSheet(): Uint8Array {
  return new Uint8Array(SHEET_SIDE * SHEET_SIDE)
}

/**
 * Writes one digit the way one hand would and returns it as MNIST would hold it: 784 bytes, 0 paper to 255 ink, cropped, scaled
 * and centred by the same function that reads a drawing.
 *
 * @throws RangeError when the label is not a digit.
 */
export function writeDigit(label: number, chance: Chance, sheet: Uint8Array): Uint8Array {
  const write = WRITE[label]
  if (write === undefined) throw new RangeError(`a digit is 0 to 9, found ${label}`)
  const strokes = write(chance).map((path) => flatten(shake(path, chance), STEPS))
  bend(strokes, chance)
  lean(strokes, label, chance)
  sheet.fill(0)
  ink(strokes, label, chance, sheet)
  const result = canvasToDigit(sheet, SHEET_SIDE, MNIST_PREPROCESS)
  // A written digit is 60 pixels long: that cannot be nothing.
  if (result.kind === 'nothing-drawn') throw new Error(`digit ${label} came out blank`)
  return result.digit
}

/** No hand repeats itself: every knot misses its place a little. */
function shake(path: PenPath, chance: Chance): PenPath {
  const amount = chance.between(0.005, 0.045)
  return path.map((knot) => ({ ...knot, x: knot.x + chance.bell(amount), y: knot.y + chance.bell(amount) }))
}

/** A smooth elastic change of the whole paper: a random polynomial of degree three in each direction. */
function bend(strokes: readonly Polyline[], chance: Chance): void {
  const amount = chance.between(0.05, 0.34)
  const [x1, x2, x3, x4] = [
    chance.bell(amount),
    chance.bell(amount),
    chance.bell(amount),
    chance.bell(amount),
  ]
  const [y1, y2, y3, y4] = [
    chance.bell(amount),
    chance.bell(amount),
    chance.bell(amount),
    chance.bell(amount),
  ]
  eachPoint(strokes, (x, y) => {
    const u = x - 0.5
    const v = y - 0.5
    return [
      x + x1 * v * v + x2 * u * v + x3 * u * u + x4 * v * v * v * 2,
      y + y1 * u * u + y2 * u * v + y3 * v * v + y4 * u * u * u * 2,
    ]
  })
}

/** Proportion, slant and rotation: the writer's habits. */
function lean(strokes: readonly Polyline[], label: number, chance: Chance): void {
  const wide = 0.9 * (1 + chance.bell(0.25))
  const slant = (SLANT[label] ?? 0.15) + chance.bell(0.25)
  // A rotation through the tangent of half its angle needs no sine and no cosine.
  const half = chance.bell(0.05)
  const cosine = (1 - half * half) / (1 + half * half)
  const sine = (2 * half) / (1 + half * half)
  eachPoint(strokes, (x, y) => {
    const v = y - 0.5
    const u = (x - 0.5) * wide - slant * v
    return [cosine * u - sine * v, sine * u + cosine * v]
  })
}

function eachPoint(strokes: readonly Polyline[], move: (x: number, y: number) => [number, number]): void {
  for (const stroke of strokes)
    for (let i = 0; i < stroke.length; i += 2) {
      const [x, y] = move(stroke[i] as number, stroke[i + 1] as number)
      stroke[i] = x
      stroke[i + 1] = y
    }
}

/** Draws the strokes as large as the sheet takes them, with a pen whose pressure changes on the way. */
function ink(strokes: readonly Polyline[], label: number, chance: Chance, sheet: Uint8Array): void {
  // Pen width in pixels of the finished digit: from a sharp pencil to a felt pen.
  const finished = Math.min(4.6, Math.max(1.2, (PEN_WIDTH[label] ?? 2.5) * (1 + chance.bell(0.26))))
  const width = (finished / 20) * WRITTEN
  const box = boundsOf(strokes)
  const scale = (WRITTEN - width) / Math.max(box.width, box.height)
  const left = (SHEET_SIDE - box.width * scale) / 2 - box.left * scale
  const top = (SHEET_SIDE - box.height * scale) / 2 - box.top * scale
  for (const stroke of strokes) {
    const pressure = pressureOf(chance)
    const last = Math.max(1, stroke.length / 2 - 1)
    for (let i = 0; i + 3 < stroke.length; i += 2)
      drawSegment(
        sheet,
        SHEET_SIDE,
        (stroke[i] as number) * scale + left,
        (stroke[i + 1] as number) * scale + top,
        (width / 2) * pressure(i / 2 / last),
        (stroke[i + 2] as number) * scale + left,
        (stroke[i + 3] as number) * scale + top,
        (width / 2) * pressure((i / 2 + 1) / last),
      )
  }
}

/** Relative pen width along a stroke (0 start, 1 end): a parabola through three random values. */
function pressureOf(chance: Chance): (along: number) => number {
  const start = 1 + chance.bell(0.14)
  const middle = 1 + chance.bell(0.1)
  const end = 1 + chance.bell(0.16)
  return (t) =>
    Math.max(0.4, start * (1 - t) * (1 - 2 * t) + middle * 4 * t * (1 - t) + end * t * (2 * t - 1))
}

function boundsOf(strokes: readonly Polyline[]) {
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity]
  for (const stroke of strokes)
    for (let i = 0; i < stroke.length; i += 2) {
      left = Math.min(left, stroke[i] as number)
      right = Math.max(right, stroke[i] as number)
      top = Math.min(top, stroke[i + 1] as number)
      bottom = Math.max(bottom, stroke[i + 1] as number)
    }
  return { left, top, width: right - left, height: bottom - top }
}
