/**
 * Winograd's two-dimensional transforms, an image at a time, a row of tiles at a time: first down the columns into rows that
 * stay in the first-level cache, where neighbouring tiles share what they overlap in, then along those rows.
 *
 * Transformed values lie as [point][tile of all images of the block][channel], so that what is multiplied is one matrix a point.
 * Edges need no code of their own: rows outside the image are read from a row of zeros, columns outside it from columns that
 * nothing writes to.
 *
 * Over 250 lines because the four transforms mirror each other and share what `aim` reads.
 */
import {
  ENDING,
  ENDING_BIAS,
  FIRST_VIEW,
  FLAG_RELU,
  HEIGHT,
  SECOND_VIEW,
  THIRD_VIEW,
  VIEW_BASE,
  VIEW_IMAGE,
  VIEW_PIXEL,
  VIEW_ROW,
  WIDTH,
  WINOGRAD_COLUMNS,
  WINOGRAD_PADDING,
  WINOGRAD_ROWS,
  WINOGRAD_TILE,
} from './descriptor'
import { biasAt, floorOf } from './ending'
import { address, madd, nmadd, viewStart, word } from './memory'
import { eight, five, four, gradient2, gradient4, input2, input4, output2, output4, two } from './winograd-lines'

/** The operation's numbers, read once a call. Globals belong to one instance, that is one thread. */
let height: i32 = 0
let width: i32 = 0
let padding: i32 = 0
let tileRows: i32 = 0
let tileColumns: i32 = 0
/** Bytes of a pixel (of every tensor involved), of a point's values of a block. */
let pixel: usize = 0
let point: usize = 0
/** The image's rows; the rows in between. */
let row: usize = 0
let between: usize = 0
let betweenRow: usize = 0
/** How an output ends: see ending.ts. */
let biases: usize = 0
let biasStep: usize = 0
let floor: usize = 0

function aim(d: usize, view: i32, count: i32): void {
  height = word(d, HEIGHT)
  width = word(d, WIDTH)
  padding = word(d, WINOGRAD_PADDING)
  tileRows = word(d, WINOGRAD_ROWS)
  tileColumns = word(d, WINOGRAD_COLUMNS)
  pixel = address(d, view + VIEW_PIXEL)
  point = <usize>(count * tileRows * tileColumns) * pixel
  row = address(d, view + VIEW_ROW)
  between = address(d, THIRD_VIEW + VIEW_BASE)
  betweenRow = address(d, THIRD_VIEW + VIEW_ROW)
}

/** Where row y of the image lies, or the row of zeros, which is the last of those in between. */
// @ts-ignore: decorator
@inline
function rowOrZeros(N: i32, image: usize, y: i32): usize {
  return <u32>y < <u32>height ? image + <usize>y * row : between + <usize>N * betweenRow
}

// @ts-ignore: decorator
@inline
function inputRows(T: i32, image: usize, transformed: usize): void {
  const c2 = two()
  const c4 = four()
  const c5 = five()
  const bytes = <usize>width * pixel
  const inner = <usize>padding * pixel
  for (let ty = 0; ty < tileRows; ty++) {
    const y = ty * T - padding
    const r0 = rowOrZeros(T + 2, image, y)
    const r1 = rowOrZeros(T + 2, image, y + 1)
    const r2 = rowOrZeros(T + 2, image, y + 2)
    const r3 = rowOrZeros(T + 2, image, y + 3)
    const r4 = T == 4 ? rowOrZeros(T + 2, image, y + 4) : 0
    const r5 = T == 4 ? rowOrZeros(T + 2, image, y + 5) : 0
    const down = between + inner
    let at: usize = 0
    do {
      if (T == 4) input4(r0 + at, r1 + at, r2 + at, r3 + at, r4 + at, r5 + at, down + at, betweenRow, c2, c4, c5)
      else input2(r0 + at, r1 + at, r2 + at, r3 + at, down + at, betweenRow)
      at += 16
    } while (at < bytes)
    for (let i = 0; i < T + 2; i++) {
      let p = between + <usize>i * betweenRow
      let q = transformed + <usize>(i * (T + 2)) * point
      for (let left = tileColumns; left > 0; left--) {
        const end = p + pixel
        do {
          const p2 = p + pixel + pixel
          if (T == 4) input4(p, p + pixel, p2, p2 + pixel, p2 + pixel + pixel, p2 + pixel + pixel + pixel, q, point, c2, c4, c5)
          else input2(p, p + pixel, p2, p2 + pixel, q, point)
          p += 16
          q += 16
        } while (p < end)
        p += <usize>(T - 1) * pixel
      }
    }
    transformed += <usize>tileColumns * pixel
  }
}

