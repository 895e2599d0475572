import { IMAGE_PIXELS, IMAGE_SIDE } from '../image/preprocess'
import type { AugmentParams } from '../params/schema'
import { mix32, PURPOSE, randomU32, randomUnit, streamKey } from '../random'

/**
 * How training images are changed at random: the one definition for all engines. The draws and the map's eight coefficients are
 * worked out in double precision and rounded once; everything from there on is arithmetic on 32-bit integers, so that
 * TypeScript, WebAssembly and WGSL make the same bytes.
 *
 * An image is changed in two passes:
 *  1. Strokes. Each pixel moves by |t| of the way to the largest (t > 0, thicker) or the smallest (t < 0, thinner) of the 3 × 3
 *     pixels around it.
 *  2. Place. The result's pixel (x, y) is read at an affine map of (x, y) plus an elastic displacement, bilinearly, with weights
 *     of 8 bits. The displacement is drawn at points 8 pixels apart and interpolated between them.
 * Outside of the image all is 0.
 */

/** Words an image's draws take. Their places are in {@link DRAW}. */
export const DRAW_WORDS = 8

/**
 * What each word is. `x…` and `y…` are the place (16 bits of fraction) that the result's pixel (0, 0) is read at, and how it moves
 * with x and y. `strokes` is t in 1/256. `field` keys the elastic displacement.
 */
export const DRAW = {
  xStart: 0,
  xByX: 1,
  xByY: 2,
  yStart: 3,
  yByX: 4,
  yByY: 5,
  strokes: 6,
  field: 7,
} as const

/** Points of the elastic field in a row, and rows of them: they stand 8 pixels apart from (0, 0) on. */
export const FIELD_SIDE = 5

/** One change, in the units of the parameters. Shift is to the right and downwards, rotation clockwise as one sees it. */
export interface AffineChange {
  /** Degrees. */
  readonly rotation: number
  /** Pixels. */
  readonly shiftX: number
  readonly shiftY: number
  /** Factor, 1 for the same size. */
  readonly scale: number
  /** Degrees by which upright strokes lean. */
  readonly shear: number
}

/** The elastic field's greatest displacement in 1/256 pixel: the same for all images of a run. */
export function elasticAmplitude({ elastic }: Pick<AugmentParams, 'elastic'>): number {
  return Math.round(elastic * 256)
}

/**
 * The draws of one step, {@link DRAW_WORDS} an image of the batch. Number 8·n + k of the step's stream is that of the batch's n-th
 * image: k = 0 rotation, 1 and 2 shift, 3 scale, 4 shear, 5 strokes, 6 the key of the field. Each is drawn whatever else is
 * switched on, so that switching one thing on leaves the others as they were.
 *
 * @param into batch × DRAW_WORDS words
 * @throws RangeError when these are no whole number of images
 */
export function drawAugmentation(params: AugmentParams, seed: number, step: number, into: Int32Array): void {
  if (into.length % DRAW_WORDS !== 0)
    throw new RangeError(`draws take ${DRAW_WORDS} words an image, found ${into.length} words`)
  const key = streamKey(seed, PURPOSE.augment, step)
  for (let at = 0; at < into.length; at += DRAW_WORDS) {
    // DRAW_WORDS is also how many numbers an image has of the stream.
    const within = (draw: number, bound: number) => bound * (2 * randomUnit(key, at + draw) - 1)
    into.set(
      affineWords({
        rotation: within(0, params.rotation),
        shiftX: within(1, params.shift),
        shiftY: within(2, params.shift),
        scale: 1 + within(3, params.scale),
        shear: within(4, params.shear),
      }),
      at,
    )
    into[at + DRAW.strokes] = Math.round(256 * within(5, params.thickness))
    into[at + DRAW.field] = randomU32(key, at + 6)
  }
}

/**
 * The first six words of {@link DRAW} for one change about the image's centre: the image is scaled, sheared, rotated and shifted, in
 * this order, so that the way back from a result's pixel to its source is the inverse.
 */
export function affineWords({ rotation, shiftX, shiftY, scale, shear }: AffineChange): readonly number[] {
  const turn = (rotation * Math.PI) / 180
  const lean = Math.tan((shear * Math.PI) / 180)
  const [cosine, sine] = [Math.cos(turn), Math.sin(turn)]
  // The inverse of rotation · shear · scale, where the shear moves what is above the centre (y < 0) to the right.
  const xByX = (cosine - lean * sine) / scale
  const xByY = (sine + lean * cosine) / scale
  const yByX = -sine / scale
  const yByY = cosine / scale
  const centre = (IMAGE_SIDE - 1) / 2
  const [fromX, fromY] = [-centre - shiftX, -centre - shiftY]
  // Half of the last bit of an 8-bit weight makes cutting the rest off a rounding.
  const start = (byX: number, byY: number) => fixed(centre + byX * fromX + byY * fromY) + 128
  return [start(xByX, xByY), fixed(xByX), fixed(xByY), start(yByX, yByY), fixed(yByX), fixed(yByY)]
}

