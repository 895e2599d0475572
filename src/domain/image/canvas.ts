import type { CanvasPreprocess, Preprocess } from './preprocess'

/** What a drawing becomes: 28×28 bytes (0 paper, 255 ink, row by row) as MNIST has them, or the answer that it is empty. */
export type CanvasDigit =
  { readonly kind: 'digit'; readonly digit: Uint8Array } | { readonly kind: 'nothing-drawn' }

/** The part of the image that holds ink, in whole pixels. */
interface InkBox {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/**
 * Turns a square ink image into the digit a model reads, the way MNIST's digits were made: the box around the ink, its longer
 * side scaled to 20 pixels with the aspect kept, placed in 28×28 so that the centre of mass falls on pixel (14, 14), by whole
 * pixels. The result is bytes, so that a drawing is normalised by the same table as the training images.
 *
 * `inkImage` holds side × side bytes, 0 paper to 255 full ink. The threshold decides the box only; fainter ink inside it
 * counts. Moving the ink by whole pixels changes no byte of the result.
 *
 * @throws RangeError when `inkImage` has not side × side bytes.
 */
export function canvasToDigit(inkImage: Uint8Array, side: number, preprocess: Preprocess): CanvasDigit {
  if (inkImage.length !== side * side)
    throw new RangeError(
      `an ink image of side ${side} must have ${side * side} bytes, found ${inkImage.length}`,
    )
  const { canvas, scale } = preprocess
  const box = inkBox(inkImage, side, Math.max(1, canvas.threshold * scale))
  if (box === null) return { kind: 'nothing-drawn' }
  const longer = Math.max(box.width, box.height)
  const width = Math.max(1, Math.round((box.width * canvas.box) / longer))
  const height = Math.max(1, Math.round((box.height * canvas.box) / longer))
  const scaled = areaAverage(inkImage, side, box, width, height)
  const ink = totalInk(scaled) / scale
  if (ink === 0 || ink < canvas.minInk) return { kind: 'nothing-drawn' }
  return { kind: 'digit', digit: placeByMass(scaled, width, height, canvas) }
}

/** The smallest box around all pixels of at least `threshold`, or null when there are none. */
function inkBox(image: Uint8Array, side: number, threshold: number): InkBox | null {
  let left = side
  let right = -1
  let top = side
  let bottom = -1
  for (let y = 0; y < side; y++) {
    const row = y * side
    for (let x = 0; x < side; x++) {
      if ((image[row + x] as number) < threshold) continue
      if (x < left) left = x
      if (x > right) right = x
      if (y < top) top = y
      bottom = y
    }
  }
  return bottom < 0 ? null : { left, top, width: right - left + 1, height: bottom - top + 1 }
}

/**
 * Scales the box to width × height; each new pixel is the mean of the old ones under it, each weighted by the share of it that
 * lies under. First along rows, then along columns.
 */
function areaAverage(
  image: Uint8Array,
  side: number,
  box: InkBox,
  width: number,
  height: number,
): Uint8Array {
  const rows = new Float64Array(box.height * width)
  for (let y = 0; y < box.height; y++)
    averageLine(image, (box.top + y) * side + box.left, 1, box.width, rows, y * width, 1, width)
  const columns = new Float64Array(width * height)
  for (let x = 0; x < width; x++) averageLine(rows, x, width, box.height, columns, x, width, height)
  return Uint8Array.from(columns, Math.round)
}

/** Averages `length` values (from `start`, `stride` apart) into `parts` equal spans, written likewise. */
function averageLine(
  source: Uint8Array | Float64Array,
  start: number,
  stride: number,
  length: number,
  target: Float64Array,
  targetStart: number,
  targetStride: number,
  parts: number,
): void {
  const span = length / parts
  for (let part = 0; part < parts; part++) {
    const from = part * span
    const to = part === parts - 1 ? length : (part + 1) * span
    let sum = 0
    for (let i = Math.floor(from); i < to; i++) {
      const share = Math.min(i + 1, to) - Math.max(i, from)
      sum += share * (source[start + i * stride] as number)
    }
    target[targetStart + part * targetStride] = sum / span
  }
}

function totalInk(image: Uint8Array): number {
  let sum = 0
  for (const value of image) sum += value
  return sum
}

/**
 * Places a small image in the field so that its centre of mass, in pixel indices, lies at `field` / 2 to within half a pixel.
 * What would fall outside the field is cut off: only an image whose mass sits at one end of its box reaches that far.
 */
function placeByMass(image: Uint8Array, width: number, height: number, canvas: CanvasPreprocess): Uint8Array {
  let mass = 0
  let massX = 0
  let massY = 0
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const value = image[y * width + x] as number
      mass += value
      massX += value * x
      massY += value * y
    }
  const left = Math.round(canvas.field / 2 - massX / mass)
  const top = Math.round(canvas.field / 2 - massY / mass)
  const field = new Uint8Array(canvas.field * canvas.field)
  for (let y = Math.max(0, -top); y < Math.min(height, canvas.field - top); y++)
    for (let x = Math.max(0, -left); x < Math.min(width, canvas.field - left); x++)
      field[(top + y) * canvas.field + left + x] = image[y * width + x] as number
  return field
}