function inputRows2(image: usize, transformed: usize): void {
  inputRows(2, image, transformed)
}
function inputRows4(image: usize, transformed: usize): void {
  inputRows(4, image, transformed)
}

/** first view: the convolution's input; second: its tiles, transformed; third: rows in between. */
export function winogradInput(d: usize, first: i32, count: i32): void {
  aim(d, FIRST_VIEW, count)
  let image = viewStart(d, FIRST_VIEW, first)
  let transformed = address(d, SECOND_VIEW + VIEW_BASE)
  for (let i = 0; i < count; i++) {
    if (word(d, WINOGRAD_TILE) == 4) inputRows4(image, transformed)
    else inputRows2(image, transformed)
    image += address(d, FIRST_VIEW + VIEW_IMAGE)
    transformed += <usize>(tileRows * tileColumns) * pixel
  }
}

// @ts-ignore: decorator
@inline
function gradientRows(T: i32, image: usize, transformed: usize): void {
  const c2 = two()
  const c4 = four()
  const bytes = <usize>width * pixel
  for (let ty = 0; ty < tileRows; ty++) {
    const y = ty * T
    const r0 = rowOrZeros(T + 2, image, y)
    const r1 = rowOrZeros(T + 2, image, y + 1)
    const r2 = T == 4 ? rowOrZeros(T + 2, image, y + 2) : 0
    const r3 = T == 4 ? rowOrZeros(T + 2, image, y + 3) : 0
    let at: usize = 0
    do {
      if (T == 4) gradient4(r0 + at, r1 + at, r2 + at, r3 + at, between + at, betweenRow, c2, c4)
      else gradient2(r0 + at, r1 + at, between + at, betweenRow)
      at += 16
    } while (at < bytes)
    for (let i = 0; i < T + 2; i++) {
      let p = between + <usize>i * betweenRow
      let q = transformed + <usize>(i * (T + 2)) * point
      for (let left = tileColumns; left > 0; left--) {
        const end = p + pixel
        do {
          const p2 = p + pixel + pixel
          if (T == 4) gradient4(p, p + pixel, p2, p2 + pixel, q, point, c2, c4)
          else gradient2(p, p + pixel, q, point)
          p += 16
          q += 16
        } while (p < end)
        p += <usize>(T - 1) * pixel
      }
    }
    transformed += <usize>tileColumns * pixel
  }
}

function gradientRows2(image: usize, transformed: usize): void {
  gradientRows(2, image, transformed)
}
function gradientRows4(image: usize, transformed: usize): void {
  gradientRows(4, image, transformed)
}

/** first view: gradient of the convolution's output; second: its tiles, transformed; third: rows in between. */
export function winogradGradient(d: usize, first: i32, count: i32): void {
  aim(d, FIRST_VIEW, count)
  let image = viewStart(d, FIRST_VIEW, first)
  let transformed = address(d, SECOND_VIEW + VIEW_BASE)
  for (let i = 0; i < count; i++) {
    if (word(d, WINOGRAD_TILE) == 4) gradientRows4(image, transformed)
    else gradientRows2(image, transformed)
    image += address(d, FIRST_VIEW + VIEW_IMAGE)
    transformed += <usize>(tileRows * tileColumns) * pixel
  }
}

/** The rows in between are here [row][point of the row][tile][channel]. */
// @ts-ignore: decorator
@inline
function outputRows(T: i32, END: bool, transformed: usize, image: usize): void {
  const c2 = two()
  const c4 = four()
  const c8 = eight()
  const line = <usize>tileColumns * pixel
  const across = <usize>(T + 2) * point
  const lastColumns = width - (tileColumns - 1) * T
  for (let ty = 0; ty < tileRows; ty++) {
    for (let j = 0; j < T + 2; j++) {
      let p = transformed + <usize>j * point
      let q = between + <usize>j * line
      const end = p + line
      do {
        if (T == 4) output4(false, p, across, q, betweenRow, 4, c2, c4, c8, 0, 0)
        else output2(false, p, across, q, betweenRow, 2, 0, 0)
        p += 16
        q += 16
      } while (p < end)
    }
    const rows = min(T, height - ty * T)
    for (let i = 0; i < rows; i++) {
      let p = between + <usize>i * betweenRow
      let q = image + <usize>(ty * T + i) * row
      for (let left = tileColumns - 1; left > 0; left--) {
        const end = p + pixel
        let b = biases
        do {
          if (T == 4) output4(END, p, line, q, pixel, 4, c2, c4, c8, b, floor)
          else output2(END, p, line, q, pixel, 2, b, floor)
          p += 16
          q += 16
          b += biasStep
        } while (p < end)
        q += <usize>(T - 1) * pixel
      }
      const end = p + pixel
      let b = biases
      do {
        if (T == 4) output4(END, p, line, q, pixel, lastColumns, c2, c4, c8, b, floor)
        else output2(END, p, line, q, pixel, lastColumns, b, floor)
        p += 16
        q += 16
        b += biasStep
      } while (p < end)
    }
    transformed += line
  }
}

