/**
 * Direct convolution, channels last: an output pixel is the product of `rows` contiguous runs of the input with packed
 * weights. Two pixels × 16 channels (three × 12, four × 8) keep eight or nine accumulators, and one value of the run is used a
 * turn: more loads in a loop body than registers make V8 spill (it lifts every load of a block above the arithmetic).
 *
 * Over 250 lines because every shape of tile is written out, and every line thrice: plain, ended, and between zeros.
 */
import {
  CONV_INPUT_HEIGHT,
  CONV_KERNEL_ROWS,
  CONV_ROW_PADDING,
  CONV_RUN,
  CONV_WEIGHTS,
  ENDING,
  ENDING_BIAS,
  FIRST_VIEW,
  FLAG_RELU,
  FLAT,
  HEIGHT,
  SECOND_VIEW,
  VECTORS,
  VIEW_IMAGE,
  VIEW_PIXEL,
  VIEW_ROW,
  WIDTH,
} from './descriptor'
import { biasAt, floored, floorOf } from './ending'
import { address, madd, nextBlock, viewStart, word } from './memory'

/** What a vector of sums begins with. */
// @ts-ignore: decorator
@inline
function startAt(END: bool, USED: bool, bias: usize, at: usize): v128 {
  return END && USED ? v128.load(bias + at) : f32x4.splat(0)
}

// @ts-ignore: decorator
@inline
function tile1(END: bool, SKIP: bool, V: i32, input: usize, row: usize, rows: i32, run: usize, weights: usize, skipped: usize, output: usize, bias: usize, floor: usize): void {
  let a0 = startAt(END, true, bias, 0)
  let a1 = startAt(END, V > 1, bias, 16)
  let a2 = startAt(END, V > 2, bias, 32)
  let a3 = startAt(END, V > 3, bias, 48)
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
    if (SKIP) w += skipped
  } while (--left)
  v128.store(output, floored(END, a0, floor))
  if (V > 1) v128.store(output, floored(END, a1, floor), 16)
  if (V > 2) v128.store(output, floored(END, a2, floor), 32)
  if (V > 3) v128.store(output, floored(END, a3, floor), 48)
}

// @ts-ignore: decorator
@inline
function tile2(END: bool, SKIP: bool, V: i32, input: usize, pixel: usize, row: usize, rows: i32, run: usize, weights: usize, skipped: usize, output: usize, outputPixel: usize, bias: usize, floor: usize): void {
  let a0 = startAt(END, true, bias, 0)
  let a1 = startAt(END, V > 1, bias, 16)
  let a2 = startAt(END, V > 2, bias, 32)
  let a3 = startAt(END, V > 3, bias, 48)
  let b0 = a0, b1 = a1, b2 = a2, b3 = a3
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
    if (SKIP) w += skipped
  } while (--left)
  v128.store(output, floored(END, a0, floor))
  v128.store(output + outputPixel, floored(END, b0, floor))
  if (V > 1) {
    v128.store(output, floored(END, a1, floor), 16)
    v128.store(output + outputPixel, floored(END, b1, floor), 16)
  }
  if (V > 2) {
    v128.store(output, floored(END, a2, floor), 32)
    v128.store(output + outputPixel, floored(END, b2, floor), 32)
  }
  if (V > 3) {
    v128.store(output, floored(END, a3, floor), 48)
    v128.store(output + outputPixel, floored(END, b3, floor), 48)
  }
}

/** Three pixels × three vectors. */
// @ts-ignore: decorator
@inline
function tile3(END: bool, input: usize, pixel: usize, row: usize, rows: i32, run: usize, weights: usize, output: usize, outputPixel: usize, bias: usize, floor: usize): void {
  let a0 = startAt(END, true, bias, 0)
  let a1 = startAt(END, true, bias, 16)
  let a2 = startAt(END, true, bias, 32)
  let b0 = a0, b1 = a1, b2 = a2, c0 = a0, c1 = a1, c2 = a2
  let w = weights
  let line = input
  let left = rows
  do {
    let p = line
    let q = line + pixel
    let r = q + pixel
    const end = p + run
    do {
      const x = v128.load32_splat(p)
      const y = v128.load32_splat(q)
      const z = v128.load32_splat(r)
      const w0 = v128.load(w)
      a0 = madd(x, w0, a0)
      b0 = madd(y, w0, b0)
      c0 = madd(z, w0, c0)
      const w1 = v128.load(w, 16)
      a1 = madd(x, w1, a1)
      b1 = madd(y, w1, b1)
      c1 = madd(z, w1, c1)
      const w2 = v128.load(w, 32)
      a2 = madd(x, w2, a2)
      b2 = madd(y, w2, b2)
      c2 = madd(z, w2, c2)
      w += 48
      p += 4
      q += 4
      r += 4
    } while (p < end)
    line += row
  } while (--left)
  const outputC = output + outputPixel + outputPixel
  v128.store(output, floored(END, a0, floor))
  v128.store(output, floored(END, a1, floor), 16)
  v128.store(output, floored(END, a2, floor), 32)
  v128.store(output + outputPixel, floored(END, b0, floor))
  v128.store(output + outputPixel, floored(END, b1, floor), 16)
  v128.store(output + outputPixel, floored(END, b2, floor), 32)
  v128.store(outputC, floored(END, c0, floor))
  v128.store(outputC, floored(END, c1, floor), 16)
  v128.store(outputC, floored(END, c2, floor), 32)
}

