/**
 * Direct convolution, channels last: an output pixel is the product of `rows` contiguous runs of the input with packed
 * weights. Two pixels × 16 channels (or four × 8) keep eight accumulators, and one value of the run is used a turn: more
 * loads in a loop body than registers make V8 spill (it lifts every load of a block above the arithmetic).
 */
import {
  CONV_INPUT_HEIGHT,
  CONV_KERNEL_ROWS,
  CONV_ROW_PADDING,
  CONV_RUN,
  CONV_WEIGHTS,
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

// @ts-ignore: decorator
@inline
function tile1(V: i32, input: usize, row: usize, rows: i32, run: usize, weights: usize, output: usize): void {
  let a0 = f32x4.splat(0)
  let a1 = a0, a2 = a0, a3 = a0
  let w = weights
  let line = input
  let left = rows
  do {
    let p = line
    const end = p + run
    do {
      const x = v128.load32_splat(p)
      a0 = madd(x, v128.load(w), a0)
      if (V > 1) a1 = madd(x, v128.load(w, 16), a1)
      if (V > 2) a2 = madd(x, v128.load(w, 32), a2)
      if (V > 3) a3 = madd(x, v128.load(w, 48), a3)
      w += V << 4
      p += 4
    } while (p < end)
    line += row
  } while (--left)
  v128.store(output, a0)
  if (V > 1) v128.store(output, a1, 16)
  if (V > 2) v128.store(output, a2, 32)
  if (V > 3) v128.store(output, a3, 48)
}

// @ts-ignore: decorator
@inline
function tile2(V: i32, input: usize, pixel: usize, row: usize, rows: i32, run: usize, weights: usize, output: usize, outputPixel: usize): void {
  let a0 = f32x4.splat(0)
  let a1 = a0, a2 = a0, a3 = a0, b0 = a0, b1 = a0, b2 = a0, b3 = a0
  let w = weights
  let line = input
  let left = rows
  do {
    let p = line
    let q = line + pixel
    const end = p + run
    do {
      const x = v128.load32_splat(p)
      const y = v128.load32_splat(q)
      const w0 = v128.load(w)
      a0 = madd(x, w0, a0)
      b0 = madd(y, w0, b0)
      if (V > 1) {
        const w1 = v128.load(w, 16)
        a1 = madd(x, w1, a1)
        b1 = madd(y, w1, b1)
      }
      if (V > 2) {
        const w2 = v128.load(w, 32)
        a2 = madd(x, w2, a2)
        b2 = madd(y, w2, b2)
      }
      if (V > 3) {
        const w3 = v128.load(w, 48)
        a3 = madd(x, w3, a3)
        b3 = madd(y, w3, b3)
      }
      w += V << 4
      p += 4
      q += 4
    } while (p < end)
    line += row
  } while (--left)
  v128.store(output, a0)
  v128.store(output + outputPixel, b0)
  if (V > 1) {
    v128.store(output, a1, 16)
    v128.store(output + outputPixel, b1, 16)
  }
  if (V > 2) {
    v128.store(output, a2, 32)
    v128.store(output + outputPixel, b2, 32)
  }
  if (V > 3) {
    v128.store(output, a3, 48)
    v128.store(output + outputPixel, b3, 48)
  }
}

/** Four pixels × one or two vectors. */
// @ts-ignore: decorator
@inline
function tile4(V: i32, input: usize, pixel: usize, row: usize, rows: i32, run: usize, weights: usize, output: usize, outputPixel: usize): void {
  let a0 = f32x4.splat(0)
  let a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, d0 = a0, d1 = a0
  let w = weights
  let line = input
  let left = rows
  do {
    let p = line
    let q = line + pixel
    let r = q + pixel
    let s = r + pixel
    const end = p + run
    do {
      const x = v128.load32_splat(p)
      const y = v128.load32_splat(q)
      const z = v128.load32_splat(r)
      const t = v128.load32_splat(s)
      const w0 = v128.load(w)
      a0 = madd(x, w0, a0)
      b0 = madd(y, w0, b0)
      c0 = madd(z, w0, c0)
      d0 = madd(t, w0, d0)
      if (V > 1) {
        const w1 = v128.load(w, 16)
        a1 = madd(x, w1, a1)
        b1 = madd(y, w1, b1)
        c1 = madd(z, w1, c1)
        d1 = madd(t, w1, d1)
      }
      w += V << 4
      p += 4
      q += 4
      r += 4
      s += 4
    } while (p < end)
    line += row
  } while (--left)
  const outputC = output + outputPixel + outputPixel
  v128.store(output, a0)
  v128.store(output + outputPixel, b0)
  v128.store(outputC, c0)
  v128.store(outputC + outputPixel, d0)
  if (V > 1) {
    v128.store(output, a1, 16)
    v128.store(output + outputPixel, b1, 16)
    v128.store(outputC, c1, 16)
    v128.store(outputC + outputPixel, d1, 16)
  }
}

// @ts-ignore: decorator
@inline
function lineOf(V: i32, input: usize, pixel: usize, row: usize, rows: i32, run: usize, weights: usize, output: usize, outputPixel: usize, width: i32): void {
  let left = width
  if (V < 3) {
    while (left >= 4) {
      tile4(V, input, pixel, row, rows, run, weights, output, outputPixel)
      input += pixel << 2
      output += outputPixel << 2
      left -= 4
    }
  }
  while (left >= 2) {
    tile2(V, input, pixel, row, rows, run, weights, output, outputPixel)
    input += pixel << 1
    output += outputPixel << 1
    left -= 2
  }
  if (left) tile1(V, input, row, rows, run, weights, output)
}

function line1(input: usize, pixel: usize, row: usize, rows: i32, run: usize, weights: usize, output: usize, outputPixel: usize, width: i32): void {
  lineOf(1, input, pixel, row, rows, run, weights, output, outputPixel, width)
}
function line2(input: usize, pixel: usize, row: usize, rows: i32, run: usize, weights: usize, output: usize, outputPixel: usize, width: i32): void {
  lineOf(2, input, pixel, row, rows, run, weights, output, outputPixel, width)
}
function line3(input: usize, pixel: usize, row: usize, rows: i32, run: usize, weights: usize, output: usize, outputPixel: usize, width: i32): void {
  lineOf(3, input, pixel, row, rows, run, weights, output, outputPixel, width)
}
function line4(input: usize, pixel: usize, row: usize, rows: i32, run: usize, weights: usize, output: usize, outputPixel: usize, width: i32): void {
  lineOf(4, input, pixel, row, rows, run, weights, output, outputPixel, width)
}

/** A line of output pixels for one block of V vectors. */
// @ts-ignore: decorator
@inline
export function convolveLine(V: i32, input: usize, pixel: usize, row: usize, rows: i32, run: usize, weights: usize, output: usize, outputPixel: usize, width: i32): void {
  if (V == 4) line4(input, pixel, row, rows, run, weights, output, outputPixel, width)
  else if (V == 3) line3(input, pixel, row, rows, run, weights, output, outputPixel, width)
  else if (V == 2) line2(input, pixel, row, rows, run, weights, output, outputPixel, width)
  else line1(input, pixel, row, rows, run, weights, output, outputPixel, width)
}

/** first view: input with its zero columns; second: output. Input rows outside the image are left out of the sums. */
export function convolve(d: usize, first: i32, count: i32): void {
  const flat = word(d, FLAT)
  const height = flat ? 1 : word(d, HEIGHT)
  const width = flat ? count : word(d, WIDTH)
  const images = flat ? 1 : count
  const vectors = word(d, VECTORS)
  const weights = address(d, CONV_WEIGHTS)
  const inputHeight = word(d, CONV_INPUT_HEIGHT)
  const padding = word(d, CONV_ROW_PADDING)
  const kernelRows = word(d, CONV_KERNEL_ROWS)
  const run = address(d, CONV_RUN)
  const row = address(d, FIRST_VIEW + VIEW_ROW)
  const pixel = address(d, FIRST_VIEW + VIEW_PIXEL)
  const outputPixel = address(d, SECOND_VIEW + VIEW_PIXEL)
  let input = viewStart(d, FIRST_VIEW, first)
  let output = viewStart(d, SECOND_VIEW, first)
  for (let image = 0; image < images; image++) {
    let outputLine = output
    for (let y = 0; y < height; y++) {
      const from = max(0, padding - y)
      const rows = min(kernelRows, inputHeight + padding - y) - from
      const inputLine = input + <usize>((y - padding + from) * <i32>row)
      let block = weights
      let target = outputLine
      let left = vectors
      while (left > 0) {
        const V = nextBlock(left)
        const w = block + <usize>from * (run >> 2) * (<usize>V << 4)
        convolveLine(V, inputLine, pixel, row, rows, run, w, target, outputPixel, width)
        block += <usize>kernelRows * (run >> 2) * (<usize>V << 4)
        target += <usize>V << 4
        left -= V
      }
      outputLine += address(d, SECOND_VIEW + VIEW_ROW)
    }
    input += address(d, FIRST_VIEW + VIEW_IMAGE)
    output += address(d, SECOND_VIEW + VIEW_IMAGE)
  }
}
