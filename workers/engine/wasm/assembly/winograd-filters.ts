/** Winograd's transforms of weights, and of the sums at every point to the weights' gradient: once a step, in float64. */
import {
  PACK_LENGTH,
  PACK_MAP,
  PACK_SOURCE,
  PACK_TAP,
  PACK_TARGET,
  PACK_TILE,
  REDUCE_LENGTH,
  REDUCE_MAP,
  REDUCE_PARTIAL,
  REDUCE_SLICES,
  REDUCE_STRIDE,
  REDUCE_TAP,
  REDUCE_TARGET,
  REDUCE_TILE,
} from './descriptor'
import { address, word } from './memory'
import { shareStart } from './update'
import { pointsOf } from './winograd-products'

/** Row i of G times a column of three: what a filter becomes at point i. */
// @ts-ignore: decorator
@inline
function filterAt(T: i32, i: i32, w0: f64, w1: f64, w2: f64): f64 {
  if (i == 0) return T == 4 ? w0 / 4 : w0
  if (i == T + 1) return w2
  if (T == 2) return (i == 1 ? w0 + w1 + w2 : w0 - w1 + w2) / 2
  if (i < 3) return (i == 1 ? w0 + w1 + w2 : w0 - w1 + w2) / -6
  return i == 3 ? w0 / 24 + w1 / 12 + w2 / 6 : w0 / 24 - w1 / 12 + w2 / 6
}

// @ts-ignore: decorator
@inline
function storeFilterRow(T: i32, w0: f64, w1: f64, w2: f64, target: usize, apart: usize): void {
  store<f32>(target, <f32>filterAt(T, 0, w0, w1, w2))
  target += apart
  store<f32>(target, <f32>filterAt(T, 1, w0, w1, w2))
  target += apart
  store<f32>(target, <f32>filterAt(T, 2, w0, w1, w2))
  target += apart
  store<f32>(target, <f32>filterAt(T, 3, w0, w1, w2))
  if (T == 2) return
  target += apart
  store<f32>(target, <f32>filterAt(T, 4, w0, w1, w2))
  target += apart
  store<f32>(target, <f32>filterAt(T, 5, w0, w1, w2))
}

/** One filter of nine taps, `tap` bytes apart, to its values at all points, `apart` bytes apart; computed in float64. */
// @ts-ignore: decorator
@inline
function transformFilter(T: i32, source: usize, tap: usize, target: usize, apart: usize): void {
  const a0 = <f64>load<f32>(source)
  const a1 = <f64>load<f32>(source + tap)
  const a2 = <f64>load<f32>(source + 2 * tap)
  const b0 = <f64>load<f32>(source + 3 * tap)
  const b1 = <f64>load<f32>(source + 4 * tap)
  const b2 = <f64>load<f32>(source + 5 * tap)
  const c0 = <f64>load<f32>(source + 6 * tap)
  const c1 = <f64>load<f32>(source + 7 * tap)
  const c2 = <f64>load<f32>(source + 8 * tap)
  const next = <usize>(T + 2) * apart
  storeFilterRow(T, filterAt(T, 0, a0, b0, c0), filterAt(T, 0, a1, b1, c1), filterAt(T, 0, a2, b2, c2), target, apart)
  target += next
  storeFilterRow(T, filterAt(T, 1, a0, b0, c0), filterAt(T, 1, a1, b1, c1), filterAt(T, 1, a2, b2, c2), target, apart)
  target += next
  storeFilterRow(T, filterAt(T, 2, a0, b0, c0), filterAt(T, 2, a1, b1, c1), filterAt(T, 2, a2, b2, c2), target, apart)
  target += next
  storeFilterRow(T, filterAt(T, 3, a0, b0, c0), filterAt(T, 3, a1, b1, c1), filterAt(T, 3, a2, b2, c2), target, apart)
  if (T == 2) return
  target += next
  storeFilterRow(T, filterAt(T, 4, a0, b0, c0), filterAt(T, 4, a1, b1, c1), filterAt(T, 4, a2, b2, c2), target, apart)
  target += next
  storeFilterRow(T, filterAt(T, 5, a0, b0, c0), filterAt(T, 5, a1, b1, c1), filterAt(T, 5, a2, b2, c2), target, apart)
}

function transformFilter2(source: usize, tap: usize, target: usize, apart: usize): void {
  transformFilter(2, source, tap, target, apart)
}
function transformFilter4(source: usize, tap: usize, target: usize, apart: usize): void {
  transformFilter(4, source, tap, target, apart)
}

/** Flat weights → their values at every point, in the order the product reads them. Padding (map −1) stays zero. */
export function winogradPack(d: usize, unit: i32, units: i32): void {
  const length = word(d, PACK_LENGTH)
  const map = address(d, PACK_MAP)
  const source = address(d, PACK_SOURCE)
  const target = address(d, PACK_TARGET)
  const tap = address(d, PACK_TAP)
  const apart = <usize>length << 2
  const end = shareStart(length, unit + 1, units)
  for (let i = shareStart(length, unit, units); i < end; i++) {
    const index = load<i32>(map + (<usize>i << 2))
    if (index < 0) continue
    const from = source + (<usize>index << 2)
    const to = target + (<usize>i << 2)
    if (word(d, PACK_TILE) == 4) transformFilter4(from, tap, to, apart)
    else transformFilter2(from, tap, to, apart)
  }
}

