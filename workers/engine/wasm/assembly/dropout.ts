/** Which values a dropout layer keeps, one bit each: src/domain/training/dropout.ts is the definition. */
import { MASK_BITS, MASK_GROUPS, MASK_KEY, MASK_THRESHOLD } from './descriptor'
import { address, word } from './memory'

/**
 * Constants as data: one that the compiler can see is put together again at every use, inside the loop, by V8.
 * mix32's two factors, and the counter's.
 */
const CONSTANTS: usize = memory.data<u32>([0x7feb352d, 0x846ca68b, 0x9e3779b9])

// @ts-ignore: decorator
@inline
function mix(value: v128, factor1: v128, factor2: v128): v128 {
  let x = v128.xor(value, i32x4.shr_u(value, 16))
  x = i32x4.mul(x, factor1)
  x = v128.xor(x, i32x4.shr_u(x, 15))
  x = i32x4.mul(x, factor2)
  return v128.xor(x, i32x4.shr_u(x, 16))
}

/** Bits of images `first … first + count − 1`: four hashes make eight decisions, one byte. */
export function dropoutMask(d: usize, first: i32, count: i32): void {
  const key = i32x4.splat(load<i32>(address(d, MASK_KEY)))
  const threshold = i16x8.splat(<i16>word(d, MASK_THRESHOLD))
  const groups = word(d, MASK_GROUPS)
  const factor1 = v128.load32_splat(CONSTANTS)
  const factor2 = v128.load32_splat(CONSTANTS, 4)
  const step = i32x4.shl(v128.load32_splat(CONSTANTS, 8), 2)
  let byte = address(d, MASK_BITS) + <usize>(first * groups)
  let end = byte + <usize>(count * groups)
  // The counter times the factor: stepping by four counters adds the same number each time.
  let product = i32x4.mul(
    i32x4.add(i32x4.splat(first * groups * 4), i32x4(0, 1, 2, 3)),
    v128.load32_splat(CONSTANTS, 8),
  )
  for (; byte < end; byte++) {
    const hash = mix(v128.xor(key, product), factor1, factor2)
    // Lanes 0, 2, 4, 6 are the low halves: the even group of four; the others the odd one.
    const kept = i16x8.ge_u(hash, threshold)
    const ordered = i8x16.shuffle(kept, kept, 0, 4, 8, 12, 2, 6, 10, 14, 0, 0, 0, 0, 0, 0, 0, 0)
    store<u8>(byte, i8x16.bitmask(ordered))
    product = i32x4.add(product, step)
  }
}