function outputRows2(transformed: usize, image: usize): void {
  outputRows(2, false, transformed, image)
}
function outputRows4(transformed: usize, image: usize): void {
  outputRows(4, false, transformed, image)
}
function endedRows2(transformed: usize, image: usize): void {
  outputRows(2, true, transformed, image)
}
function endedRows4(transformed: usize, image: usize): void {
  outputRows(4, true, transformed, image)
}

/** first view: the products of each point; second: the convolution's output; third: rows in between. */
export function winogradOutput(d: usize, first: i32, count: i32): void {
  aim(d, SECOND_VIEW, count)
  const tile = word(d, WINOGRAD_TILE)
  const ending = word(d, ENDING)
  const bias = address(d, ENDING_BIAS)
  biases = biasAt(bias)
  biasStep = bias ? 16 : 0
  floor = floorOf(ending & FLAG_RELU)
  let transformed = address(d, FIRST_VIEW + VIEW_BASE)
  let image = viewStart(d, SECOND_VIEW, first)
  for (let i = 0; i < count; i++) {
    if (tile == 4) {
      if (ending) endedRows4(transformed, image)
      else outputRows4(transformed, image)
    } else if (ending) endedRows2(transformed, image)
    else outputRows2(transformed, image)
    image += address(d, SECOND_VIEW + VIEW_IMAGE)
    transformed += <usize>(tileRows * tileColumns) * pixel
  }
}

/** B m down the columns: what the tile above left in the last two rows falls to this one's first two. */
// @ts-ignore: decorator
@inline
function backDown(T: i32, p: usize, across: usize, q: usize, c2: v128, c4: v128, c5: v128): void {
  const m0 = v128.load(p)
  p += across
  const m1 = v128.load(p)
  p += across
  const m2 = v128.load(p)
  p += across
  const m3 = v128.load(p)
  const step = betweenRow
  const above = q + <usize>T * step
  if (T == 2) {
    v128.store(q, f32x4.add(m0, v128.load(above)))
    v128.store(q + step, f32x4.add(f32x4.add(f32x4.sub(m1, m2), m3), v128.load(above + step)))
    v128.store(above, f32x4.sub(f32x4.add(m1, m2), m0))
    v128.store(above + step, f32x4.neg(m3))
    return
  }
  p += across
  const m4 = v128.load(p)
  const sum = f32x4.add(m1, m2)
  const difference = f32x4.sub(m1, m2)
  const sum2 = f32x4.add(m3, m4)
  const difference2 = f32x4.sub(m3, m4)
  v128.store(q, madd(c4, m0, v128.load(above)))
  v128.store(q + step + step, f32x4.neg(madd(c5, m0, madd(c4, sum, sum2))))
  v128.store(above, f32x4.add(f32x4.add(m0, sum), sum2))
  const m5 = v128.load(p + across)
  const second = nmadd(c2, difference2, f32x4.mul(c4, f32x4.sub(m5, difference)))
  v128.store(q + step, f32x4.add(second, v128.load(above + step)))
  v128.store(above - step, nmadd(c5, m5, madd(c2, difference2, difference)))
  v128.store(above + step, m5)
}

