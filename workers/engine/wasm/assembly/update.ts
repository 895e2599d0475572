/** From slices' partial gradients to the next step's packed weights. Work is split by ranges of values: unit of units. */
import {
  PACK_LENGTH,
  PACK_MAP,
  PACK_SOURCE,
  PACK_TARGET,
  REDUCE_LENGTH,
  REDUCE_MAP,
  REDUCE_PARTIAL,
  REDUCE_SLICES,
  REDUCE_STRIDE,
  REDUCE_TARGET,
} from './descriptor'
import { address, word } from './memory'

/** Where a unit's share of a range begins, at whole vectors of four. */
// @ts-ignore: decorator
@inline
export function shareStart(length: i32, unit: i32, units: i32): i32 {
  return <i32>((<i64>(length >> 2) * <i64>unit) / <i64>units) << 2
}

/** Adds packed partial sums in slice order and puts each into its place of the flat gradient (map −1: padding). */
export function reduce(d: usize, unit: i32, units: i32): void {
  const length = word(d, REDUCE_LENGTH)
  const stride = address(d, REDUCE_STRIDE)
  const slices = word(d, REDUCE_SLICES)
  const map = address(d, REDUCE_MAP)
  const target = address(d, REDUCE_TARGET)
  const end = shareStart(length, unit + 1, units)
  for (let i = shareStart(length, unit, units); i < end; i += 4) {
    let p = address(d, REDUCE_PARTIAL) + (<usize>i << 2)
    let sum = v128.load(p)
    for (let slice = 1; slice < slices; slice++) {
      p += stride
      sum = f32x4.add(sum, v128.load(p))
    }
    scatter(map + (<usize>i << 2), target, f32x4.extract_lane(sum, 0))
    scatter(map + (<usize>i << 2) + 4, target, f32x4.extract_lane(sum, 1))
    scatter(map + (<usize>i << 2) + 8, target, f32x4.extract_lane(sum, 2))
    scatter(map + (<usize>i << 2) + 12, target, f32x4.extract_lane(sum, 3))
  }
}

// @ts-ignore: decorator
@inline
function scatter(map: usize, target: usize, value: f32): void {
  const index = load<i32>(map)
  if (index >= 0) store<f32>(target + (<usize>index << 2), value)
}

/** The same for float64 sums of a channel (bias gradients): few values, so the first unit does them all. */
export function reduceSums(d: usize, unit: i32, _units: i32): void {
  if (unit != 0) return
  for (let c = 0; c < word(d, REDUCE_LENGTH); c++) {
    let p = address(d, REDUCE_PARTIAL) + (<usize>c << 3)
    let sum: f64 = 0
    for (let slice = word(d, REDUCE_SLICES); slice > 0; slice--) {
      sum += load<f64>(p)
      p += address(d, REDUCE_STRIDE)
    }
    store<f32>(address(d, REDUCE_TARGET) + (<usize>c << 2), <f32>sum)
  }
}

/** Flat weights → the order a kernel reads them in (map −1: zero). */
export function pack(d: usize, unit: i32, units: i32): void {
  const length = word(d, PACK_LENGTH)
  const map = address(d, PACK_MAP)
  const source = address(d, PACK_SOURCE)
  const target = address(d, PACK_TARGET)
  const end = shareStart(length, unit + 1, units)
  for (let i = shareStart(length, unit, units); i < end; i++) {
    const index = load<i32>(map + (<usize>i << 2))
    store<f32>(target + (<usize>i << 2), index < 0 ? 0 : load<f32>(source + (<usize>index << 2)))
  }
}
