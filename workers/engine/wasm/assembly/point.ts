/**
 * Passes over single values, one row of pixels at a time, W vectors of four channels at once. Where sums are taken, channels are
 * the outer loop, so that sums stay in registers: in float32 along a row, in float64 from there on. Elsewhere up to four
 * vectors are unrolled; a store between two of them keeps V8 from lifting the loads of the second above the first. Each
 * combination of flags that a plan can ask for is a loop of its own, made by inlining with constant arguments: hence the length
 * of this file.
 */
import {
  FIRST_VIEW,
  FLAG_BIAS,
  FLAG_LEAKY,
  FLAG_MASK,
  FLAG_NORM,
  FLAG_RELU,
  FLAG_SUMS,
  FLAT,
  HEIGHT,
  POINT_BIAS,
  POINT_FLAGS,
  POINT_GRADIENT_SCALE,
  POINT_MASK,
  POINT_MASK_IMAGE,
  POINT_MASK_PIXEL,
  POINT_MASK_ROW,
  POINT_MASK_SCALE,
  POINT_NORM_SCALE,
  POINT_NORM_SHIFT,
  POINT_OFFSET,
  POINT_SLOPE,
  POINT_SUMS,
  POINT_SUMS_STRIDE,
  POINT_VALUE_SCALE,
  SECOND_VIEW,
  THIRD_VIEW,
  VECTORS,
  VIEW_IMAGE,
  VIEW_PIXEL,
  VIEW_ROW,
  WIDTH,
} from './descriptor'
import { address, madd, real, viewStart, word } from './memory'

/** The operation's numbers, read once a call. Globals belong to one instance, that is one thread. */
let width: i32 = 0
let vectors: i32 = 0
let slope: f32 = 0
let maskScale: f32 = 0
let maskPixel: i32 = 0
let sums: usize = 0
let bias: usize = 0
let normScale: usize = 0
let normShift: usize = 0
let pixelA: usize = 0
let pixelB: usize = 0
let pixelC: usize = 0

/** Bit i in lane i, of the lower and of the upper half of a byte. As data: V8 would put a constant together again for every value. */
const LANE_BITS: usize = memory.data<i32>([1, 2, 4, 8, 16, 32, 64, 128])

const NONE = 0
const RELU = 1
const LEAKY = 2

// @ts-ignore: decorator
@inline
function activate(ACT: i32, v: v128): v128 {
  const zero = f32x4.splat(0)
  // The other maximum is eight instructions on x86; this one keeps NaN and the sign of a zero.
  if (ACT == RELU) return f32x4.pmax(v, zero)
  if (ACT == LEAKY) return v128.bitselect(v, f32x4.mul(v, f32x4.splat(slope)), f32x4.gt(v, zero))
  return v
}

/** A gradient back through the activation, whose sign `v` has (its input or its output). */
// @ts-ignore: decorator
@inline
function through(ACT: i32, v: v128, g: v128): v128 {
  const positive = f32x4.gt(v, f32x4.splat(0))
  if (ACT == RELU) return v128.and(g, positive)
  if (ACT == LEAKY) return v128.bitselect(g, f32x4.mul(g, f32x4.splat(slope)), positive)
  return g
}

/** All bits of each lane whose mask bit says keep; `bits` are those of four lanes. */
// @ts-ignore: decorator
@inline
function kept(mask: usize, bits: v128): v128 {
  return i32x4.eq(v128.and(v128.load8_splat(mask), bits), bits)
}

/** The bits of the first vector at a position of a mask: always the lower half of a byte where W is even. */
// @ts-ignore: decorator
@inline
function bitsAt(W: i32, bit: i32): v128 {
  return W > 1 ? v128.load(LANE_BITS) : v128.load(LANE_BITS + (<usize>(bit & 4) << 2))
}

// @ts-ignore: decorator
@inline
function addTo(target: usize, v: v128): void {
  v128.store(target, f64x2.add(v128.load(target), f64x2.promote_low_f32x4(v)))
  const high = i8x16.shuffle(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15)
  v128.store(target, f64x2.add(v128.load(target, 16), f64x2.promote_low_f32x4(high)), 16)
}

