/**
 * Passes over single values, one row of pixels at a time. Channels are the outer loop: a channel group's constants and sums
 * stay in registers. Each combination of flags that a plan can ask for is a loop of its own, made by inlining with constant
 * arguments. Sums are taken in float32 along a row and in float64 from there on.
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

/** Bit i in lane i. As data: V8 would put a constant together again for every value. */
const LANE_BITS: usize = memory.data<i32>([1, 2, 4, 8])

const NONE = 0
const RELU = 1
const LEAKY = 2

// @ts-ignore: decorator
@inline
function activate(ACT: i32, v: v128): v128 {
  const zero = f32x4.splat(0)
  if (ACT == RELU) return f32x4.max(v, zero)
  if (ACT == LEAKY) return f32x4.add(f32x4.max(v, zero), f32x4.mul(f32x4.min(v, zero), f32x4.splat(slope)))
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

/** All bits of each lane whose mask bit says keep. */
// @ts-ignore: decorator
@inline
function kept(mask: usize, bit: i32): v128 {
  const nibble = i32x4.splat(<i32>load<u8>(mask + (<usize>bit >> 3)) >> (bit & 4))
  const lanes = v128.load(LANE_BITS)
  return i32x4.eq(v128.and(nibble, lanes), lanes)
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
function finishRow(BIAS: bool, ACT: i32, SUMS: bool, row: usize): void {
  const step = pixelA
  for (let c = 0; c < vectors; c++) {
    const b = BIAS ? v128.load(bias + (<usize>c << 4)) : f32x4.splat(0)
    let total = f32x4.splat(0)
    let squares = f32x4.splat(0)
    let p = row + (<usize>c << 4)
    let x = width
    do {
      let v = v128.load(p)
      if (BIAS) v = f32x4.add(v, b)
      v = activate(ACT, v)
      if (BIAS || ACT != NONE) v128.store(p, v)
      if (SUMS) {
        total = f32x4.add(total, v)
        squares = madd(v, v, squares)
      }
      p += step
    } while (--x)
    if (SUMS) addSums(c, total, squares)
  }
}

// @ts-ignore: decorator
@inline
function finishActivation(BIAS: bool, ACT: i32, flags: i32, row: usize): void {
  if (flags & FLAG_SUMS) finishRow(BIAS, ACT, true, row)
  else finishRow(BIAS, ACT, false, row)
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

// @ts-ignore: decorator
@inline
function applyRow(NORM: bool, ACT: i32, MASK: bool, input: usize, output: usize, mask: usize, firstBit: i32): void {
  const step = pixelA
  const outputStep = pixelB
  for (let c = 0; c < vectors; c++) {
    const offset = <usize>c << 4
    let a = f32x4.splat(1)
    let b = f32x4.splat(0)
    if (NORM) {
      a = v128.load(normScale + offset)
      b = v128.load(normShift + offset)
      // Dropout's factor passes through the activation, which is linear for positive factors.
      if (MASK) {
        a = f32x4.mul(a, f32x4.splat(maskScale))
        b = f32x4.mul(b, f32x4.splat(maskScale))
      }
    }
    let bit = firstBit + (c << 2)
    let p = input + offset
    let q = output + offset
    let x = width
    do {
      let v = v128.load(p)
      if (NORM) v = madd(a, v, b)
      v = activate(ACT, v)
      if (MASK) {
        if (!NORM) v = f32x4.mul(v, f32x4.splat(maskScale))
        v = v128.and(v, kept(mask, bit))
        bit += maskPixel
      }
      v128.store(q, v)
      p += step
      q += outputStep
    } while (--x)
  }
}

// @ts-ignore: decorator
@inline
function applyMask(NORM: bool, ACT: i32, flags: i32, input: usize, output: usize, mask: usize, bit: i32): void {
  if (flags & FLAG_MASK) applyRow(NORM, ACT, true, input, output, mask, bit)
  else applyRow(NORM, ACT, false, input, output, mask, bit)
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

// @ts-ignore: decorator
@inline
function undoRow(MASK: bool, ACT: i32, NORM: bool, SUMS: bool, gradient: usize, value: usize, output: usize, mask: usize, firstBit: i32): void {
  const step = pixelA
  const valueStep = pixelB
  const outputStep = pixelC
  for (let c = 0; c < vectors; c++) {
    const offset = <usize>c << 4
    let a = f32x4.splat(1)
    let b = f32x4.splat(0)
    if (NORM && ACT != NONE) {
      a = v128.load(normScale + offset)
      b = v128.load(normShift + offset)
    }
    let total = f32x4.splat(0)
    let products = f32x4.splat(0)
    let bit = firstBit + (c << 2)
    let p = gradient + offset
    let q = value + offset
    let r = output + offset
    let x = width
    do {
      let g = v128.load(p)
      if (MASK) {
        g = v128.and(f32x4.mul(g, f32x4.splat(maskScale)), kept(mask, bit))
        bit += maskPixel
      }
      if (ACT != NONE || SUMS) {
        const v = v128.load(q)
        if (ACT != NONE) g = through(ACT, NORM ? madd(a, v, b) : v, g)
        if (SUMS) {
          total = f32x4.add(total, g)
          products = madd(g, v, products)
        }
      }
      v128.store(r, g)
      p += step
      q += valueStep
      r += outputStep
    } while (--x)
    if (SUMS) addSums(c, total, products)
  }
}

// @ts-ignore: decorator
@inline
function undoSums(MASK: bool, ACT: i32, NORM: bool, flags: i32, g: usize, v: usize, o: usize, mask: usize, bit: i32): void {
  if (flags & FLAG_SUMS) undoRow(MASK, ACT, NORM, true, g, v, o, mask, bit)
  else undoRow(MASK, ACT, NORM, false, g, v, o, mask, bit)
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
function normRow(ACT: i32, SUMS: bool, gradient: usize, value: usize, output: usize, constants: usize): void {
  const step = pixelA
  const valueStep = pixelB
  const outputStep = pixelC
  for (let c = 0; c < vectors; c++) {
    const offset = <usize>c << 4
    const a = v128.load(constants + offset)
    const b = v128.load(normScale + offset)
    const e = v128.load(normShift + offset)
    let total = f32x4.splat(0)
    let p = gradient + offset
    let q = value + offset
    let r = output + offset
    let x = width
    do {
      const v = v128.load(q)
      const g = through(ACT, v, madd(a, v128.load(p), madd(b, v, e)))
      if (SUMS) total = f32x4.add(total, g)
      v128.store(r, g)
      p += step
      q += valueStep
      r += outputStep
    } while (--x)
    if (SUMS) addSums(c, total, f32x4.splat(0))
  }
}

// @ts-ignore: decorator
@inline
function normSums(ACT: i32, flags: i32, g: usize, v: usize, o: usize, constants: usize): void {
  if (flags & FLAG_SUMS) normRow(ACT, true, g, v, o, constants)
  else normRow(ACT, false, g, v, o, constants)
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
