/**
 * Random changes to staged images: the integers of src/domain/training/augment.ts, value for value. An image lies in 32 × 32 bytes
 * with zeros around it, so that reading next to it needs no test; where it is read further off, the place is moved to those zeros.
 */
import {
  AUGMENT_DRAWS,
  AUGMENT_ELASTIC,
  AUGMENT_RESULT,
  AUGMENT_SOURCE,
  AUGMENT_WORK,
  AUGMENT_WORK_BYTES,
} from './descriptor'
import { address, word } from './memory'

const SIDE = 28
const ROW: usize = 32
const PADDED: usize = 32 * 32
/** Where the image's first pixel lies: two pixels from the edges above and to the left. */
const ORIGIN: usize = 2 * 32 + 2
const FIELD_SIDE = 5
const IMAGE_BYTES: usize = 28 * 28
const DRAW_BYTES: usize = 8 * 4

/** Work memory of a slice: the image, the image with other strokes, the field's displacements. */
export function augment(d: usize, first: i32, count: i32, slice: i32): void {
  const work = address(d, AUGMENT_WORK) + <usize>slice * address(d, AUGMENT_WORK_BYTES)
  const elastic = word(d, AUGMENT_ELASTIC)
  const plain = work
  const stroked = work + PADDED
  const field = stroked + PADDED
  memory.fill(work, 0, 2 * PADDED)
  for (let image = first; image < first + count; image++) {
    const draws = address(d, AUGMENT_DRAWS) + <usize>image * DRAW_BYTES
    const source = address(d, AUGMENT_SOURCE) + <usize>image * IMAGE_BYTES
    for (let y: usize = 0; y < <usize>SIDE; y++)
      memory.copy(plain + ORIGIN + y * ROW, source + y * <usize>SIDE, <usize>SIDE)
    const strokes = load<i32>(draws, 24)
    if (strokes != 0) changeStrokes(plain, stroked, strokes)
    if (elastic != 0) drawField(field, load<u32>(draws, 28), elastic)
    const result = address(d, AUGMENT_RESULT) + <usize>image * IMAGE_BYTES
    place(draws, strokes != 0 ? stroked : plain, elastic != 0 ? field : 0, result)
  }
}

/** |strokes| / 256 of the way to the largest or smallest of 3 × 3 pixels. Two vectors of sixteen pixels overlap in a row. */
function changeStrokes(plain: usize, into: usize, strokes: i32): void {
  const thicker = strokes > 0
  const share = <i16>abs(strokes)
  for (let y: usize = 0; y < <usize>SIDE; y++)
    for (let half: usize = 0; half < 2; half++) {
      const at = ORIGIN + y * ROW + half * 12
      const own = v128.load(plain + at)
      let extreme = own
      for (let row: usize = 0; row < 3; row++)
        for (let column: usize = 0; column < 3; column++) {
          const other = v128.load(plain + at + row * ROW + column - ROW - 1)
          extreme = thicker ? i8x16.max_u(extreme, other) : i8x16.min_u(extreme, other)
        }
      const low = mixed(i16x8.extend_low_i8x16_u(own), i16x8.extend_low_i8x16_u(extreme), share)
      const high = mixed(i16x8.extend_high_i8x16_u(own), i16x8.extend_high_i8x16_u(extreme), share)
      v128.store(into + at, i8x16.narrow_i16x8_u(low, high))
    }
}

/** own + ⌊((extreme − own)·share + 128) / 256⌋, without a negative number on the way: all fits into 16 bits. */
// @ts-ignore: decorator
@inline
function mixed(own: v128, extreme: v128, share: i16): v128 {
  const sum = i16x8.add(
    i16x8.mul(own, i16x8.splat(256 - share)),
    i16x8.mul(extreme, i16x8.splat(share)),
  )
  return i16x8.shr_u(i16x8.add(sum, i16x8.splat(128)), 8)
}

/** Displacements (x, y) of the field's points. */
function drawField(field: usize, key: u32, elastic: i32): void {
  for (let point: u32 = 0; point < <u32>(FIELD_SIDE * FIELD_SIDE); point++) {
    const number = mix(key ^ (point * 0x9e3779b9))
    const at = field + (<usize>point << 3)
    store<i32>(at, ((<i32>(number & 0xffff) - 32768) * elastic) >> 7)
    store<i32>(at, ((<i32>(number >> 16) - 32768) * elastic) >> 7, 4)
  }
}

/** `mix32` of src/domain/random.ts. */
// @ts-ignore: decorator
@inline
function mix(value: u32): u32 {
  let x = value
  x = (x ^ (x >> 16)) * 0x7feb352d
  x = (x ^ (x >> 15)) * 0x846ca68b
  return x ^ (x >> 16)
}

/** Reads each pixel of the result at its place in the source; `field` 0 displaces nothing. */
function place(draws: usize, source: usize, field: usize, result: usize): void {
  const xByX = load<i32>(draws, 4)
  const xByY = load<i32>(draws, 8)
  const yByX = load<i32>(draws, 16)
  const yByY = load<i32>(draws, 20)
  for (let y = 0; y < SIDE; y++) {
    let u = load<i32>(draws) + xByY * y
    let v = load<i32>(draws, 12) + yByY * y
    for (let x = 0; x < SIDE; x++) {
      let atX = u
      let atY = v
      if (field != 0) {
        atX += displacement(field, x, y)
        atY += displacement(field + 4, x, y)
      }
      store<u8>(result++, bilinear(source, atX, atY))
      u += xByX
      v += yByX
    }
  }
}

// @ts-ignore: decorator
@inline
function displacement(field: usize, x: i32, y: i32): i32 {
  const at = field + (<usize>((y >> 3) * FIELD_SIDE + (x >> 3)) << 3)
  const right = x & 7
  const down = y & 7
  const upper = load<i32>(at) * (8 - right) + load<i32>(at, 8) * right
  const lower = load<i32>(at, 8 * FIELD_SIDE) * (8 - right) + load<i32>(at, 8 * FIELD_SIDE + 8) * right
  return (upper * (8 - down) + lower * down) >> 6
}

// @ts-ignore: decorator
@inline
function bilinear(source: usize, u: i32, v: i32): i32 {
  const x = min<i32>(max<i32>(u >> 16, -2), SIDE)
  const y = min<i32>(max<i32>(v >> 16, -2), SIDE)
  const right = (u >> 8) & 255
  const down = (v >> 8) & 255
  const at = source + ORIGIN + <usize>(y * <i32>ROW + x)
  const upper = <i32>load<u8>(at) * (256 - right) + <i32>load<u8>(at, 1) * right
  const lower = <i32>load<u8>(at, 32) * (256 - right) + <i32>load<u8>(at, 33) * right
  return (upper * (256 - down) + lower * down + 32768) >> 16
}
