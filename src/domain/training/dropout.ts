import { mix32, PURPOSE, randomU32, streamKey } from '../random'
import type { Shape } from '../model/spec'

/**
 * Which values dropout drops, the same in every engine. For a layer whose input is height × width × channels, value
 * (y, x, c) of the batch's n-th image has the position
 *
 *   p = n·S + (y·width + x)·C + c,   C = channels rounded up to a multiple of 4,   S = height·width·C rounded up to one of 8.
 *
 * Eight neighbouring positions share four 32-bit numbers. With key = randomU32(streamKey(seed, dropout, step), layer), number n is
 * mix32(key xor n·0x9e3779b9): one round of mixing, since the key is mixed already and a step draws millions of them. Position p
 * takes number 4·⌊p/8⌋ + p mod 4, its low 16 bits when ⌊p/4⌋ is even and its high 16 bits when it is odd. It is dropped when
 * these 16 bits are below round(rate · 65536), and scaled by 1 / (1 − rate) otherwise.
 * Channel dropout is the same over a layer of 1 × 1 × channels.
 */

/** The key of one layer's decisions in one step. `layer` is its index in the spec. */
export function dropoutKey(seed: number, step: number, layer: number): number {
  return randomU32(streamKey(seed, PURPOSE.dropout, step), layer)
}

/** Drop when a 16-bit number is below this. */
export function dropoutThreshold(rate: number): number {
  return Math.round(rate * 65536)
}

/** What the kept values are multiplied by, in float32. */
export function dropoutScale(rate: number): number {
  return Math.fround(1 / (1 - rate))
}

/** Positions that one image of a layer takes, S above: a multiple of 8. */
export function dropoutImageSize(shape: Shape): number {
  return Math.ceil((shape.height * shape.width * Math.ceil(shape.channels / 4) * 4) / 8) * 8
}

/** Whether the value at position p is kept. */
export function dropoutKeeps(key: number, rate: number, position: number): boolean {
  const number = mix32(key ^ Math.imul(4 * Math.floor(position / 8) + (position % 4), 0x9e3779b9))
  const bits = Math.floor(position / 4) % 2 === 0 ? number & 0xffff : number >>> 16
  return bits >= dropoutThreshold(rate)
}

/**
 * The factors of one layer in one step: batch × height × width × channels values, each 0 or `dropoutScale(rate)`. A reference for
 * tests and for engines that take masks as data.
 */
export function dropoutFactors(
  options: { readonly seed: number; readonly step: number; readonly layer: number; readonly rate: number },
  batch: number,
  shape: Shape,
): Float32Array {
  const key = dropoutKey(options.seed, options.step, options.layer)
  const lanes = Math.ceil(shape.channels / 4) * 4
  const imageSize = dropoutImageSize(shape)
  const scale = dropoutScale(options.rate)
  const factors = new Float32Array(batch * shape.height * shape.width * shape.channels)
  let next = 0
  for (let image = 0; image < batch; image++)
    for (let pixel = 0; pixel < shape.height * shape.width; pixel++)
      for (let channel = 0; channel < shape.channels; channel++)
        factors[next++] = dropoutKeeps(key, options.rate, image * imageSize + pixel * lanes + channel)
          ? scale
          : 0
  return factors
}
