/**
 * Filter gradient of the direct convolution: for two values k of a kernel row's run and up to 16 output channels the sum over
 * all pixels of a block stays in registers. The result is laid out as the packed weights are.
 *
 * Over 250 lines because every shape of tile is written out.
 */
import {
  CONV_INPUT_HEIGHT,
  CONV_KERNEL_ROWS,
  CONV_PARTIAL,
  CONV_PARTIAL_STRIDE,
  CONV_ROW_PADDING,
  CONV_RUN,
  FIRST_VIEW,
  FLAT,
  HEIGHT,
  SECOND_VIEW,
  VECTORS,
  VIEW_IMAGE,
  VIEW_PIXEL,
  VIEW_ROW,
  WIDTH,
} from './descriptor'
import { address, madd, nextBlock, viewStart, word } from './memory'

/** Where a tile reads: set once a call, so that tiles need few parameters. Globals belong to one instance, that is one thread. */
let images: i32 = 0
let width: i32 = 0
let inputImage: usize = 0
let inputRow: usize = 0
let inputPixel: usize = 0
let gradientImage: usize = 0
let gradientRow: usize = 0
let gradientPixel: usize = 0

// @ts-ignore: decorator
@inline
function tile(V: i32, K: i32, input: usize, gradient: usize, rows: i32, out: usize, fresh: bool): void {
  let a0 = f32x4.splat(0)
  let a1 = a0, a2 = a0, a3 = a0, b0 = a0, b1 = a0, b2 = a0, b3 = a0
  let c0 = a0, c1 = a0, e0 = a0, e1 = a0
  const step = inputPixel
  const gradientStep = gradientPixel
  for (let image = images; image > 0; image--) {
    let inputLine = input
    let gradientLine = gradient
    for (let y = rows; y > 0; y--) {
      let p = inputLine
      let g = gradientLine
      let x = width
      do {
        const s = v128.load32_splat(p)
        const g0 = v128.load(g)
        a0 = madd(s, g0, a0)
        if (K == 1) {
          if (V > 1) a1 = madd(s, v128.load(g, 16), a1)
          if (V > 2) a2 = madd(s, v128.load(g, 32), a2)
          if (V > 3) a3 = madd(s, v128.load(g, 48), a3)
        }
        if (K == 2) {
          const t = v128.load32_splat(p, 4)
          b0 = madd(t, g0, b0)
          if (V > 1) {
            const g1 = v128.load(g, 16)
            a1 = madd(s, g1, a1)
            b1 = madd(t, g1, b1)
          }
          if (V > 2) {
            const g2 = v128.load(g, 32)
            a2 = madd(s, g2, a2)
            b2 = madd(t, g2, b2)
          }
          if (V > 3) {
            const g3 = v128.load(g, 48)
            a3 = madd(s, g3, a3)
            b3 = madd(t, g3, b3)
          }
        }
        if (K == 4) {
          const t = v128.load32_splat(p, 4)
          const u = v128.load32_splat(p, 8)
          const v = v128.load32_splat(p, 12)
          b0 = madd(t, g0, b0)
          c0 = madd(u, g0, c0)
          e0 = madd(v, g0, e0)
          if (V > 1) {
            const g1 = v128.load(g, 16)
            a1 = madd(s, g1, a1)
            b1 = madd(t, g1, b1)
            c1 = madd(u, g1, c1)
            e1 = madd(v, g1, e1)
          }
        }
        p += step
        g += gradientStep
      } while (--x)
      inputLine += inputRow
      gradientLine += gradientRow
    }
    input += inputImage
    gradient += gradientImage
  }
  keep(out, a0, fresh)
  if (V > 1) keep(out + 16, a1, fresh)
  if (V > 2) keep(out + 32, a2, fresh)
  if (V > 3) keep(out + 48, a3, fresh)
  if (K > 1) {
    const next = out + (V << 4)
    keep(next, b0, fresh)
    if (V > 1) keep(next + 16, b1, fresh)
    if (V > 2) keep(next + 32, b2, fresh)
    if (V > 3) keep(next + 48, b3, fresh)
  }
  if (K > 2) {
    const third = out + (V << 5)
    const fourth = third + (V << 4)
    keep(third, c0, fresh)
    keep(fourth, e0, fresh)
    if (V > 1) {
      keep(third + 16, c1, fresh)
      keep(fourth + 16, e1, fresh)
    }
  }
}

