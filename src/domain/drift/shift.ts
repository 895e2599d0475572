import type { LabelledImages } from '../dataset/dataset'
import { IMAGE_PIXELS, IMAGE_SIDE } from '../image/preprocess'
import { permutation, PURPOSE, randomU32, randomUnit, streamKey } from '../random'
import { affineWords, applyAugmentation, DRAW, DRAW_WORDS } from '../training/augment'

/** What can be done to a window to see which signal notices. All but `class-mix` change the images and leave the labels. */
export const SHIFT_KINDS = [
  'rotate',
  'shift',
  'noise',
  'invert',
  'class-mix',
  'blur',
  'thicker',
  'contrast',
] as const

export type ShiftKind = (typeof SHIFT_KINDS)[number]

/** What a strength means, and how far it goes. */
export interface ShiftScale {
  /** Nothing is changed at this strength. */
  readonly neutral: number
  readonly largest: number
  /** Strengths worth trying one after the other, the neutral one first. */
  readonly ladder: readonly number[]
}

export const SHIFT_SCALES: Readonly<Record<ShiftKind, ShiftScale>> = {
  /** Degrees clockwise. */
  rotate: { neutral: 0, largest: 180, ladder: [0, 10, 15, 20, 30, 45] },
  /** Pixels to the right. */
  shift: { neutral: 0, largest: 14, ladder: [0, 1, 2, 3, 4, 5] },
  /** Standard deviation of Gaussian noise, as a share of full ink. */
  noise: { neutral: 0, largest: 1, ladder: [0, 0.1, 0.2, 0.3, 0.4, 0.5] },
  /** Share of the images whose ink and paper change places. */
  invert: { neutral: 0, largest: 1, ladder: [0, 0.05, 0.1, 0.25, 0.5, 1] },
  /** How many times as often ones and sevens come. */
  'class-mix': { neutral: 1, largest: 20, ladder: [1, 1.5, 2, 3, 4] },
  /** Standard deviation of a Gaussian in pixels. */
  blur: { neutral: 0, largest: 3, ladder: [0, 0.5, 1, 1.5, 2] },
  /** Pixels by which strokes grow on each side. */
  thicker: { neutral: 0, largest: 3, ladder: [0, 0.5, 1, 1.5, 2] },
  /** Share of the ink's darkness that is lost. */
  contrast: { neutral: 0, largest: 1, ladder: [0, 0.25, 0.5, 0.75] },
}

/** The digits that a class mix brings more of. */
const FREQUENT: ReadonlySet<number> = new Set([1, 7])

/** @throws RangeError when the strength lies outside the shift's scale */
function checkShift(kind: ShiftKind, strength: number): void {
  const { neutral, largest } = SHIFT_SCALES[kind]
  if (!(strength >= neutral && strength <= largest))
    throw new RangeError(`the strength of ${kind} lies in ${neutral}…${largest}, found ${strength}`)
}

/**
 * Images of a window in random order: a stored set may be ordered (MNIST's by writer), so that its first images are no sample.
 *
 * @param available images there are
 * @param count wanted; all when there are not more
 * @returns positions, each at most once
 */
export function sampleWindow(available: number, count: number, seed: number): Uint32Array {
  const order = permutation(available, streamKey(seed, PURPOSE.driftWindow, 0))
  return order.subarray(0, Math.min(count, available))
}

/**
 * A window of a split with one shift done to it; the same seed gives the same bytes.
 *
 * @param count images wanted; all of the split when it has not more
 * @throws RangeError when the strength lies outside the shift's scale, or the split lacks the digits a class mix needs
 */
export function shiftedWindow(
  split: LabelledImages,
  kind: ShiftKind,
  strength: number,
  count: number,
  seed: number,
): LabelledImages {
  checkShift(kind, strength)
  const indices =
    kind === 'class-mix' ? mixedWindow(split, strength, count, seed) : sampleWindow(split.count, count, seed)
  const images = new Uint8Array(indices.length * IMAGE_PIXELS)
  const labels = new Uint8Array(indices.length)
  const change = changeOf(kind, strength)
  const key = streamKey(seed, PURPOSE.driftShift, 0)
  for (const [row, index] of indices.entries()) {
    const digit = split.images.subarray(index * IMAGE_PIXELS, (index + 1) * IMAGE_PIXELS)
    const into = images.subarray(row * IMAGE_PIXELS, (row + 1) * IMAGE_PIXELS)
    if (strength === SHIFT_SCALES[kind].neutral) into.set(digit)
    else change(digit, into, key, row)
    labels[row] = split.labels[index] ?? 0
  }
  return { count: indices.length, images, labels }
}

/** One digit with a shift done to it, for showing; a copy. */
export function shiftedDigit(digit: Uint8Array, kind: ShiftKind, strength: number): Uint8Array {
  const one = { count: 1, images: digit, labels: new Uint8Array(1) }
  return kind === 'class-mix' ? digit.slice() : shiftedWindow(one, kind, strength, 1, 0).images
}