// @ts-ignore: decorator
@inline
function addSums(c: i32, v: v128, w: v128): void {
  const target = sums + (<usize>c << 5)
  addTo(target, v)
  addTo(target + (<usize>vectors << 5), w)
}

// @ts-ignore: decorator
@inline
function finished(BIAS: bool, ACT: i32, v: v128, b: v128): v128 {
  return activate(ACT, BIAS ? f32x4.add(v, b) : v)
}

// @ts-ignore: decorator
@inline
function finishRow(W: i32, BIAS: bool, ACT: i32, SUMS: bool, row: usize): void {
  const step = pixelA
  const zero = f32x4.splat(0)
  for (let c = 0; c < vectors; c += W) {
    const b0 = BIAS ? v128.load(bias + (<usize>c << 4)) : zero
    const b1 = BIAS && W == 2 ? v128.load(bias + (<usize>c << 4), 16) : zero
    let total0 = zero, total1 = zero, squares0 = zero, squares1 = zero
    let p = row + (<usize>c << 4)
    let x = width
    do {
      const v0 = finished(BIAS, ACT, v128.load(p), b0)
      if (BIAS || ACT != NONE) v128.store(p, v0)
      if (SUMS) {
        total0 = f32x4.add(total0, v0)
        squares0 = madd(v0, v0, squares0)
      }
      if (W == 2) {
        const v1 = finished(BIAS, ACT, v128.load(p, 16), b1)
        if (BIAS || ACT != NONE) v128.store(p, v1, 16)
        if (SUMS) {
          total1 = f32x4.add(total1, v1)
          squares1 = madd(v1, v1, squares1)
        }
      }
      p += step
    } while (--x)
    if (SUMS) addSums(c, total0, squares0)
    if (SUMS && W == 2) addSums(c + 1, total1, squares1)
  }
}

// @ts-ignore: decorator
@inline
function finishActivation(BIAS: bool, ACT: i32, flags: i32, row: usize): void {
  if (vectors & 1) {
    if (flags & FLAG_SUMS) finishRow(1, BIAS, ACT, true, row)
    else finishRow(1, BIAS, ACT, false, row)
  } else if (flags & FLAG_SUMS) finishRow(2, BIAS, ACT, true, row)
  else finishRow(2, BIAS, ACT, false, row)
}

// @ts-ignore: decorator
@inline
function finishBias(BIAS: bool, flags: i32, row: usize): void {
  if (flags & FLAG_RELU) finishActivation(BIAS, RELU, flags, row)
  else if (flags & FLAG_LEAKY) finishActivation(BIAS, LEAKY, flags, row)
  else finishActivation(BIAS, NONE, flags, row)
}

function finishLine(flags: i32, row: usize): void {
  if (flags & FLAG_BIAS) finishBias(true, flags, row)
  else finishBias(false, flags, row)
}

/** One vector: norm and activation, with dropout's factor, which passes through an activation (linear for positive factors). */
// @ts-ignore: decorator
@inline
function applyVector(NORM: bool, ACT: i32, MASK: bool, p: usize, q: usize, at: usize, factor: v128, keep: v128): void {
  let v = v128.load(p)
  if (NORM) v = madd(v128.load(normScale + at), v, v128.load(normShift + at))
  v = activate(ACT, v)
  if (MASK) v = v128.and(f32x4.mul(v, factor), keep)
  v128.store(q, v)
}

