/**
 * Gradients of a 1×1 convolution under a max pool of two by two. Of the four pixels of a window only the winner has a gradient, so
 * both walk over the pooled gradient and the winners instead of over a plane of which three quarters are zeros.
 */
import {
  FIRST_VIEW,
  HEIGHT,
  POOLED_CHANNELS,
  POOLED_PARTIAL,
  POOLED_PARTIAL_STRIDE,
  POOLED_WEIGHTS,
  POOL_INPUT_HEIGHT,
  POOL_INPUT_WIDTH,
  POOL_WINNERS,
  POOL_WINNERS_IMAGE,
  SECOND_VIEW,
  VECTORS,
  VIEW_IMAGE,
  VIEW_PIXEL,
  VIEW_ROW,
  WIDTH,
} from './descriptor'
import { address, madd, nextBlock, viewStart, word } from './memory'
import { clear } from './pool'

// @ts-ignore: decorator
@inline
function addLanes(target: usize, apart: usize, v: v128, fresh: bool): void {
  addLane(target, f32x4.extract_lane(v, 0), fresh)
  addLane(target + apart, f32x4.extract_lane(v, 1), fresh)
  addLane(target + 2 * apart, f32x4.extract_lane(v, 2), fresh)
  addLane(target + 3 * apart, f32x4.extract_lane(v, 3), fresh)
}

// @ts-ignore: decorator
@inline
function addLane(target: usize, value: f32, fresh: bool): void {
  store<f32>(target, fresh ? value : load<f32>(target) + value)
}

/** One output channel with sixteen input channels, over an image. `apart`: bytes from input channel to input channel in the result. */
function channelGradient(d: usize, gradient: usize, winners: usize, input: usize, out: usize, apart: usize, fresh: bool): void {
  let a0 = f32x4.splat(0)
  let a1 = a0, a2 = a0, a3 = a0
  const gradientRow = address(d, FIRST_VIEW + VIEW_ROW)
  const gradientPixel = address(d, FIRST_VIEW + VIEW_PIXEL)
  const lanes = gradientPixel >> 2
  const row = address(d, SECOND_VIEW + VIEW_ROW)
  const pixel = address(d, SECOND_VIEW + VIEW_PIXEL)
  for (let y = word(d, HEIGHT); y > 0; y--) {
    let g = gradient
    let p = input
    for (let x = word(d, WIDTH); x > 0; x--) {
      const winner = <usize>load<u8>(winners)
      const from = p + (winner >> 1) * row + (winner & 1) * pixel
      const value = v128.load32_splat(g)
      a0 = madd(value, v128.load(from), a0)
      a1 = madd(value, v128.load(from, 16), a1)
      a2 = madd(value, v128.load(from, 32), a2)
      a3 = madd(value, v128.load(from, 48), a3)
      winners += lanes
      g += gradientPixel
      p += pixel << 1
    }
    gradient += gradientRow
    input += row << 1
  }
  addLanes(out, apart, a0, fresh)
  addLanes(out + 4 * apart, apart, a1, fresh)
  addLanes(out + 8 * apart, apart, a2, fresh)
  addLanes(out + 12 * apart, apart, a3, fresh)
}