/** Four pixels × one or two vectors. */
// @ts-ignore: decorator
@inline
function tile4(END: bool, SKIP: bool, V: i32, input: usize, pixel: usize, row: usize, rows: i32, run: usize, weights: usize, skipped: usize, output: usize, outputPixel: usize, bias: usize, floor: usize): void {
  let a0 = startAt(END, true, bias, 0)
  let a1 = startAt(END, V > 1, bias, 16)
  let b0 = a0, b1 = a1, c0 = a0, c1 = a1, d0 = a0, d1 = a1
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
    if (SKIP) w += skipped
  } while (--left)
  const outputC = output + outputPixel + outputPixel
  v128.store(output, floored(END, a0, floor))
  v128.store(output + outputPixel, floored(END, b0, floor))
  v128.store(outputC, floored(END, c0, floor))
  v128.store(outputC + outputPixel, floored(END, d0, floor))
  if (V > 1) {
    v128.store(output, floored(END, a1, floor), 16)
    v128.store(output + outputPixel, floored(END, b1, floor), 16)
    v128.store(outputC, floored(END, c1, floor), 16)
    v128.store(outputC + outputPixel, floored(END, d1, floor), 16)
  }
}

// @ts-ignore: decorator
@inline
function lineOf(END: bool, V: i32, input: usize, pixel: usize, row: usize, rows: i32, run: usize, weights: usize, output: usize, outputPixel: usize, width: i32, bias: usize, floor: usize): void {
  let left = width
  if (V < 3) {
    while (left >= 4) {
      tile4(END, false, V, input, pixel, row, rows, run, weights, 0, output, outputPixel, bias, floor)
      input += pixel << 2
      output += outputPixel << 2
      left -= 4
    }
  }
  if (V == 3) {
    while (left >= 3) {
      tile3(END, input, pixel, row, rows, run, weights, output, outputPixel, bias, floor)
      input += pixel * 3
      output += outputPixel * 3
      left -= 3
    }
  }
  while (left >= 2) {
    tile2(END, false, V, input, pixel, row, rows, run, weights, 0, output, outputPixel, bias, floor)
    input += pixel << 1
    output += outputPixel << 1
    left -= 2
  }
  if (left) tile1(END, false, V, input, row, rows, run, weights, 0, output, bias, floor)
}

/**
 * A line of an input with zero columns on both sides: taps that meet nothing else in all pixels of a tile are left out. Where
 * there is one column only, a tile of two pixels has none, and this would only take longer.
 */
// @ts-ignore: decorator
@inline
function paddedLineOf(V: i32, input: usize, pixel: usize, row: usize, rows: i32, run: usize, weights: usize, output: usize, outputPixel: usize, width: i32, padding: i32): void {
  let x = 0
  while (x < width) {
    const N = V < 3 && width - x >= 4 ? 4 : width - x >= 2 ? 2 : 1
    const before = <usize>max(0, padding - (x + N - 1)) * pixel
    const taps = run - before - <usize>max(0, padding - (width - 1 - x)) * pixel
    const from = input + before
    const w = weights + before * <usize>(V << 2)
    const skipped = (run - taps) * <usize>(V << 2)
    if (V < 3 && N == 4) tile4(false, true, V, from, pixel, row, rows, taps, w, skipped, output, outputPixel, 0, 0)
    else if (N == 2) tile2(false, true, V, from, pixel, row, rows, taps, w, skipped, output, outputPixel, 0, 0)
    else tile1(false, true, V, from, row, rows, taps, w, skipped, output, 0, 0)
    input += <usize>N * pixel
    output += <usize>N * outputPixel
    x += N
  }
}

function line1(input: usize, pixel: usize, row: usize, rows: i32, run: usize, weights: usize, output: usize, outputPixel: usize, width: i32): void {
  lineOf(false, 1, input, pixel, row, rows, run, weights, output, outputPixel, width, 0, 0)
}
function line2(input: usize, pixel: usize, row: usize, rows: i32, run: usize, weights: usize, output: usize, outputPixel: usize, width: i32): void {
  lineOf(false, 2, input, pixel, row, rows, run, weights, output, outputPixel, width, 0, 0)
}
function line3(input: usize, pixel: usize, row: usize, rows: i32, run: usize, weights: usize, output: usize, outputPixel: usize, width: i32): void {
  lineOf(false, 3, input, pixel, row, rows, run, weights, output, outputPixel, width, 0, 0)
}
function line4(input: usize, pixel: usize, row: usize, rows: i32, run: usize, weights: usize, output: usize, outputPixel: usize, width: i32): void {
  lineOf(false, 4, input, pixel, row, rows, run, weights, output, outputPixel, width, 0, 0)
}