/** Pixel by pixel, not channel by channel: the input mostly comes from memory, which likes to be read in order. */
// @ts-ignore: decorator
@inline
function applyRow(W: i32, NORM: bool, ACT: i32, MASK: bool, input: usize, output: usize, mask: usize, firstBit: i32): void {
  const bytes = <usize>vectors << 4
  const factor = f32x4.splat(maskScale)
  const lower = v128.load(LANE_BITS)
  const upper = v128.load(LANE_BITS, 16)
  let firstOfPixel = firstBit
  let p = input
  let q = output
  let x = width
  do {
    let bit = firstOfPixel
    let at: usize = 0
    do {
      const m = mask + (<usize>bit >> 3)
      applyVector(NORM, ACT, MASK, p + at, q + at, at, factor, MASK ? kept(m, W > 1 ? lower : bitsAt(W, bit)) : factor)
      if (W > 1) applyVector(NORM, ACT, MASK, p + at + 16, q + at + 16, at + 16, factor, MASK ? kept(m, upper) : factor)
      if (W > 2) {
        applyVector(NORM, ACT, MASK, p + at + 32, q + at + 32, at + 32, factor, MASK ? kept(m + 1, lower) : factor)
        applyVector(NORM, ACT, MASK, p + at + 48, q + at + 48, at + 48, factor, MASK ? kept(m + 1, upper) : factor)
      }
      if (MASK) bit += W << 2
      at += W << 4
    } while (at < bytes)
    if (MASK) firstOfPixel += maskPixel
    p += pixelA
    q += pixelB
  } while (--x)
}

// @ts-ignore: decorator
@inline
function applyWidth(W: i32, NORM: bool, ACT: i32, flags: i32, input: usize, output: usize, mask: usize, bit: i32): void {
  if (flags & FLAG_MASK) applyRow(W, NORM, ACT, true, input, output, mask, bit)
  else applyRow(W, NORM, ACT, false, input, output, mask, bit)
}

// @ts-ignore: decorator
@inline
function applyMask(NORM: bool, ACT: i32, flags: i32, input: usize, output: usize, mask: usize, bit: i32): void {
  if (vectors & 1) applyWidth(1, NORM, ACT, flags, input, output, mask, bit)
  else if (vectors & 2) applyWidth(2, NORM, ACT, flags, input, output, mask, bit)
  else applyWidth(4, NORM, ACT, flags, input, output, mask, bit)
}

// @ts-ignore: decorator
@inline
function applyActivation(NORM: bool, flags: i32, input: usize, output: usize, mask: usize, bit: i32): void {
  if (flags & FLAG_RELU) applyMask(NORM, RELU, flags, input, output, mask, bit)
  else if (flags & FLAG_LEAKY) applyMask(NORM, LEAKY, flags, input, output, mask, bit)
  else applyMask(NORM, NONE, flags, input, output, mask, bit)
}

function applyLine(flags: i32, input: usize, output: usize, mask: usize, bit: i32): void {
  if (flags & FLAG_NORM) applyActivation(true, flags, input, output, mask, bit)
  else applyActivation(false, flags, input, output, mask, bit)
}

/** `v` is the value `apply` read: the activation saw it through the norm. */
// @ts-ignore: decorator
@inline
function undone(ACT: i32, NORM: bool, g: v128, v: v128, a: v128, b: v128): v128 {
  return through(ACT, NORM ? madd(a, v, b) : v, g)
}

