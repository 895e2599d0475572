/** Which values a dropout layer keeps, one bit each: src/domain/training/dropout.ts is the definition. */
import { MASK_BITS, MASK_GROUPS, MASK_KEY, MASK_THRESHOLD } from './descriptor'
import { address, word } from './memory'

// @ts-ignore: decorator
@inline
function mix(value: v128): v128 {
  let x = v128.xor(value, i32x4.shr_u(value, 16))
  x = i32x4.mul(x, i32x4.splat(0x7feb352d))
  x = v128.xor(x, i32x4.shr_u(x, 15))
  x = i32x4.mul(x, i32x4.splat(0x846ca68b))
  return v128.xor(x, i32x4.shr_u(x, 16))
}

/** Bits of images `first … first + count − 1`: four hashes make eight decisions, one byte. */
export function dropoutMask(d: usize, first: i32, count: i32): void {
  const key = i32x4.splat(load<i32>(address(d, MASK_KEY)))
  const threshold = i32x4.splat(word(d, MASK_THRESHOLD))
  const groups = word(d, MASK_GROUPS)
  const low = i32x4.splat(0xffff)
  const factor = i32x4.splat(0x9e3779b9)
  const shift = i32x4.splat(0x6a09e667)
  let byte = address(d, MASK_BITS) + <usize>(first * groups)
  let counter = i32x4.add(i32x4.splat(first * groups * 4), i32x4(0, 1, 2, 3))
  for (let i = count * groups; i > 0; i--) {
    const hash = mix(v128.xor(key, mix(i32x4.add(i32x4.mul(counter, factor), shift))))
    const even = i32x4.bitmask(i32x4.ge_u(v128.and(hash, low), threshold))
    const odd = i32x4.bitmask(i32x4.ge_u(i32x4.shr_u(hash, 16), threshold))
    store<u8>(byte++, even | (odd << 4))
    counter = i32x4.add(counter, i32x4.splat(4))
  }
}
