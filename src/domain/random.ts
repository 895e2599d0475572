/**
 * The studio's only randomness: a counter-based generator keyed by (seed, purpose, step, index). It holds no state, so any
 * engine, thread or resumed run asks for the number at a position and gets the same one. All arithmetic is on 32-bit unsigned
 * integers, so that WGSL and WebAssembly compute it identically.
 */

/** What a random number is for. Numbers are part of recorded runs: never renumber, only add. */
export const PURPOSE = {
  initialise: 1,
  shuffle: 2,
  split: 3,
  dropout: 4,
  augment: 5,
  generateDigits: 6,
  redraw: 7,
  driftNull: 8,
  driftWindow: 9,
  driftShift: 10,
} as const

export type Purpose = (typeof PURPOSE)[keyof typeof PURPOSE]

/**
 * Mixes 32 bits so that each input bit changes about half of the output bits ("lowbias32", Chris Wellons, 2018,
 * https://nullprogram.com/blog/2018/07/31/).
 */
export function mix32(value: number): number {
  let x = value >>> 0
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d)
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b)
  return (x ^ (x >>> 16)) >>> 0
}

/** The key of one stream of numbers; hash it once, then draw many with {@link randomU32}. */
export function streamKey(seed: number, purpose: Purpose, step: number): number {
  return mix32(mix32(mix32(seed >>> 0) ^ Math.imul(purpose, 0x9e3779b9)) ^ Math.imul(step + 1, 0x85ebca6b))
}

/** The `index`-th number of a stream: an integer in [0, 2³²). */
export function randomU32(key: number, index: number): number {
  return mix32(key ^ mix32(Math.imul(index, 0x9e3779b9) + 0x6a09e667))
}

/** The `index`-th number of a stream, uniform in [0, 1) with 24 bits, exact in float32. */
export function randomUnit(key: number, index: number): number {
  return (randomU32(key, index) >>> 8) * 2 ** -24
}

/**
 * The permutation of 0…count−1 that this stream stands for (Fisher–Yates, drawing from the top).
 * The modulo bias is below count / 2³², under 2·10⁻⁵ for 60,000 images.
 */
export function permutation(count: number, key: number): Uint32Array {
  const order = new Uint32Array(count)
  for (let i = 0; i < count; i++) order[i] = i
  for (let i = count - 1; i > 0; i--) {
    const j = randomU32(key, i) % (i + 1)
    const swapped = order[i] as number
    order[i] = order[j] as number
    order[j] = swapped
  }
  return order
}