// @ts-ignore: decorator
@inline
function keep(target: usize, value: v128, fresh: bool): void {
  v128.store(target, fresh ? value : f32x4.add(v128.load(target), value))
}

function tile4x2(input: usize, gradient: usize, rows: i32, out: usize, fresh: bool): void {
  tile(4, 2, input, gradient, rows, out, fresh)
}
function tile3x2(input: usize, gradient: usize, rows: i32, out: usize, fresh: bool): void {
  tile(3, 2, input, gradient, rows, out, fresh)
}
function tile2x4(input: usize, gradient: usize, rows: i32, out: usize, fresh: bool): void {
  tile(2, 4, input, gradient, rows, out, fresh)
}
function tile1x4(input: usize, gradient: usize, rows: i32, out: usize, fresh: bool): void {
  tile(1, 4, input, gradient, rows, out, fresh)
}
function tile4x1(input: usize, gradient: usize, rows: i32, out: usize, fresh: bool): void {
  tile(4, 1, input, gradient, rows, out, fresh)
}
function tile3x1(input: usize, gradient: usize, rows: i32, out: usize, fresh: bool): void {
  tile(3, 1, input, gradient, rows, out, fresh)
}
function tile2x1(input: usize, gradient: usize, rows: i32, out: usize, fresh: bool): void {
  tile(2, 1, input, gradient, rows, out, fresh)
}
function tile1x1(input: usize, gradient: usize, rows: i32, out: usize, fresh: bool): void {
  tile(1, 1, input, gradient, rows, out, fresh)
}

/** The values `from … to − 1` of one kernel row, for one block of V vectors of output channels. */
function kernelRow(V: i32, from: i32, to: i32, input: usize, gradient: usize, rows: i32, out: usize, fresh: bool): void {
  let k = from
  const wide = V > 2 ? 2 : 4
  for (; k + wide <= to; k += wide) {
    const p = input + (<usize>k << 2)
    const o = out + <usize>(k * V) * 16
    if (V == 4) tile4x2(p, gradient, rows, o, fresh)
    else if (V == 3) tile3x2(p, gradient, rows, o, fresh)
    else if (V == 2) tile2x4(p, gradient, rows, o, fresh)
    else tile1x4(p, gradient, rows, o, fresh)
  }
  for (; k < to; k++) {
    const p = input + (<usize>k << 2)
    const o = out + <usize>(k * V) * 16
    if (V == 4) tile4x1(p, gradient, rows, o, fresh)
    else if (V == 3) tile3x1(p, gradient, rows, o, fresh)
    else if (V == 2) tile2x1(p, gradient, rows, o, fresh)
    else tile1x1(p, gradient, rows, o, fresh)
  }
}

function aim(d: usize, count: i32): void {
  const flat = word(d, FLAT)
  images = flat ? 1 : count
  width = flat ? count : word(d, WIDTH)
  inputImage = address(d, FIRST_VIEW + VIEW_IMAGE)
  inputRow = address(d, FIRST_VIEW + VIEW_ROW)
  inputPixel = address(d, FIRST_VIEW + VIEW_PIXEL)
  gradientImage = address(d, SECOND_VIEW + VIEW_IMAGE)
  gradientRow = address(d, SECOND_VIEW + VIEW_ROW)
  gradientPixel = address(d, SECOND_VIEW + VIEW_PIXEL)
}

