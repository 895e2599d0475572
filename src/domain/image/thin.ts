/** A black and white image: 1 where there is ink, 0 elsewhere, row by row. */
export interface InkMask {
  readonly width: number
  readonly height: number
  /** width × height bytes. */
  readonly pixels: Uint8Array
}

/**
 * Thins ink to lines one pixel wide that keep its shape and its holes (T. Y. Zhang and C. Y. Suen, 1984, "A fast parallel
 * algorithm for thinning digital patterns"): rounds of two passes that peel the border off, until a round peels nothing.
 *
 * @throws RangeError when there are not width × height pixels
 */
export function thin({ width, height, pixels }: InkMask): InkMask {
  if (pixels.length !== width * height)
    throw new RangeError(
      `a mask of ${width} × ${height} must have ${width * height} pixels, found ${pixels.length}`,
    )
  // A frame of paper, so that every pixel has eight neighbours.
  const stride = width + 2
  const framed = new Uint8Array(stride * (height + 2))
  for (let y = 0; y < height; y++)
    framed.set(pixels.subarray(y * width, (y + 1) * width), (y + 1) * stride + 1)
  let ink: number[] = []
  framed.forEach((value, at) => {
    if (value !== 0) ink.push(at)
  })
  for (let before = -1; before !== ink.length;) {
    before = ink.length
    for (const pass of [0, 1] as const) {
      const peeled = ink.filter((at) => canGo(framed, at, stride, pass))
      for (const at of peeled) framed[at] = 0
      ink = ink.filter((at) => framed[at] !== 0)
    }
  }
  const thinned = new Uint8Array(width * height)
  for (const at of ink) thinned[(Math.floor(at / stride) - 1) * width + (at % stride) - 1] = 1
  return { width, height, pixels: thinned }
}

/** Neighbours clockwise from above: P2 to P9 of the paper. */
function canGo(image: Uint8Array, at: number, stride: number, pass: 0 | 1): boolean {
  const north = image[at - stride] ?? 0
  const east = image[at + 1] ?? 0
  const south = image[at + stride] ?? 0
  const west = image[at - 1] ?? 0
  const northEast = image[at - stride + 1] ?? 0
  const southEast = image[at + stride + 1] ?? 0
  const southWest = image[at + stride - 1] ?? 0
  const northWest = image[at - stride - 1] ?? 0
  const neighbours = north + northEast + east + southEast + south + southWest + west + northWest
  if (neighbours < 2 || neighbours > 6) return false
  const rises =
    Number(north < northEast) +
    Number(northEast < east) +
    Number(east < southEast) +
    Number(southEast < south) +
    Number(south < southWest) +
    Number(southWest < west) +
    Number(west < northWest) +
    Number(northWest < north)
  if (rises !== 1) return false
  return pass === 0
    ? north * east * south === 0 && east * south * west === 0
    : north * east * west === 0 && north * south * west === 0
}
