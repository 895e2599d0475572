import { IMAGE_PIXELS, type Preprocess } from '../../src/domain/image/preprocess'
import { type Read, read, refuse } from './http'
import { flattenNumbers } from './numbers'

/** Values above this are bytes, not shares: the rule of the reference's server. */
const BYTES_FROM = 1.5
/** What rounding may leave outside [0, 1] when normalised values are turned back. */
const SLACK = 0.01

/** One image of a request as 784 bytes, ink high: flat or 28×28, 0–255 or 0–1. */
export function readImage(image: unknown, target: Uint8Array): Read<null> {
  const flat = flattenNumbers(image, IMAGE_PIXELS, 'pixel')
  if (!flat.ok) return flat
  const { values, count } = flat.value
  if (count !== IMAGE_PIXELS)
    return refuse(400, `Invalid flattened length ${count}, expected ${IMAGE_PIXELS}`)
  let largest = 0
  for (const value of values) largest = Math.max(largest, value)
  return toBytes(values, largest > BYTES_FROM ? 'bytes' : 'shares', target)
}

/** `bytes`: 0–255. `shares`: 0–1. `normalised`: what training saw, by the model's own mean and deviation. */
export type PixelScale = 'bytes' | 'shares' | Pick<Preprocess, 'mean' | 'std'>

/** Writes foreign values as bytes. A value that is no number, infinite or outside its range is refused. */
export function toBytes(values: Float64Array, scale: PixelScale, target: Uint8Array): Read<null> {
  for (const [at, value] of values.entries()) {
    const share = shareOf(value, scale)
    if (!(share >= -SLACK && share <= 1 + SLACK) || (typeof scale === 'string' && (share < 0 || share > 1)))
      return refuse(422, outOfRange(at, value, scale))
    target[at] = Math.round(Math.min(1, Math.max(0, share)) * 255)
  }
  return read(null)
}

function shareOf(value: number, scale: PixelScale): number {
  if (scale === 'bytes') return value / 255
  return scale === 'shares' ? value : value * scale.std + scale.mean
}

function outOfRange(at: number, value: number, scale: PixelScale): string {
  const found = `Expected pixel ${at}`
  if (scale === 'bytes') return `${found} to lie in 0–255, found ${value}`
  if (scale === 'shares') return `${found} to lie in 0–1 (0–255 where any is above 1.5), found ${value}`
  return `${found} to be a normalised value of 0–1 (mean ${scale.mean}, std ${scale.std}), found ${value}`
}