// @ts-ignore: decorator
@inline
function undoRow(W: i32, MASK: bool, ACT: i32, NORM: bool, SUMS: bool, gradient: usize, value: usize, output: usize, mask: usize, firstBit: i32): void {
  const step = pixelA
  const valueStep = pixelB
  const outputStep = pixelC
  const factor = f32x4.splat(maskScale)
  const upper = v128.load(LANE_BITS, 16)
  const zero = f32x4.splat(0)
  for (let c = 0; c < vectors; c += W) {
    const offset = <usize>c << 4
    const AFFINE = NORM && ACT != NONE
    const a0 = AFFINE ? v128.load(normScale + offset) : zero
    const b0 = AFFINE ? v128.load(normShift + offset) : zero
    const a1 = AFFINE && W == 2 ? v128.load(normScale + offset, 16) : zero
    const b1 = AFFINE && W == 2 ? v128.load(normShift + offset, 16) : zero
    let total0 = zero, total1 = zero, products0 = zero, products1 = zero
    let bit = firstBit + (c << 2)
    let p = gradient + offset
    let q = value + offset
    let r = output + offset
    let x = width
    do {
      const m = mask + (<usize>bit >> 3)
      let g0 = v128.load(p)
      if (MASK) g0 = v128.and(f32x4.mul(g0, factor), kept(m, bitsAt(W, bit)))
      if (ACT != NONE || SUMS) {
        const v0 = v128.load(q)
        g0 = undone(ACT, NORM, g0, v0, a0, b0)
        if (SUMS) {
          total0 = f32x4.add(total0, g0)
          products0 = madd(g0, v0, products0)
        }
      }
      if (W == 2) {
        let g1 = v128.load(p, 16)
        if (MASK) g1 = v128.and(f32x4.mul(g1, factor), kept(m, upper))
        if (ACT != NONE || SUMS) {
          const v1 = v128.load(q, 16)
          g1 = undone(ACT, NORM, g1, v1, a1, b1)
          if (SUMS) {
            total1 = f32x4.add(total1, g1)
            products1 = madd(g1, v1, products1)
          }
        }
        v128.store(r, g1, 16)
      }
      v128.store(r, g0)
      if (MASK) bit += maskPixel
      p += step
      q += valueStep
      r += outputStep
    } while (--x)
    if (SUMS) addSums(c, total0, products0)
    if (SUMS && W == 2) addSums(c + 1, total1, products1)
  }
}

// @ts-ignore: decorator
@inline
function undoSums(MASK: bool, ACT: i32, NORM: bool, flags: i32, g: usize, v: usize, o: usize, mask: usize, bit: i32): void {
  if (vectors & 1) {
    if (flags & FLAG_SUMS) undoRow(1, MASK, ACT, NORM, true, g, v, o, mask, bit)
    else undoRow(1, MASK, ACT, NORM, false, g, v, o, mask, bit)
  } else if (flags & FLAG_SUMS) undoRow(2, MASK, ACT, NORM, true, g, v, o, mask, bit)
  else undoRow(2, MASK, ACT, NORM, false, g, v, o, mask, bit)
}

// @ts-ignore: decorator
@inline
function undoNorm(MASK: bool, ACT: i32, flags: i32, g: usize, v: usize, o: usize, mask: usize, bit: i32): void {
  if (flags & FLAG_NORM && ACT != NONE) undoSums(MASK, ACT, true, flags, g, v, o, mask, bit)
  else undoSums(MASK, ACT, false, flags, g, v, o, mask, bit)
}

// @ts-ignore: decorator
@inline
function undoActivation(MASK: bool, flags: i32, g: usize, v: usize, o: usize, mask: usize, bit: i32): void {
  if (flags & FLAG_RELU) undoNorm(MASK, RELU, flags, g, v, o, mask, bit)
  else if (flags & FLAG_LEAKY) undoNorm(MASK, LEAKY, flags, g, v, o, mask, bit)
  else undoNorm(MASK, NONE, flags, g, v, o, mask, bit)
}

function undoLine(flags: i32, g: usize, v: usize, o: usize, mask: usize, bit: i32): void {
  if (flags & FLAG_MASK) undoActivation(true, flags, g, v, o, mask, bit)
  else undoActivation(false, flags, g, v, o, mask, bit)
}

// @ts-ignore: decorator
@inline
function normVector(ACT: i32, p: usize, q: usize, r: usize, constants: usize, at: usize): v128 {
  const v = v128.load(q)
  const inner = madd(v128.load(normScale + at), v, v128.load(normShift + at))
  const g = through(ACT, v, madd(v128.load(constants + at), v128.load(p), inner))
  v128.store(r, g)
  return g
}

// @ts-ignore: decorator
@inline
function normSumsRow(ACT: i32, gradient: usize, value: usize, output: usize, constants: usize): void {
  for (let c = 0; c < vectors; c++) {
    const at = <usize>c << 4
    let total = f32x4.splat(0)
    let p = gradient + at
    let q = value + at
    let r = output + at
    let x = width
    do {
      total = f32x4.add(total, normVector(ACT, p, q, r, constants, at))
      p += pixelA
      q += pixelB
      r += pixelC
    } while (--x)
    addSums(c, total, f32x4.splat(0))
  }
}

