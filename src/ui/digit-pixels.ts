/** Pixels of one digit. */
const SIDE = 28
const PIXELS = SIDE * SIDE

/**
 * Digits side by side, as black ink whose opacity is the pixel's byte: the paper, and in dark schemes the inversion, is CSS.
 *
 * @param images count × 784 bytes, 0 paper, 255 ink
 * @returns RGBA of an image of `columns` × 28 by ⌈count / columns⌉ × 28 pixels; cells without a digit stay clear
 */
export function digitPixels(
  images: Uint8Array,
  columns: number,
): { width: number; height: number; rgba: Uint8ClampedArray<ArrayBuffer> } {
  const count = Math.floor(images.length / PIXELS)
  const width = Math.max(1, columns) * SIDE
  const height = Math.max(1, Math.ceil(count / Math.max(1, columns))) * SIDE
  const rgba = new Uint8ClampedArray(width * height * 4)
  for (let digit = 0; digit < count; digit++) {
    const left = (digit % columns) * SIDE
    const top = Math.floor(digit / columns) * SIDE
    for (let y = 0; y < SIDE; y++) {
      const from = digit * PIXELS + y * SIDE
      const to = ((top + y) * width + left) * 4 + 3
      for (let x = 0; x < SIDE; x++) rgba[to + x * 4] = images[from + x] ?? 0
    }
  }
  return { width, height, rgba }
}
