/**
 * Max pools, channels last, a row of windows at a time. In training each window's winner is noted, the pixel that its gradient
 * goes to. Windows of two by two are written out: their loops would take longer than what is in them.
 */
import {
  FIRST_VIEW,
  HEIGHT,
  POOL_INPUT_HEIGHT,
  POOL_INPUT_WIDTH,
  POOL_SIZE,
  POOL_WINNERS,
  POOL_WINNERS_IMAGE,
  SECOND_VIEW,
  VIEW_IMAGE,
  VIEW_PIXEL,
  VIEW_ROW,
  WIDTH,
} from './descriptor'
import { address, viewStart, word } from './memory'
import { clear } from './pool'

/** One vector of a window of any size. The first of equal values wins. Returns the winners, a lane each. */
// @ts-ignore: decorator
@inline
function poolWindow(size: i32, window: usize, pixel: usize, row: usize, target: usize): v128 {
  let best = v128.load(window)
  let winner = i32x4.splat(0)
  let k = 0
  for (let dy = 0; dy < size; dy++) {
    let p = window + <usize>dy * row
    for (let dx = 0; dx < size; dx++) {
      const v = v128.load(p)
      winner = i32x4.max_s(winner, v128.and(f32x4.gt(v, best), i32x4.splat(k)))
      best = f32x4.pmax(best, v)
      p += pixel
      k++
    }
  }
  v128.store(target, best)
  return winner
}

/** The same for windows of two by two. */
// @ts-ignore: decorator
@inline
function poolSquare(NOTE: bool, window: usize, pixel: usize, row: usize, target: usize): v128 {
  const a = v128.load(window)
  const b = v128.load(window + pixel)
  const c = v128.load(window + row)
  const d = v128.load(window + row + pixel)
  const ab = f32x4.pmax(a, b)
  const abc = f32x4.pmax(ab, c)
  v128.store(target, f32x4.pmax(abc, d))
  if (!NOTE) return a
  const second = v128.and(f32x4.gt(b, a), i32x4.splat(1))
  const third = v128.and(f32x4.gt(c, ab), i32x4.splat(2))
  const fourth = v128.and(f32x4.gt(d, abc), i32x4.splat(3))
  return i32x4.max_s(i32x4.max_s(second, third), fourth)
}

// @ts-ignore: decorator
@inline
function poolRow(SQUARE: bool, NOTE: bool, size: i32, input: usize, pixel: usize, row: usize, output: usize, width: i32, winners: usize): void {
  const next = <usize>(size - 1) * pixel
  do {
    const end = input + pixel
    do {
      const winner = SQUARE
        ? poolSquare(NOTE, input, pixel, row, output)
        : poolWindow(size, input, pixel, row, output)
      if (NOTE) {
        const bytes = i8x16.shuffle(winner, winner, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12)
        store<i32>(winners, i32x4.extract_lane(bytes, 0))
        winners += 4
      }
      input += 16
      output += 16
    } while (input < end)
    input += next
  } while (--width)
}

function poolSquares(input: usize, pixel: usize, row: usize, output: usize, width: i32): void {
  poolRow(true, false, 2, input, pixel, row, output, width, 0)
}
function poolNotedSquares(input: usize, pixel: usize, row: usize, output: usize, width: i32, winners: usize): void {
  poolRow(true, true, 2, input, pixel, row, output, width, winners)
}
function poolWindows(size: i32, input: usize, pixel: usize, row: usize, output: usize, width: i32): void {
  poolRow(false, false, size, input, pixel, row, output, width, 0)
}
function poolNotedWindows(size: i32, input: usize, pixel: usize, row: usize, output: usize, width: i32, winners: usize): void {
  poolRow(false, true, size, input, pixel, row, output, width, winners)
}