// @ts-ignore: decorator
@inline
function normRow(W: i32, ACT: i32, gradient: usize, value: usize, output: usize, constants: usize): void {
  const bytes = <usize>vectors << 4
  let p = gradient
  let q = value
  let r = output
  let x = width
  do {
    let at: usize = 0
    do {
      normVector(ACT, p + at, q + at, r + at, constants, at)
      if (W > 1) normVector(ACT, p + at + 16, q + at + 16, r + at + 16, constants, at + 16)
      if (W > 2) {
        normVector(ACT, p + at + 32, q + at + 32, r + at + 32, constants, at + 32)
        normVector(ACT, p + at + 48, q + at + 48, r + at + 48, constants, at + 48)
      }
      at += W << 4
    } while (at < bytes)
    p += pixelA
    q += pixelB
    r += pixelC
  } while (--x)
}

// @ts-ignore: decorator
@inline
function normSums(ACT: i32, flags: i32, g: usize, v: usize, o: usize, constants: usize): void {
  if (flags & FLAG_SUMS) normSumsRow(ACT, g, v, o, constants)
  else if (vectors & 1) normRow(1, ACT, g, v, o, constants)
  else if (vectors & 2) normRow(2, ACT, g, v, o, constants)
  else normRow(4, ACT, g, v, o, constants)
}

function normLine(flags: i32, g: usize, v: usize, o: usize, constants: usize): void {
  if (flags & FLAG_RELU) normSums(RELU, flags, g, v, o, constants)
  else if (flags & FLAG_LEAKY) normSums(LEAKY, flags, g, v, o, constants)
  else normSums(NONE, flags, g, v, o, constants)
}

function aim(d: usize, count: i32, slice: i32, fresh: bool): void {
  width = word(d, FLAT) ? count : word(d, WIDTH)
  vectors = word(d, VECTORS)
  slope = real(d, POINT_SLOPE)
  maskScale = real(d, POINT_MASK_SCALE)
  maskPixel = word(d, POINT_MASK_PIXEL)
  bias = address(d, POINT_BIAS)
  pixelA = address(d, FIRST_VIEW + VIEW_PIXEL)
  pixelB = address(d, SECOND_VIEW + VIEW_PIXEL)
  pixelC = address(d, THIRD_VIEW + VIEW_PIXEL)
  sums = address(d, POINT_SUMS) + <usize>slice * address(d, POINT_SUMS_STRIDE)
  if (fresh && word(d, POINT_FLAGS) & FLAG_SUMS) memory.fill(sums, 0, <usize>vectors << 6)
}

/** In place on the first view: bias, activation, and the sums of what comes out and of its square. */
export function finish(d: usize, first: i32, count: i32, slice: i32, fresh: bool): void {
  aim(d, count, slice, fresh)
  const flags = word(d, POINT_FLAGS)
  const images = word(d, FLAT) ? 1 : count
  const height = word(d, FLAT) ? 1 : word(d, HEIGHT)
  let image = viewStart(d, FIRST_VIEW, first)
  for (let i = 0; i < images; i++) {
    let row = image
    for (let y = 0; y < height; y++) {
      finishLine(flags, row)
      row += address(d, FIRST_VIEW + VIEW_ROW)
    }
    image += address(d, FIRST_VIEW + VIEW_IMAGE)
  }
}