function endedLine1(input: usize, pixel: usize, row: usize, rows: i32, run: usize, weights: usize, output: usize, outputPixel: usize, width: i32, bias: usize, floor: usize): void {
  lineOf(true, 1, input, pixel, row, rows, run, weights, output, outputPixel, width, bias, floor)
}
function endedLine2(input: usize, pixel: usize, row: usize, rows: i32, run: usize, weights: usize, output: usize, outputPixel: usize, width: i32, bias: usize, floor: usize): void {
  lineOf(true, 2, input, pixel, row, rows, run, weights, output, outputPixel, width, bias, floor)
}
function endedLine3(input: usize, pixel: usize, row: usize, rows: i32, run: usize, weights: usize, output: usize, outputPixel: usize, width: i32, bias: usize, floor: usize): void {
  lineOf(true, 3, input, pixel, row, rows, run, weights, output, outputPixel, width, bias, floor)
}
function endedLine4(input: usize, pixel: usize, row: usize, rows: i32, run: usize, weights: usize, output: usize, outputPixel: usize, width: i32, bias: usize, floor: usize): void {
  lineOf(true, 4, input, pixel, row, rows, run, weights, output, outputPixel, width, bias, floor)
}

function paddedLine1(input: usize, pixel: usize, row: usize, rows: i32, run: usize, weights: usize, output: usize, outputPixel: usize, width: i32, padding: i32): void {
  paddedLineOf(1, input, pixel, row, rows, run, weights, output, outputPixel, width, padding)
}
function paddedLine2(input: usize, pixel: usize, row: usize, rows: i32, run: usize, weights: usize, output: usize, outputPixel: usize, width: i32, padding: i32): void {
  paddedLineOf(2, input, pixel, row, rows, run, weights, output, outputPixel, width, padding)
}
function paddedLine3(input: usize, pixel: usize, row: usize, rows: i32, run: usize, weights: usize, output: usize, outputPixel: usize, width: i32, padding: i32): void {
  paddedLineOf(3, input, pixel, row, rows, run, weights, output, outputPixel, width, padding)
}
function paddedLine4(input: usize, pixel: usize, row: usize, rows: i32, run: usize, weights: usize, output: usize, outputPixel: usize, width: i32, padding: i32): void {
  paddedLineOf(4, input, pixel, row, rows, run, weights, output, outputPixel, width, padding)
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

/** The same between columns of zeros. */
// @ts-ignore: decorator
@inline
function convolvePaddedLine(V: i32, input: usize, pixel: usize, row: usize, rows: i32, run: usize, weights: usize, output: usize, outputPixel: usize, width: i32, padding: i32): void {
  if (V == 4) paddedLine4(input, pixel, row, rows, run, weights, output, outputPixel, width, padding)
  else if (V == 3) paddedLine3(input, pixel, row, rows, run, weights, output, outputPixel, width, padding)
  else if (V == 2) paddedLine2(input, pixel, row, rows, run, weights, output, outputPixel, width, padding)
  else paddedLine1(input, pixel, row, rows, run, weights, output, outputPixel, width, padding)
}

/** The same, ended (see ending.ts). */
// @ts-ignore: decorator
@inline
function convolveEndedLine(V: i32, input: usize, pixel: usize, row: usize, rows: i32, run: usize, weights: usize, output: usize, outputPixel: usize, width: i32, bias: usize, floor: usize): void {
  if (V == 4) endedLine4(input, pixel, row, rows, run, weights, output, outputPixel, width, bias, floor)
  else if (V == 3) endedLine3(input, pixel, row, rows, run, weights, output, outputPixel, width, bias, floor)
  else if (V == 2) endedLine2(input, pixel, row, rows, run, weights, output, outputPixel, width, bias, floor)
  else endedLine1(input, pixel, row, rows, run, weights, output, outputPixel, width, bias, floor)
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
  const ending = word(d, ENDING)
  const bias = address(d, ENDING_BIAS)
  const floor = floorOf(ending & FLAG_RELU)
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
      let biases = biasAt(bias)
      let left = vectors
      while (left > 0) {
        const V = nextBlock(left)
        const w = block + <usize>from * (run >> 2) * (<usize>V << 4)
        if (ending) convolveEndedLine(V, inputLine, pixel, row, rows, run, w, target, outputPixel, width, biases, floor)
        else if (padding > 1) convolvePaddedLine(V, inputLine, pixel, row, rows, run, w, target, outputPixel, width, padding)
        else convolveLine(V, inputLine, pixel, row, rows, run, w, target, outputPixel, width)
        if (bias) biases += <usize>V << 4
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