/** What a tile walks over should stay in the first-level cache, since all tiles of a kernel row walk over it. */
const SLAB_BYTES = 24576

/** Rows `fromRow … toRow − 1` of the output plane, for all values of the kernel. */
function slab(d: usize, fromRow: i32, toRow: i32, input: usize, gradient: usize, out: usize, fresh: bool): void {
  const inputHeight = word(d, CONV_INPUT_HEIGHT)
  const padding = word(d, CONV_ROW_PADDING)
  const kernelRows = word(d, CONV_KERNEL_ROWS)
  const run = word(d, CONV_RUN) >> 2
  let left = word(d, VECTORS)
  while (left > 0) {
    const V = nextBlock(left)
    for (let ky = 0; ky < kernelRows; ky++) {
      const from = max(fromRow, padding - ky)
      const rows = min(toRow, inputHeight + padding - ky) - from
      const line = input + <usize>((from + ky - padding) * <i32>inputRow)
      kernelRow(V, 0, run, line, gradient + <usize>(from * <i32>gradientRow), rows, out, fresh)
      out += <usize>(run * V) * 16
    }
    gradient += <usize>V << 4
    left -= V
  }
}

/** first view: the convolution's input; second: gradient of its output. Adds a block of images to the slice's partial sums. */
export function filterGradient(d: usize, first: i32, count: i32, slice: i32, fresh: bool): void {
  aim(d, count)
  let input = viewStart(d, FIRST_VIEW, first)
  let gradient = viewStart(d, SECOND_VIEW, first)
  const out = address(d, CONV_PARTIAL) + <usize>slice * address(d, CONV_PARTIAL_STRIDE)
  if (word(d, FLAT)) {
    slab(d, 0, 1, input, gradient, out, fresh)
    return
  }
  const height = word(d, HEIGHT)
  const rowsInCache = max(1, SLAB_BYTES / <i32>(inputRow + gradientRow))
  const slabRows = min(height, rowsInCache)
  const slabImages = max(1, rowsInCache / height)
  for (let image = 0; image < count; image += slabImages) {
    images = min(slabImages, count - image)
    for (let y = 0; y < height; y += slabRows)
      slab(d, y, min(height, y + slabRows), input, gradient, out, fresh && image + y == 0)
    input += <usize>slabImages * inputImage
    gradient += <usize>slabImages * gradientImage
  }
}

/**
 * One product: the sums over `pixels` of every value of the input's pixel times every vector of the gradient's. Returns where the
 * next product's results go.
 */
export function filterProduct(vectors: i32, pixels: i32, input: usize, pixel: usize, gradient: usize, gradientStep: usize, out: usize, fresh: bool): usize {
  images = 1
  width = pixels
  inputPixel = pixel
  gradientPixel = gradientStep
  const run = <i32>(pixel >> 2)
  let left = vectors
  while (left > 0) {
    const V = nextBlock(left)
    kernelRow(V, 0, run, input, gradient, 1, out, fresh)
    out += <usize>(run * V) * 16
    gradient += <usize>V << 4
    left -= V
  }
  return out
}

/** The same for a flat operation over the whole batch, split by values of the run instead of by images: no partial sums. */
export function filterGradientRange(d: usize, unit: i32, units: i32, count: i32): void {
  aim(d, count)
  const run = word(d, CONV_RUN) >> 2
  const quads = (run + 3) >> 2
  const from = min(run, ((quads * unit) / units) << 2)
  const to = min(run, ((quads * (unit + 1)) / units) << 2)
  const input = viewStart(d, FIRST_VIEW, 0)
  let gradient = viewStart(d, SECOND_VIEW, 0)
  let out = address(d, CONV_PARTIAL)
  let left = word(d, VECTORS)
  while (left > 0) {
    const V = nextBlock(left)
    kernelRow(V, from, to, input, gradient, 1, out, true)
    out += <usize>(run * V) * 16
    gradient += <usize>V << 4
    left -= V
  }
}