/** Drawn with replacement: ones and sevens `factor` times as often as the others. */
function mixedWindow({ labels }: LabelledImages, factor: number, count: number, seed: number): Uint32Array {
  if (labels.length === 0) throw new RangeError('a class mix needs at least one image, found none')
  const key = streamKey(seed, PURPOSE.driftWindow, 1)
  const indices = new Uint32Array(Math.min(count, labels.length))
  let draw = 0
  for (let row = 0; row < indices.length; draw += 2) {
    const index = randomU32(key, draw) % labels.length
    const wanted = FREQUENT.has(labels[index] ?? 0)
    if (wanted || randomUnit(key, draw + 1) * factor < 1) indices[row++] = index
  }
  return indices
}

type Change = (digit: Uint8Array, into: Uint8Array, key: number, row: number) => void

function changeOf(kind: ShiftKind, strength: number): Change {
  switch (kind) {
    case 'rotate':
      return placed(strength, 0)
    case 'shift':
      return placed(0, strength)
    case 'thicker':
      return (digit, into) => into.set(thicker(digit, strength))
    case 'noise':
      return (digit, into, key, row) => addNoise(digit, into, strength, key, row)
    case 'invert':
      return (digit, into, key, row) => {
        const inverted = randomUnit(key, row) < strength
        for (const [at, byte] of digit.entries()) into[at] = inverted ? 255 - byte : byte
      }
    case 'blur':
      return blurred(strength)
    case 'contrast':
      return (digit, into) => {
        for (const [at, byte] of digit.entries()) into[at] = Math.round(byte * (1 - strength))
      }
    case 'class-mix':
      return (digit, into) => into.set(digit)
  }
}

/** By the map that training's augmentation moves images with. */
function placed(rotation: number, shiftX: number): Change {
  const words = new Int32Array(DRAW_WORDS)
  words.set(affineWords({ rotation, shiftX, shiftY: 0, scale: 1, shear: 0 }))
  return (digit, into) => applyAugmentation(words, 0, digit, into)
}

/** Whole pixels one after the other, then what is left of one. */
function thicker(digit: Uint8Array, strength: number): Uint8Array {
  let from = digit
  for (let left = strength; left > 0; left -= 1) {
    const words = new Int32Array(DRAW_WORDS)
    words.set(affineWords({ rotation: 0, shiftX: 0, shiftY: 0, scale: 1, shear: 0 }))
    words[DRAW.strokes] = Math.round(256 * Math.min(1, left))
    const into = new Uint8Array(IMAGE_PIXELS)
    applyAugmentation(words, 0, from, into)
    from = into
  }
  return from
}

/** Two normal numbers of two uniform ones (Box and Muller, 1958). */
function addNoise(digit: Uint8Array, into: Uint8Array, strength: number, key: number, row: number): void {
  for (let at = 0; at < IMAGE_PIXELS; at += 2) {
    const place = row * IMAGE_PIXELS + at
    const radius = 255 * strength * Math.sqrt(-2 * Math.log(1 - randomUnit(key, place)))
    const angle = 2 * Math.PI * randomUnit(key, place + 1)
    into[at] = byteOf((digit[at] ?? 0) + radius * Math.cos(angle))
    into[at + 1] = byteOf((digit[at + 1] ?? 0) + radius * Math.sin(angle))
  }
}

function blurred(sigma: number): Change {
  const reach = Math.ceil(3 * sigma)
  const weights = Array.from({ length: 2 * reach + 1 }, (_, at) =>
    Math.exp(-0.5 * ((at - reach) / sigma) ** 2),
  )
  const whole = weights.reduce((sum, weight) => sum + weight, 0)
  const rows = new Float64Array(IMAGE_PIXELS)
  return (digit, into) => {
    for (let y = 0; y < IMAGE_SIDE; y++)
      for (let x = 0; x < IMAGE_SIDE; x++) {
        let sum = 0
        for (const [at, weight] of weights.entries()) {
          const from = x + at - reach
          if (from >= 0 && from < IMAGE_SIDE) sum += weight * (digit[y * IMAGE_SIDE + from] ?? 0)
        }
        rows[y * IMAGE_SIDE + x] = sum / whole
      }
    for (let y = 0; y < IMAGE_SIDE; y++)
      for (let x = 0; x < IMAGE_SIDE; x++) {
        let sum = 0
        for (const [at, weight] of weights.entries()) {
          const from = y + at - reach
          if (from >= 0 && from < IMAGE_SIDE) sum += weight * (rows[from * IMAGE_SIDE + x] ?? 0)
        }
        into[y * IMAGE_SIDE + x] = byteOf(sum / whole)
      }
  }
}

function byteOf(value: number): number {
  return Math.min(255, Math.max(0, Math.round(value)))
}
