import { findPieces } from './pieces'
import { otsuThreshold } from './threshold'
import { windowExtremes } from './window-extremes'

/** A decoded picture: width × height × 4 bytes, red green blue opacity. */
export interface Picture {
  readonly width: number
  readonly height: number
  readonly rgba: Uint8Array | Uint8ClampedArray
}

/** What was done to a picture besides cutting the ink out; for people. */
export type PictureNote =
  /** Dark ink on light paper was inverted. */
  | 'dark-on-light'
  /** The ground was clear: opacity was taken as ink. */
  | 'clear-ground'
  /** Small specks were left out. */
  | 'specks'
  /** A thin line was thickened. */
  | 'thickened'

export type PictureInk =
  | {
      readonly kind: 'ink'
      /** side × side bytes, 0 paper to 255 ink: what `canvasToDigit` takes. */
      readonly image: Uint8Array
      readonly side: number
      readonly notes: readonly PictureNote[]
    }
  /** No ink stands out from the ground. */
  | { readonly kind: 'blank' }

/** Half the window that the ground is looked for in, as a share of the shorter side: wider than any stroke, narrower than shade. */
const GROUND_REACH = 0.15
/** Ink stands out from the ground by at least this many of 255. */
const LEAST_CONTRAST = 24
/** A piece with less than this share of the largest piece's ink is a speck. */
const SPECK = 0.02
/** Fainter than this is paper (the preprocessing's own share of full ink). */
const FAINT = 13
const STRONG = 128
/** A pen's line of less than this share of the digit's longer side is thickened to about what MNIST's are of theirs. */
const THIN_LINE = 0.07
const USUAL_LINE = 0.11

/**
 * Makes ink of a picture of one digit: of a drawing, a scan, or a photo of paper.
 *
 * Luminance (ITU-R BT.709 weights), inverted where the border is lighter than the ink; the ground, however unevenly lit, taken off
 * by a morphological opening; noise and specks left out; what remains stretched to full ink and thin lines thickened. The picture
 * is cut to the ink.
 *
 * @throws RangeError when there are not width × height × 4 bytes
 */
export function pictureToInk(picture: Picture): PictureInk {
  const { width, height, rgba } = picture
  if (rgba.length !== width * height * 4)
    throw new RangeError(
      `a picture of ${width} × ${height} must have ${width * height * 4} bytes, found ${rgba.length}`,
    )
  const notes = new Set<PictureNote>()
  const light = lightInk(picture, notes)
  if (light === null) return { kind: 'blank' }
  const ink = stretched(withoutGround(light, width, height))
  if (ink === null) return { kind: 'blank' }
  const box = withoutSpecks(ink, width, height, notes)
  if (box === null) return { kind: 'blank' }
  const { image, side } = cutOut(ink, width, box)
  return { kind: 'ink', image: thickened(image, side, notes), side, notes: [...notes] }
}

/** One byte a pixel, ink lighter than paper; null when there is one colour only. */
function lightInk({ width, height, rgba }: Picture, notes: Set<PictureNote>): Uint8Array | null {
  const opacity = new Uint8Array(width * height)
  const grey = new Uint8Array(width * height)
  for (let at = 0; at < grey.length; at++) {
    const alpha = rgba[at * 4 + 3] as number
    const luminance =
      0.2126 * (rgba[at * 4] as number) +
      0.7152 * (rgba[at * 4 + 1] as number) +
      0.0722 * (rgba[at * 4 + 2] as number)
    opacity[at] = alpha
    // On white paper, as viewers show it.
    grey[at] = Math.round(255 + (alpha / 255) * (luminance - 255))
  }
  if (borderMean(opacity, width, height) < STRONG) {
    notes.add('clear-ground')
    return otsuThreshold(opacity) === null ? null : opacity
  }
  const threshold = otsuThreshold(grey)
  if (threshold === null) return null
  if (borderMean(grey, width, height) < threshold) return grey
  notes.add('dark-on-light')
  return grey.map((value) => 255 - value)
}

function borderMean(image: Uint8Array, width: number, height: number): number {
  let sum = 0
  for (let x = 0; x < width; x++) sum += (image[x] as number) + (image[(height - 1) * width + x] as number)
  for (let y = 0; y < height; y++)
    sum += (image[y * width] as number) + (image[y * width + width - 1] as number)
  return sum / (2 * (width + height))
}

/** What stands above the ground: the opening removes everything narrower than its window. */
function withoutGround(image: Uint8Array, width: number, height: number): Uint8Array {
  const radius = Math.max(1, Math.ceil(GROUND_REACH * Math.min(width, height)))
  const eroded = windowExtremes(image, width, height, radius, 'smallest')
  const ground = windowExtremes(eroded, width, height, radius, 'largest')
  return image.map((value, at) => value - (ground[at] as number))
}