function fixed(value: number): number {
  return Math.round(value * 65536)
}

/**
 * Changes one image by its draws.
 *
 * @param draws DRAW_WORDS words
 * @param elastic of {@link elasticAmplitude}
 * @param image IMAGE_PIXELS bytes, left as they are
 * @param into IMAGE_PIXELS bytes
 */
export function applyAugmentation(
  draws: Int32Array,
  elastic: number,
  image: Uint8Array,
  into: Uint8Array,
): void {
  const strokes = draws[DRAW.strokes] ?? 0
  const source = strokes === 0 ? image : withStrokes(image, strokes)
  const field = elasticField(draws[DRAW.field] ?? 0, elastic)
  const [xStart = 0, xByX = 0, xByY = 0, yStart = 0, yByX = 0, yByY = 0] = draws
  for (let y = 0; y < IMAGE_SIDE; y++)
    for (let x = 0; x < IMAGE_SIDE; x++) {
      const u = xStart + xByX * x + xByY * y + displacement(field, 0, x, y)
      const v = yStart + yByX * x + yByY * y + displacement(field, 1, x, y)
      into[y * IMAGE_SIDE + x] = bilinear(source, u, v)
    }
}

/**
 * One image as training would see it at a place of a step's batch; a copy.
 *
 * @param position in the batch, from 0
 */
export function augmentedImage(
  image: Uint8Array,
  params: AugmentParams,
  { seed, step, position }: { readonly seed: number; readonly step: number; readonly position: number },
): Uint8Array {
  const draws = new Int32Array((position + 1) * DRAW_WORDS)
  drawAugmentation(params, seed, step, draws)
  const into = new Uint8Array(IMAGE_PIXELS)
  applyAugmentation(draws.subarray(position * DRAW_WORDS), elasticAmplitude(params), image, into)
  return into
}

function pixel(image: Uint8Array, x: number, y: number): number {
  return x < 0 || y < 0 || x >= IMAGE_SIDE || y >= IMAGE_SIDE ? 0 : (image[y * IMAGE_SIDE + x] ?? 0)
}

/** Each pixel moved by |strokes| / 256 of the way to the largest or smallest of its neighbourhood. */
function withStrokes(image: Uint8Array, strokes: number): Uint8Array {
  const result = new Uint8Array(IMAGE_PIXELS)
  const share = Math.abs(strokes)
  for (let y = 0; y < IMAGE_SIDE; y++)
    for (let x = 0; x < IMAGE_SIDE; x++) {
      const own = pixel(image, x, y)
      let extreme = own
      for (let dy = -1; dy <= 1; dy++)
        for (let dx = -1; dx <= 1; dx++) {
          const other = pixel(image, x + dx, y + dy)
          extreme = strokes > 0 ? Math.max(extreme, other) : Math.min(extreme, other)
        }
      result[y * IMAGE_SIDE + x] = own + (((extreme - own) * share + 128) >> 8)
    }
  return result
}

/**
 * Displacements (x, y) of the field's points in row order, with 16 bits of fraction. Point g's are the low and the high half of
 * mix32(key xor g·0x9e3779b9), each spread evenly over ± the amplitude.
 */
function elasticField(key: number, elastic: number): Int32Array {
  const field = new Int32Array(2 * FIELD_SIDE * FIELD_SIDE)
  if (elastic === 0) return field
  for (let point = 0; point < FIELD_SIDE * FIELD_SIDE; point++) {
    const number = mix32(key ^ Math.imul(point, 0x9e3779b9))
    field[2 * point] = (((number & 0xffff) - 32768) * elastic) >> 7
    field[2 * point + 1] = (((number >>> 16) - 32768) * elastic) >> 7
  }
  return field
}

/** One part of the field (0: x, 1: y) at a pixel. */
function displacement(field: Int32Array, part: 0 | 1, x: number, y: number): number {
  const at = 2 * ((y >> 3) * FIELD_SIDE + (x >> 3)) + part
  const [right, down] = [x & 7, y & 7]
  const upper = (field[at] ?? 0) * (8 - right) + (field[at + 2] ?? 0) * right
  const below = at + 2 * FIELD_SIDE
  const lower = (field[below] ?? 0) * (8 - right) + (field[below + 2] ?? 0) * right
  return (upper * (8 - down) + lower * down) >> 6
}

/** The image at a place with 16 bits of fraction, of which the upper 8 weigh the four pixels around it. */
function bilinear(image: Uint8Array, u: number, v: number): number {
  const [x, y] = [u >> 16, v >> 16]
  const [right, down] = [(u >> 8) & 255, (v >> 8) & 255]
  const upper = pixel(image, x, y) * (256 - right) + pixel(image, x + 1, y) * right
  const lower = pixel(image, x, y + 1) * (256 - right) + pixel(image, x + 1, y + 1) * right
  return (upper * (256 - down) + lower * down + 32768) >> 16
}
