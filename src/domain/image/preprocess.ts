/**
 * Preprocessing belongs to the model: this record travels dataset → run → model version → bundle, and every user of a model
 * (training, drawing, the API, drift) goes through it.
 */

export const IMAGE_SIDE = 28
export const IMAGE_PIXELS = IMAGE_SIDE * IMAGE_SIDE

export interface Preprocess {
  readonly version: 1
  /** Bytes are divided by this before normalising: 255. */
  readonly scale: 255
  /** Subtracted from the scaled pixel. MNIST's published value is 0.1307. */
  readonly mean: number
  /** Divides what remains. MNIST's published value is 0.3081. */
  readonly std: number
  /** How a drawing becomes a 28×28 digit, see `canvas.ts`. */
  readonly canvas: CanvasPreprocess
}

export interface CanvasPreprocess {
  /** A pixel with at least this share of full ink belongs to the ink box. */
  readonly threshold: number
  /** The longer side of the ink box becomes this many pixels. */
  readonly box: 20
  readonly field: 28
  /** The centre of mass is moved to pixel (14, 14) by a whole number of pixels. */
  readonly centre: 'mass'
  /** A drawing with less ink than this (in full pixels after scaling) is "nothing drawn". */
  readonly minInk: number
}

export const MNIST_PREPROCESS: Preprocess = {
  version: 1,
  scale: 255,
  mean: 0.1307,
  std: 0.3081,
  canvas: { threshold: 0.05, box: 20, field: 28, centre: 'mass', minInk: 8 },
}

/**
 * The 256 values a byte can become: `table[b] = (b / scale − mean) / std`, computed in float64 and rounded once to float32.
 * Every engine normalises through this table, so that page and Node agree to the bit.
 */
export function normalisationTable(preprocess: Preprocess): Float32Array {
  const table = new Float32Array(256)
  for (let byte = 0; byte < 256; byte++)
    table[byte] = (byte / preprocess.scale - preprocess.mean) / preprocess.std
  return table
}