/** Noise to 0, ink to 255; null where nothing stands out. */
function stretched(image: Uint8Array): Uint8Array | null {
  const threshold = otsuThreshold(image)
  if (threshold === null) return null
  const median = quantile(image, 0.5)
  // Three standard deviations of the noise, by the median of the deviations, which the ink does not move.
  const noise =
    median +
    3 *
      1.4826 *
      quantile(
        image.map((value) => Math.abs(value - median)),
        0.5,
      )
  const full = quantile(
    image.filter((value) => value >= threshold),
    0.9,
  )
  if (full - noise < LEAST_CONTRAST) return null
  return image.map((value) =>
    Math.min(255, Math.max(0, Math.round(((value - noise) / (full - noise)) * 255))),
  )
}

/** The byte below which this share of all bytes lies. */
function quantile(image: Uint8Array, share: number): number {
  const counts = new Uint32Array(256)
  for (const value of image) counts[value] = (counts[value] as number) + 1
  let below = 0
  for (let value = 0; value < 255; value++) {
    below += counts[value] as number
    if (below > share * image.length) return value
  }
  return 255
}

interface Box {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** Wipes specks, and what hangs on the border where a digit stands free of it; answers with the box around the rest. */
function withoutSpecks(
  image: Uint8Array,
  width: number,
  height: number,
  notes: Set<PictureNote>,
): Box | null {
  const { labels, pieces } = findPieces(image, width, height, FAINT)
  const strong = pieces.filter(({ peak }) => peak >= STRONG)
  const inner = strong.filter((piece) => !touches(piece, width, height))
  const digitLike = inner.some(
    ({ left, top, right, bottom }) => Math.max(right - left, bottom - top) >= 0.1 * Math.min(width, height),
  )
  const candidates = digitLike ? inner : strong
  const least = SPECK * Math.max(0, ...candidates.map(({ ink }) => ink))
  const kept = new Set(candidates.filter(({ ink }) => ink >= least))
  if (kept.size < strong.length) notes.add('specks')
  for (let at = 0; at < labels.length; at++) {
    const piece = pieces[(labels[at] as number) - 1]
    if (piece === undefined || !kept.has(piece)) image[at] = 0
  }
  if (kept.size === 0) return null
  return [...kept].reduce<Box>(
    (box, { left, top, right, bottom }) => ({
      left: Math.min(box.left, left),
      top: Math.min(box.top, top),
      right: Math.max(box.right, right),
      bottom: Math.max(box.bottom, bottom),
    }),
    { left: width, top: height, right: 0, bottom: 0 },
  )
}

function touches({ left, top, right, bottom }: Box, width: number, height: number): boolean {
  return left === 0 || top === 0 || right === width - 1 || bottom === height - 1
}

/** The box in the middle of a square with room for thicker lines. */
function cutOut(image: Uint8Array, width: number, box: Box): { image: Uint8Array; side: number } {
  const columns = box.right - box.left + 1
  const rows = box.bottom - box.top + 1
  const margin = Math.ceil(USUAL_LINE * Math.max(columns, rows))
  const side = Math.max(columns, rows) + 2 * margin
  const square = new Uint8Array(side * side)
  const left = (side - columns) >> 1
  const top = (side - rows) >> 1
  for (let y = 0; y < rows; y++) {
    const from = (box.top + y) * width + box.left
    square.set(image.subarray(from, from + columns), (top + y) * side + left)
  }
  return { image: square, side }
}

/** Lines that are too thin to be seen once the digit is 20 pixels large become as thick as usual. */
function thickened(image: Uint8Array, side: number, notes: Set<PictureNote>): Uint8Array {
  const longer = side / (1 + 2 * USUAL_LINE)
  const line = lineWidth(image, side)
  if (line >= THIN_LINE * longer) return image
  const radius = Math.round((USUAL_LINE * longer - line) / 2)
  if (radius < 1) return image
  notes.add('thickened')
  return windowExtremes(image, side, side, radius, 'largest')
}

/** Twice the area over the outline, which counts a slanted edge √2 too long: corrected by half of that. */
function lineWidth(image: Uint8Array, side: number): number {
  let area = 0
  let outline = 0
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      const inked = (image[y * side + x] as number) >= STRONG
      if (inked) area++
      if (x > 0 && inked !== (image[y * side + x - 1] as number) >= STRONG) outline++
      if (y > 0 && inked !== (image[(y - 1) * side + x] as number) >= STRONG) outline++
    }
  return outline === 0 ? 0 : (2 * area * 1.2) / outline
}
