/**
 * What lies between Winograd's transforms: at each point a matrix product over the tiles of a block, by the kernels of the
 * direct convolution (a 1×1 convolution whose pixels are the tiles).
 */
import { convolveLine } from './conv'
import {
  FIRST_VIEW,
  SECOND_VIEW,
  VECTORS,
  VIEW_BASE,
  VIEW_PIXEL,
  WINOGRAD_COLUMNS,
  WINOGRAD_PARTIAL,
  WINOGRAD_PARTIAL_STRIDE,
  WINOGRAD_ROWS,
  WINOGRAD_TILE,
  WINOGRAD_WEIGHTS,
} from './descriptor'
import { filterProduct } from './filter'
import { address, nextBlock, word } from './memory'

/** Points at which a tile is multiplied with a filter. */
// @ts-ignore: decorator
@inline
export function pointsOf(tile: i32): i32 {
  return (tile + 2) * (tile + 2)
}

/** first view: transformed tiles; second: their products with the transformed weights, channel by channel. */
export function winogradMultiply(d: usize, _first: i32, count: i32): void {
  const tiles = count * word(d, WINOGRAD_ROWS) * word(d, WINOGRAD_COLUMNS)
  const pixel = address(d, FIRST_VIEW + VIEW_PIXEL)
  const outputPixel = address(d, SECOND_VIEW + VIEW_PIXEL)
  let input = address(d, FIRST_VIEW + VIEW_BASE)
  let output = address(d, SECOND_VIEW + VIEW_BASE)
  let weights = address(d, WINOGRAD_WEIGHTS)
  for (let point = pointsOf(word(d, WINOGRAD_TILE)); point > 0; point--) {
    let target = output
    let left = word(d, VECTORS)
    while (left > 0) {
      const V = nextBlock(left)
      convolveLine(V, input, pixel, 0, 1, pixel, weights, target, outputPixel, tiles)
      weights += (pixel >> 2) * (<usize>V << 4)
      target += <usize>V << 4
      left -= V
    }
    input += <usize>tiles * pixel
    output += <usize>tiles * outputPixel
  }
}

/** first view: transformed tiles of the input; second: of the output's gradient. Adds to the slice's sums at each point. */
export function winogradFilterGradient(d: usize, _first: i32, count: i32, slice: i32, fresh: bool): void {
  const tiles = count * word(d, WINOGRAD_ROWS) * word(d, WINOGRAD_COLUMNS)
  const pixel = address(d, FIRST_VIEW + VIEW_PIXEL)
  const gradientPixel = address(d, SECOND_VIEW + VIEW_PIXEL)
  let input = address(d, FIRST_VIEW + VIEW_BASE)
  let gradient = address(d, SECOND_VIEW + VIEW_BASE)
  let out = address(d, WINOGRAD_PARTIAL) + <usize>slice * address(d, WINOGRAD_PARTIAL_STRIDE)
  for (let point = pointsOf(word(d, WINOGRAD_TILE)); point > 0; point--) {
    out = filterProduct(word(d, VECTORS), tiles, input, pixel, gradient, gradientPixel, out, fresh)
    input += <usize>tiles * pixel
    gradient += <usize>tiles * gradientPixel
  }
}
