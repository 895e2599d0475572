/**
 * What happens to a convolution's sums while they are still in registers: a bias and a rectifier, so that no pass over memory has
 * to follow. A sum begins at its bias, and ends at no less than its floor.
 */

/** A block of no biases, and the floors: of a rectifier, and of nothing at all (minus infinity). */
const ZEROS: usize = memory.data<f32>([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
const BOTTOMLESS: usize = memory.data<u32>([0xff800000, 0xff800000, 0xff800000, 0xff800000])

/** Where the first block's biases lie; `bias` 0 for none. */
// @ts-ignore: decorator
@inline
export function biasAt(bias: usize): usize {
  return bias ? bias : ZEROS
}

// @ts-ignore: decorator
@inline
export function floorOf(rectify: i32): usize {
  return rectify ? ZEROS : BOTTOMLESS
}

/** Not less than the floor. What is no number stays none. */
// @ts-ignore: decorator
@inline
export function floored(END: bool, v: v128, floor: usize): v128 {
  return END ? f32x4.pmax(v, v128.load(floor)) : v
}

/** A sum that did not begin at its bias. */
// @ts-ignore: decorator
@inline
export function ended(END: bool, v: v128, bias: usize, floor: usize): v128 {
  return END ? f32x4.pmax(f32x4.add(v, v128.load(bias)), v128.load(floor)) : v
}
