import type { Preprocess } from '../../../src/domain/image/preprocess'
import { failure, grouped, type Outcome, success } from '../outcome'

/** How far an undone value may lie from a whole byte: float32 keeps normalised bytes to a thousandth. */
const BYTE_SLACK = 0.05

/** Normalised pixels reach below nought: paper is −mean / std. MNIST's lie in −0.4242…2.8215. */
const NORMALISED_LOW = -0.05
const NORMALISED_HIGH = 40

/** What the numbers of an image column stand for. */
export type PixelScale = 'bytes' | 'shares' | 'normalised'

/**
 * Numbers to bytes, by the range of the whole split: reaching below nought they were normalised, and mean and standard
 * deviation are undone, which must give whole bytes; up to 1.001 they are shares of full ink; up to 255 and whole they are bytes. A split without any ink is
 * blank in each of these scales. Anything else is not guessed at.
 */
export function pixelsToBytes(
  name: string,
  values: Float32Array | Uint8Array,
  { mean, std }: Preprocess,
): Outcome<{ readonly images: Uint8Array; readonly scale: PixelScale }> {
  const { low, high } = rangeOf(values)
  if (values instanceof Uint8Array && (high > 1 || high === 0))
    return success({ images: values, scale: 'bytes' })
  if (!Number.isFinite(low) || !Number.isFinite(high))
    return failure(
      'bad-input',
      `${name} must hold numbers as pixels, found one that is none. Write it again without missing pixels.`,
    )

  const paper = -mean / std
  const blank = low === high && Math.abs(low - paper) < 0.01
  if ((low < NORMALISED_LOW && high < NORMALISED_HIGH) || blank) {
    const found = { mean: -low / (high - low), std: 1 / (high - low) }
    const { images, farthest } = scaled(values, (value) => (value * std + mean) * 255)
    if (farthest <= BYTE_SLACK) return success({ images, scale: 'normalised' })
    return failure(
      'bad-input',
      `${name} must hold bytes normalised with mean ${mean} and standard deviation ${std}, found values from ${low.toFixed(4)} to ${high.toFixed(4)}, which look like mean ${found.mean.toFixed(4)} and ${found.std.toFixed(4)}. Set mnist.normalize_mean and mnist.normalize_std to these and choose it again.`,
    )
  }
  if (low >= 0 && high <= 1.001)
    return success({ images: scaled(values, (value) => value * 255).images, scale: 'shares' })
  if (low >= 0 && high <= 255) {
    const { images, farthest } = scaled(values, (value) => value)
    if (farthest === 0) return success({ images, scale: 'bytes' })
  }
  return failure(
    'bad-input',
    `${name} must hold pixels as whole numbers 0…255, as shares 0…1 or normalised (−0.42…2.82), found ${grouped(low)} to ${grouped(high)}. Write its pixels in one of these scales.`,
  )
}

function rangeOf(values: Float32Array | Uint8Array): { low: number; high: number } {
  let low = Infinity
  let high = -Infinity
  for (let at = 0; at < values.length; at++) {
    const value = values[at] ?? 0
    if (Number.isNaN(value)) return { low: Number.NaN, high: Number.NaN }
    if (value < low) low = value
    if (value > high) high = value
  }
  return { low, high }
}

/** Rounded and held within a byte; `farthest` is the largest distance that rounding bridged. */
function scaled(
  values: Float32Array | Uint8Array,
  undo: (value: number) => number,
): { images: Uint8Array; farthest: number } {
  const images = new Uint8Array(values.length)
  let farthest = 0
  for (let at = 0; at < values.length; at++) {
    const value = undo(values[at] ?? 0)
    const byte = Math.min(255, Math.max(0, Math.round(value)))
    const away = Math.abs(value - byte)
    if (away > farthest) farthest = away
    images[at] = byte
  }
  return { images, farthest }
}
