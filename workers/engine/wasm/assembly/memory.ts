import { VIEW_BASE, VIEW_FIRST } from './descriptor'

/** A word of a descriptor. */
// @ts-ignore: decorator
@inline
export function word(descriptor: usize, index: i32): i32 {
  return load<i32>(descriptor + ((<usize>index) << 2))
}

// @ts-ignore: decorator
@inline
export function address(descriptor: usize, index: i32): usize {
  return <usize>word(descriptor, index)
}

// @ts-ignore: decorator
@inline
export function real(descriptor: usize, index: i32): f32 {
  return load<f32>(descriptor + ((<usize>index) << 2))
}

/** Where a view's `first` image begins. */
// @ts-ignore: decorator
@inline
export function viewStart(descriptor: usize, view: i32, first: i32): usize {
  return address(descriptor, view + VIEW_BASE) + <usize>first * address(descriptor, view + VIEW_FIRST)
}

/** a × b + c: fused or not as the machine likes in the relaxed build, rounded twice in the plain one. */
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c)
  return f32x4.add(c, f32x4.mul(a, b))
}

/** c − a × b, under the same terms. */
// @ts-ignore: decorator
@inline
export function nmadd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_nmadd(a, b, c)
  return f32x4.sub(c, f32x4.mul(a, b))
}

/** Output channels are done in blocks of up to four vectors; how many of `left` vectors come next. `blocks.ts` has its twin. */
// @ts-ignore: decorator
@inline
export function nextBlock(left: i32): i32 {
  return left == 5 || left == 6 ? 3 : left > 4 ? 4 : left
}
