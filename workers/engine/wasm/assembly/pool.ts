/** Average pools and flattening, channels last. */
import {
  FIRST_VIEW,
  FLATTEN_CHANNELS,
  HEIGHT,
  POOL_ADAPTIVE,
  POOL_INPUT_HEIGHT,
  POOL_INPUT_WIDTH,
  POOL_SIZE,
  SECOND_VIEW,
  VECTORS,
  VIEW_IMAGE,
  VIEW_PIXEL,
  VIEW_ROW,
  WIDTH,
} from './descriptor'
import { address, viewStart, word } from './memory'

/** Zeroes the pixels of a block of images, leaving the zero columns beside them alone. */
export function clear(d: usize, view: i32, first: i32, count: i32, height: i32, width: i32): void {
  const bytes = <usize>width * address(d, view + VIEW_PIXEL)
  let image = viewStart(d, view, first)
  for (let i = 0; i < count; i++) {
    let row = image
    for (let y = 0; y < height; y++) {
      memory.fill(row, 0, bytes)
      row += address(d, view + VIEW_ROW)
    }
    image += address(d, view + VIEW_IMAGE)
  }
}

// @ts-ignore: decorator
@inline
function windowStart(d: usize, index: i32, cells: i32, extent: i32): i32 {
  return word(d, POOL_ADAPTIVE) ? (index * extent) / cells : index * word(d, POOL_SIZE)
}

// @ts-ignore: decorator
@inline
function windowEnd(d: usize, index: i32, cells: i32, extent: i32): i32 {
  return word(d, POOL_ADAPTIVE)
    ? ((index + 1) * extent + cells - 1) / cells
    : (index + 1) * word(d, POOL_SIZE)
}

/** first view → second: the mean of each window. */
export function averagePool(d: usize, first: i32, count: i32): void {
  const height = word(d, HEIGHT)
  const width = word(d, WIDTH)
  const bytes = <usize>word(d, VECTORS) << 4
  const row = address(d, FIRST_VIEW + VIEW_ROW)
  const pixel = address(d, FIRST_VIEW + VIEW_PIXEL)
  for (let i = 0; i < count; i++) {
    const input = viewStart(d, FIRST_VIEW, first) + <usize>i * address(d, FIRST_VIEW + VIEW_IMAGE)
    const output = viewStart(d, SECOND_VIEW, first) + <usize>i * address(d, SECOND_VIEW + VIEW_IMAGE)
    for (let y = 0; y < height; y++) {
      const y0 = windowStart(d, y, height, word(d, POOL_INPUT_HEIGHT))
      const y1 = windowEnd(d, y, height, word(d, POOL_INPUT_HEIGHT))
      for (let x = 0; x < width; x++) {
        const x0 = windowStart(d, x, width, word(d, POOL_INPUT_WIDTH))
        const x1 = windowEnd(d, x, width, word(d, POOL_INPUT_WIDTH))
        const share = f32x4.splat(1 / <f32>((y1 - y0) * (x1 - x0)))
        const target =
          output + <usize>y * address(d, SECOND_VIEW + VIEW_ROW) + <usize>x * address(d, SECOND_VIEW + VIEW_PIXEL)
        for (let c: usize = 0; c < bytes; c += 16) {
          let sum = f32x4.splat(0)
          for (let v = y0; v < y1; v++)
            for (let u = x0; u < x1; u++)
              sum = f32x4.add(sum, v128.load(input + <usize>v * row + <usize>u * pixel + c))
          v128.store(target + c, f32x4.mul(sum, share))
        }
      }
    }
  }
}

