/** The largest (or smallest) value of the square window of 2·radius + 1 around each pixel; windows end at the image's border. */
export function windowExtremes(
  image: Uint8Array,
  width: number,
  height: number,
  radius: number,
  which: 'largest' | 'smallest',
): Uint8Array {
  const sign = which === 'largest' ? 1 : -1
  const rows = new Uint8Array(image.length)
  for (let y = 0; y < height; y++) extremesOfLine(image, rows, y * width, 1, width, radius, sign)
  const result = new Uint8Array(image.length)
  for (let x = 0; x < width; x++) extremesOfLine(rows, result, x, width, height, radius, sign)
  return result
}

/** One line by a queue of candidates that only fall: each value enters and leaves it once. */
function extremesOfLine(
  source: Uint8Array,
  target: Uint8Array,
  start: number,
  stride: number,
  length: number,
  radius: number,
  sign: 1 | -1,
): void {
  const queue = new Int32Array(length)
  let head = 0
  let tail = 0
  let next = 0
  for (let i = 0; i < length; i++) {
    for (; next < length && next <= i + radius; next++) {
      const value = sign * (source[start + next * stride] as number)
      while (tail > head && sign * (source[start + (queue[tail - 1] as number) * stride] as number) <= value)
        tail--
      queue[tail++] = next
    }
    if ((queue[head] as number) < i - radius) head++
    target[start + i * stride] = source[start + (queue[head] as number) * stride] as number
  }
}