/** first view → second: norm (scale and shift a channel), activation, dropout, in this order. */
export function apply(d: usize, first: i32, count: i32): void {
  aim(d, count, 0, false)
  normScale = address(d, POINT_NORM_SCALE)
  normShift = address(d, POINT_NORM_SHIFT)
  const flags = word(d, POINT_FLAGS)
  const images = word(d, FLAT) ? 1 : count
  const height = word(d, FLAT) ? 1 : word(d, HEIGHT)
  let input = viewStart(d, FIRST_VIEW, first)
  let output = viewStart(d, SECOND_VIEW, first)
  let mask = address(d, POINT_MASK) + <usize>first * address(d, POINT_MASK_IMAGE)
  for (let i = 0; i < images; i++) {
    let p = input
    let q = output
    let bit = 0
    for (let y = 0; y < height; y++) {
      applyLine(flags, p, q, mask, bit)
      p += address(d, FIRST_VIEW + VIEW_ROW)
      q += address(d, SECOND_VIEW + VIEW_ROW)
      bit += word(d, POINT_MASK_ROW)
    }
    input += address(d, FIRST_VIEW + VIEW_IMAGE)
    output += address(d, SECOND_VIEW + VIEW_IMAGE)
    mask += address(d, POINT_MASK_IMAGE)
  }
}

/**
 * first view: gradient of the output; second: the value `apply` read; third: where the result goes (may be the first).
 * Back through dropout and activation, with the sums of the result and of the result times the value.
 */
export function undo(d: usize, first: i32, count: i32, slice: i32, fresh: bool): void {
  aim(d, count, slice, fresh)
  normScale = address(d, POINT_NORM_SCALE)
  normShift = address(d, POINT_NORM_SHIFT)
  const flags = word(d, POINT_FLAGS)
  const images = word(d, FLAT) ? 1 : count
  const height = word(d, FLAT) ? 1 : word(d, HEIGHT)
  let gradient = viewStart(d, FIRST_VIEW, first)
  let value = viewStart(d, SECOND_VIEW, first)
  let output = viewStart(d, THIRD_VIEW, first)
  let mask = address(d, POINT_MASK) + <usize>first * address(d, POINT_MASK_IMAGE)
  for (let i = 0; i < images; i++) {
    let p = gradient
    let q = value
    let r = output
    let bit = 0
    for (let y = 0; y < height; y++) {
      undoLine(flags, p, q, r, mask, bit)
      p += address(d, FIRST_VIEW + VIEW_ROW)
      q += address(d, SECOND_VIEW + VIEW_ROW)
      r += address(d, THIRD_VIEW + VIEW_ROW)
      bit += word(d, POINT_MASK_ROW)
    }
    gradient += address(d, FIRST_VIEW + VIEW_IMAGE)
    value += address(d, SECOND_VIEW + VIEW_IMAGE)
    output += address(d, THIRD_VIEW + VIEW_IMAGE)
    mask += address(d, POINT_MASK_IMAGE)
  }
}

/**
 * Back through batch normalisation and the activation before it: third = act′(value) · (a·first + b·second + c), with three
 * constants a channel; the sums are of the result.
 */
export function undoNormalised(d: usize, first: i32, count: i32, slice: i32, fresh: bool): void {
  aim(d, count, slice, fresh)
  const constants = address(d, POINT_GRADIENT_SCALE)
  normScale = address(d, POINT_VALUE_SCALE)
  normShift = address(d, POINT_OFFSET)
  const flags = word(d, POINT_FLAGS)
  const images = word(d, FLAT) ? 1 : count
  const height = word(d, FLAT) ? 1 : word(d, HEIGHT)
  let gradient = viewStart(d, FIRST_VIEW, first)
  let value = viewStart(d, SECOND_VIEW, first)
  let output = viewStart(d, THIRD_VIEW, first)
  for (let i = 0; i < images; i++) {
    let p = gradient
    let q = value
    let r = output
    for (let y = 0; y < height; y++) {
      normLine(flags, p, q, r, constants)
      p += address(d, FIRST_VIEW + VIEW_ROW)
      q += address(d, SECOND_VIEW + VIEW_ROW)
      r += address(d, THIRD_VIEW + VIEW_ROW)
    }
    gradient += address(d, FIRST_VIEW + VIEW_IMAGE)
    value += address(d, SECOND_VIEW + VIEW_IMAGE)
    output += address(d, THIRD_VIEW + VIEW_IMAGE)
  }
}