/** first view: gradient of the output; second: gradient of the input. Windows may overlap, so shares are added. */
export function averageUnpool(d: usize, first: i32, count: i32): void {
  const height = word(d, HEIGHT)
  const width = word(d, WIDTH)
  const bytes = <usize>word(d, VECTORS) << 4
  const row = address(d, SECOND_VIEW + VIEW_ROW)
  const pixel = address(d, SECOND_VIEW + VIEW_PIXEL)
  clear(d, SECOND_VIEW, first, count, word(d, POOL_INPUT_HEIGHT), word(d, POOL_INPUT_WIDTH))
  for (let i = 0; i < count; i++) {
    const gradient = viewStart(d, FIRST_VIEW, first) + <usize>i * address(d, FIRST_VIEW + VIEW_IMAGE)
    const output = viewStart(d, SECOND_VIEW, first) + <usize>i * address(d, SECOND_VIEW + VIEW_IMAGE)
    for (let y = 0; y < height; y++) {
      const y0 = windowStart(d, y, height, word(d, POOL_INPUT_HEIGHT))
      const y1 = windowEnd(d, y, height, word(d, POOL_INPUT_HEIGHT))
      for (let x = 0; x < width; x++) {
        const x0 = windowStart(d, x, width, word(d, POOL_INPUT_WIDTH))
        const x1 = windowEnd(d, x, width, word(d, POOL_INPUT_WIDTH))
        const share = f32x4.splat(1 / <f32>((y1 - y0) * (x1 - x0)))
        const source =
          gradient + <usize>y * address(d, FIRST_VIEW + VIEW_ROW) + <usize>x * address(d, FIRST_VIEW + VIEW_PIXEL)
        for (let c: usize = 0; c < bytes; c += 16) {
          const g = f32x4.mul(v128.load(source + c), share)
          for (let v = y0; v < y1; v++) {
            for (let u = x0; u < x1; u++) {
              const target = output + <usize>v * row + <usize>u * pixel + c
              v128.store(target, f32x4.add(v128.load(target), g))
            }
          }
        }
      }
    }
  }
}

/** first view (height × width × channels) → second (one vector an image): drops the lanes that only pad a pixel. */
export function flatten(d: usize, first: i32, count: i32): void {
  const channels = word(d, FLATTEN_CHANNELS)
  for (let i = 0; i < count; i++) {
    const input = viewStart(d, FIRST_VIEW, first) + <usize>i * address(d, FIRST_VIEW + VIEW_IMAGE)
    let output = viewStart(d, SECOND_VIEW, first) + <usize>i * address(d, SECOND_VIEW + VIEW_IMAGE)
    for (let y = 0; y < word(d, HEIGHT); y++) {
      for (let x = 0; x < word(d, WIDTH); x++) {
        const pixel = input + <usize>y * address(d, FIRST_VIEW + VIEW_ROW) + <usize>x * address(d, FIRST_VIEW + VIEW_PIXEL)
        memory.copy(output, pixel, <usize>channels << 2)
        output += <usize>channels << 2
      }
    }
  }
}

/** first view: gradient of the vectors; second: gradient of the planes, whose padding lanes stay zero. */
export function unflatten(d: usize, first: i32, count: i32): void {
  const channels = word(d, FLATTEN_CHANNELS)
  const padding = address(d, SECOND_VIEW + VIEW_PIXEL) - (<usize>channels << 2)
  for (let i = 0; i < count; i++) {
    let gradient = viewStart(d, FIRST_VIEW, first) + <usize>i * address(d, FIRST_VIEW + VIEW_IMAGE)
    const output = viewStart(d, SECOND_VIEW, first) + <usize>i * address(d, SECOND_VIEW + VIEW_IMAGE)
    for (let y = 0; y < word(d, HEIGHT); y++) {
      for (let x = 0; x < word(d, WIDTH); x++) {
        const pixel = output + <usize>y * address(d, SECOND_VIEW + VIEW_ROW) + <usize>x * address(d, SECOND_VIEW + VIEW_PIXEL)
        memory.copy(pixel, gradient, <usize>channels << 2)
        memory.fill(pixel + (<usize>channels << 2), 0, padding)
        gradient += <usize>channels << 2
      }
    }
  }
}