/** Column k of Gᵀ over the points of a line: tap k of a filter's gradient. */
// @ts-ignore: decorator
@inline
function tapOf(T: i32, k: i32, u0: f64, u1: f64, u2: f64, u3: f64, u4: f64, u5: f64): f64 {
  if (T == 2) {
    if (k == 0) return u0 + (u1 + u2) / 2
    if (k == 1) return (u1 - u2) / 2
    return (u1 + u2) / 2 + u3
  }
  if (k == 0) return u0 / 4 - (u1 + u2) / 6 + (u3 + u4) / 24
  if (k == 1) return (u2 - u1) / 6 + (u3 - u4) / 12
  return (u3 + u4 - u1 - u2) / 6 + u5
}

/** Tap k of each row of points' sums, then down the rows: three taps of the filter, one below the other. */
// @ts-ignore: decorator
@inline
function tapDown(T: i32, k: i32, source: usize, apart: usize, target: usize, tap: usize): void {
  const next = <usize>(T + 2) * apart
  const r0 = tapAlong(T, k, source, apart)
  const r1 = tapAlong(T, k, source + next, apart)
  const r2 = tapAlong(T, k, source + 2 * next, apart)
  const r3 = tapAlong(T, k, source + 3 * next, apart)
  const r4 = T == 4 ? tapAlong(T, k, source + 4 * next, apart) : 0
  const r5 = T == 4 ? tapAlong(T, k, source + 5 * next, apart) : 0
  target += <usize>k * tap
  store<f32>(target, <f32>tapOf(T, 0, r0, r1, r2, r3, r4, r5))
  store<f32>(target + 3 * tap, <f32>tapOf(T, 1, r0, r1, r2, r3, r4, r5))
  store<f32>(target + 6 * tap, <f32>tapOf(T, 2, r0, r1, r2, r3, r4, r5))
}

// @ts-ignore: decorator
@inline
function tapAlong(T: i32, k: i32, p: usize, apart: usize): f64 {
  const u0 = <f64>load<f32>(p)
  const u1 = <f64>load<f32>(p + apart)
  const u2 = <f64>load<f32>(p + 2 * apart)
  const u3 = <f64>load<f32>(p + 3 * apart)
  const u4 = T == 4 ? <f64>load<f32>(p + 4 * apart) : 0
  const u5 = T == 4 ? <f64>load<f32>(p + 5 * apart) : 0
  return tapOf(T, k, u0, u1, u2, u3, u4, u5)
}

// @ts-ignore: decorator
@inline
function transformSums(T: i32, source: usize, apart: usize, target: usize, tap: usize): void {
  tapDown(T, 0, source, apart, target, tap)
  tapDown(T, 1, source, apart, target, tap)
  tapDown(T, 2, source, apart, target, tap)
}

function transformSums2(source: usize, apart: usize, target: usize, tap: usize): void {
  transformSums(2, source, apart, target, tap)
}
function transformSums4(source: usize, apart: usize, target: usize, tap: usize): void {
  transformSums(4, source, apart, target, tap)
}

/**
 * Adds the slices' sums at every point in slice order, into the first slice's, and transforms them back to nine taps in their
 * places of the flat gradient (map −1: padding).
 */
export function winogradReduce(d: usize, unit: i32, units: i32): void {
  const length = word(d, REDUCE_LENGTH)
  const from = shareStart(length, unit, units)
  const end = shareStart(length, unit + 1, units)
  const tile = word(d, REDUCE_TILE)
  const apart = <usize>length << 2
  const tap = address(d, REDUCE_TAP)
  const partial = address(d, REDUCE_PARTIAL)
  const stride = address(d, REDUCE_STRIDE)
  for (let point = pointsOf(tile) - 1; point >= 0; point--) {
    const sums = partial + <usize>point * apart
    for (let i = from; i < end; i += 4) {
      const target = sums + (<usize>i << 2)
      let p = target
      let sum = v128.load(p)
      for (let slice = word(d, REDUCE_SLICES); slice > 1; slice--) {
        p += stride
        sum = f32x4.add(sum, v128.load(p))
      }
      v128.store(target, sum)
    }
  }
  for (let i = from; i < end; i++) {
    const index = load<i32>(address(d, REDUCE_MAP) + (<usize>i << 2))
    if (index < 0) continue
    const target = address(d, REDUCE_TARGET) + (<usize>index << 2)
    const source = partial + (<usize>i << 2)
    if (tile == 4) transformSums4(source, apart, target, tap)
    else transformSums2(source, apart, target, tap)
  }
}