/** first view: the pooled gradient; second: the convolution's input. Laid out as the convolution's packed weights are. */
export function pooledFilterGradient(d: usize, first: i32, count: i32, slice: i32, fresh: bool): void {
  const channels = word(d, POOLED_CHANNELS)
  const pixel = address(d, SECOND_VIEW + VIEW_PIXEL)
  const partial = address(d, POOLED_PARTIAL) + <usize>slice * address(d, POOLED_PARTIAL_STRIDE)
  let gradient = viewStart(d, FIRST_VIEW, first)
  let input = viewStart(d, SECOND_VIEW, first)
  let winners = address(d, POOL_WINNERS) + <usize>first * address(d, POOL_WINNERS_IMAGE)
  for (let i = 0; i < count; i++) {
    let out = partial
    let channel = 0
    while (channel < channels) {
      const V = nextBlock((<i32>(address(d, FIRST_VIEW + VIEW_PIXEL) >> 4)) - (channel >> 2))
      const apart = <usize>V << 4
      const end = min(channels, channel + (V << 2))
      for (let lane: usize = 0; channel < end; channel++) {
        const at = <usize>channel
        for (let c: usize = 0; c < pixel; c += 64)
          channelGradient(d, gradient + (at << 2), winners + at, input + c, out + lane + (c >> 2) * apart, apart, fresh && i == 0)
        lane += 4
      }
      out += (pixel >> 2) * apart
    }
    gradient += address(d, FIRST_VIEW + VIEW_IMAGE)
    input += address(d, SECOND_VIEW + VIEW_IMAGE)
    winners += address(d, POOL_WINNERS_IMAGE)
  }
}

/** Four pixels of a window, sixteen channels each. */
// @ts-ignore: decorator
@inline
function windowGradient(channels: i32, gradient: usize, winners: usize, weights: usize, output: usize, row: usize, pixel: usize): void {
  const zero = f32x4.splat(0)
  for (let k: usize = 0; k < 4; k++) {
    const p = output + (k >> 1) * row + (k & 1) * pixel
    v128.store(p, zero)
    v128.store(p, zero, 16)
    v128.store(p, zero, 32)
    v128.store(p, zero, 48)
  }
  for (let left = channels; left > 0; left--) {
    const winner = <usize>load<u8>(winners)
    const p = output + (winner >> 1) * row + (winner & 1) * pixel
    const value = v128.load32_splat(gradient)
    v128.store(p, madd(value, v128.load(weights), v128.load(p)))
    v128.store(p, madd(value, v128.load(weights, 16), v128.load(p, 16)), 16)
    v128.store(p, madd(value, v128.load(weights, 32), v128.load(p, 32)), 32)
    v128.store(p, madd(value, v128.load(weights, 48), v128.load(p, 48)), 48)
    winners++
    gradient += 4
    weights += 64
  }
}

/** first view: the pooled gradient; second: gradient of the convolution's input. */
export function pooledInputGradient(d: usize, first: i32, count: i32): void {
  const height = word(d, HEIGHT)
  const width = word(d, WIDTH)
  const channels = word(d, POOLED_CHANNELS)
  const bytes = <usize>word(d, VECTORS) << 4
  const gradientPixel = address(d, FIRST_VIEW + VIEW_PIXEL)
  const row = address(d, SECOND_VIEW + VIEW_ROW)
  const pixel = address(d, SECOND_VIEW + VIEW_PIXEL)
  if (height * 2 < word(d, POOL_INPUT_HEIGHT) || width * 2 < word(d, POOL_INPUT_WIDTH))
    clear(d, SECOND_VIEW, first, count, word(d, POOL_INPUT_HEIGHT), word(d, POOL_INPUT_WIDTH))
  for (let i = 0; i < count; i++) {
    let winners = address(d, POOL_WINNERS) + <usize>(first + i) * address(d, POOL_WINNERS_IMAGE)
    for (let y = 0; y < height; y++) {
      let gradient =
        viewStart(d, FIRST_VIEW, first) + <usize>i * address(d, FIRST_VIEW + VIEW_IMAGE) + <usize>y * address(d, FIRST_VIEW + VIEW_ROW)
      let output = viewStart(d, SECOND_VIEW, first) + <usize>i * address(d, SECOND_VIEW + VIEW_IMAGE) + <usize>(2 * y) * row
      for (let x = width; x > 0; x--) {
        let weights = address(d, POOLED_WEIGHTS)
        for (let c: usize = 0; c < bytes; c += 64) {
          windowGradient(channels, gradient, winners, weights, output + c, row, pixel)
          weights += gradientPixel << 4
        }
        winners += gradientPixel >> 2
        gradient += gradientPixel
        output += pixel << 1
      }
    }
  }
}