/** first view → second; the first of equal values wins, as in PyTorch. Winners are noted where there is a place for them. */
export function maxPool(d: usize, first: i32, count: i32): void {
  const size = word(d, POOL_SIZE)
  const height = word(d, HEIGHT)
  const width = word(d, WIDTH)
  const row = address(d, FIRST_VIEW + VIEW_ROW)
  const pixel = address(d, FIRST_VIEW + VIEW_PIXEL)
  const noted = word(d, POOL_WINNERS) != 0
  for (let i = 0; i < count; i++) {
    let input = viewStart(d, FIRST_VIEW, first) + <usize>i * address(d, FIRST_VIEW + VIEW_IMAGE)
    let output = viewStart(d, SECOND_VIEW, first) + <usize>i * address(d, SECOND_VIEW + VIEW_IMAGE)
    let winners = address(d, POOL_WINNERS) + <usize>(first + i) * address(d, POOL_WINNERS_IMAGE)
    for (let y = 0; y < height; y++) {
      if (size == 2) {
        if (noted) poolNotedSquares(input, pixel, row, output, width, winners)
        else poolSquares(input, pixel, row, output, width)
      } else if (noted) poolNotedWindows(size, input, pixel, row, output, width, winners)
      else poolWindows(size, input, pixel, row, output, width)
      input += <usize>size * row
      output += address(d, SECOND_VIEW + VIEW_ROW)
      winners += (<usize>width * pixel) >> 2
    }
  }
}

// @ts-ignore: decorator
@inline
function unpoolRow(SQUARE: bool, size: i32, gradient: usize, pixel: usize, row: usize, output: usize, width: i32, winners: usize): void {
  const next = <usize>(size - 1) * pixel
  do {
    const end = output + pixel
    do {
      const g = v128.load(gradient)
      const winner = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(winners)))
      if (SQUARE) {
        v128.store(output, v128.and(g, i32x4.eq(winner, i32x4.splat(0))))
        v128.store(output + pixel, v128.and(g, i32x4.eq(winner, i32x4.splat(1))))
        v128.store(output + row, v128.and(g, i32x4.eq(winner, i32x4.splat(2))))
        v128.store(output + row + pixel, v128.and(g, i32x4.eq(winner, i32x4.splat(3))))
      } else {
        let k = 0
        for (let dy = 0; dy < size; dy++) {
          let p = output + <usize>dy * row
          for (let dx = 0; dx < size; dx++) {
            v128.store(p, v128.and(g, i32x4.eq(winner, i32x4.splat(k))))
            p += pixel
            k++
          }
        }
      }
      gradient += 16
      winners += 4
      output += 16
    } while (output < end)
    output += next
  } while (--width)
}

function unpoolSquares(gradient: usize, pixel: usize, row: usize, output: usize, width: i32, winners: usize): void {
  unpoolRow(true, 2, gradient, pixel, row, output, width, winners)
}
function unpoolWindows(size: i32, gradient: usize, pixel: usize, row: usize, output: usize, width: i32, winners: usize): void {
  unpoolRow(false, size, gradient, pixel, row, output, width, winners)
}

/** first view: gradient of the output; second: gradient of the input. */
export function maxUnpool(d: usize, first: i32, count: i32): void {
  const size = word(d, POOL_SIZE)
  const height = word(d, HEIGHT)
  const width = word(d, WIDTH)
  const inputHeight = word(d, POOL_INPUT_HEIGHT)
  const inputWidth = word(d, POOL_INPUT_WIDTH)
  const row = address(d, SECOND_VIEW + VIEW_ROW)
  const pixel = address(d, SECOND_VIEW + VIEW_PIXEL)
  if (height * size < inputHeight || width * size < inputWidth)
    clear(d, SECOND_VIEW, first, count, inputHeight, inputWidth)
  for (let i = 0; i < count; i++) {
    let gradient = viewStart(d, FIRST_VIEW, first) + <usize>i * address(d, FIRST_VIEW + VIEW_IMAGE)
    let output = viewStart(d, SECOND_VIEW, first) + <usize>i * address(d, SECOND_VIEW + VIEW_IMAGE)
    let winners = address(d, POOL_WINNERS) + <usize>(first + i) * address(d, POOL_WINNERS_IMAGE)
    for (let y = 0; y < height; y++) {
      if (size == 2) unpoolSquares(gradient, pixel, row, output, width, winners)
      else unpoolWindows(size, gradient, pixel, row, output, width, winners)
      gradient += address(d, FIRST_VIEW + VIEW_ROW)
      output += <usize>size * row
      winners += (<usize>width * pixel) >> 2
    }
  }
}