/** A row of the input's gradient, for four channels: tiles overlap in two columns, which are carried from tile to tile. */
// @ts-ignore: decorator
@inline
function backAlong(T: i32, line: usize, target: usize, apart: usize, c2: v128, c4: v128, c5: v128): void {
  let carried0 = f32x4.splat(0)
  let carried1 = carried0
  let x = -padding
  let q = target - <usize>padding * pixel
  for (let left = tileColumns; left > 0; left--) {
    let p = line
    const m0 = v128.load(p)
    p += apart
    const m1 = v128.load(p)
    p += apart
    const m2 = v128.load(p)
    p += apart
    const m3 = v128.load(p)
    let x0: v128, x1: v128, x2: v128, x3: v128
    const before0 = carried0
    const before1 = carried1
    if (T == 2) {
      x0 = f32x4.add(m0, before0)
      x1 = f32x4.add(f32x4.add(f32x4.sub(m1, m2), m3), before1)
      x2 = x0
      x3 = x0
      carried0 = f32x4.sub(f32x4.add(m1, m2), m0)
      carried1 = f32x4.neg(m3)
    } else {
      p += apart
      const m4 = v128.load(p)
      const m5 = v128.load(p + apart)
      const sum = f32x4.add(m1, m2)
      const difference = f32x4.sub(m1, m2)
      const sum2 = f32x4.add(m3, m4)
      const difference2 = f32x4.sub(m3, m4)
      x0 = madd(c4, m0, before0)
      x1 = f32x4.add(nmadd(c2, difference2, f32x4.mul(c4, f32x4.sub(m5, difference))), before1)
      x2 = f32x4.neg(madd(c5, m0, madd(c4, sum, sum2)))
      x3 = nmadd(c5, m5, madd(c2, difference2, difference))
      carried0 = f32x4.add(f32x4.add(m0, sum), sum2)
      carried1 = m5
    }
    if (x >= 0 && x + T <= width) {
      v128.store(q, x0)
      v128.store(q + pixel, x1)
      if (T == 4) {
        v128.store(q + pixel + pixel, x2)
        v128.store(q + pixel + pixel + pixel, x3)
      }
    } else {
      storeInside(x, q, x0)
      storeInside(x + 1, q + pixel, x1)
      if (T == 4) {
        storeInside(x + 2, q + pixel + pixel, x2)
        storeInside(x + 3, q + pixel + pixel + pixel, x3)
      }
    }
    x += T
    q += <usize>T * pixel
    line += pixel
  }
  storeInside(x, q, carried0)
  storeInside(x + 1, q + pixel, carried1)
}

// @ts-ignore: decorator
@inline
function storeInside(x: i32, target: usize, value: v128): void {
  if (<u32>x < <u32>width) v128.store(target, value)
}

/** The rows in between are here [row][point of the row][tile][channel], the last two those that the next tiles share. */
// @ts-ignore: decorator
@inline
function backRows(T: i32, transformed: usize, image: usize): void {
  const c2 = two()
  const c4 = four()
  const c5 = five()
  const line = <usize>tileColumns * pixel
  const across = <usize>(T + 2) * point
  memory.fill(between + <usize>T * betweenRow, 0, betweenRow << 1)
  for (let ty = 0; ty < tileRows; ty++) {
    for (let j = 0; j < T + 2; j++) {
      let p = transformed + <usize>j * point
      let q = between + <usize>j * line
      const end = p + line
      do {
        backDown(T, p, across, q, c2, c4, c5)
        p += 16
        q += 16
      } while (p < end)
    }
    // The last tiles' shared rows are nobody else's.
    const rows = ty + 1 == tileRows ? T + 2 : T
    for (let i = 0; i < rows; i++) {
      const y = ty * T - padding + i
      if (<u32>y >= <u32>height) continue
      const from = between + <usize>i * betweenRow
      const target = image + <usize>y * row
      for (let c: usize = 0; c < pixel; c += 16) backAlong(T, from + c, target + c, line, c2, c4, c5)
    }
    transformed += line
  }
}

function backRows2(transformed: usize, image: usize): void {
  backRows(2, transformed, image)
}
function backRows4(transformed: usize, image: usize): void {
  backRows(4, transformed, image)
}

/** first view: the products of each point; second: gradient of the convolution's input; third: rows in between. */
export function winogradInputGradient(d: usize, first: i32, count: i32): void {
  aim(d, SECOND_VIEW, count)
  let transformed = address(d, FIRST_VIEW + VIEW_BASE)
  let image = viewStart(d, SECOND_VIEW, first)
  for (let i = 0; i < count; i++) {
    if (word(d, WINOGRAD_TILE) == 4) backRows4(transformed, image)
    else backRows2(transformed, image)
    image += address(d, SECOND_VIEW + VIEW_IMAGE)
    transformed += <usize>(tileRows * tileColumns) * pixel
  }
}
