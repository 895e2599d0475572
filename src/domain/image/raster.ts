import type { Ink } from './ink'

/** Full ink of one pixel. */
const FULL = 255

/**
 * Draws a whole drawing with round brushes: one byte a pixel, 0 paper to 255 full ink, row by row, `side` × `side`.
 * The canvas is scaled to the image; a stroke of one point is a dot; points that are not finite are left out; what lies
 * outside the canvas is cut off. A pixel's ink is its coverage by the distance to the stroke's middle line, over an edge one
 * pixel wide; where strokes cross, the larger value stays, so that drawing over a place twice does not darken its edge.
 *
 * @throws RangeError unless `side` is a whole number from 1 to 4096 and the canvas has a positive size.
 */
export function rasteriseInk(ink: Ink, side: number): Uint8Array {
  if (!Number.isInteger(side) || side < 1 || side > 4096)
    throw new RangeError(`an ink image's side must be a whole number from 1 to 4096, found ${side}`)
  if (!(ink.size > 0 && Number.isFinite(ink.size)))
    throw new RangeError(`a canvas must have a positive size, found ${ink.size}`)
  const image = new Uint8Array(side * side)
  const scale = side / ink.size
  for (const stroke of ink.strokes) {
    const radius = (stroke.width / 2) * scale
    if (!(radius > 0 && Number.isFinite(radius))) continue
    drawPolyline(image, side, stroke.points, scale, radius)
  }
  return image
}

function drawPolyline(
  image: Uint8Array,
  side: number,
  points: Float32Array,
  scale: number,
  radius: number,
): void {
  let lastX = Number.NaN
  let lastY = Number.NaN
  for (let i = 0; i + 1 < points.length; i += 2) {
    const x = (points[i] as number) * scale
    const y = (points[i + 1] as number) * scale
    if (!Number.isFinite(x) || !Number.isFinite(y)) continue
    if (Number.isNaN(lastX)) drawSegment(image, side, x, y, radius, x, y, radius)
    else drawSegment(image, side, lastX, lastY, radius, x, y, radius)
    lastX = x
    lastY = y
  }
}

/**
 * Draws one straight piece whose radius goes from `radius0` to `radius1`, all in pixels; pixel (column, row) has its centre at
 * (column + 0.5, row + 0.5). The work is bounded by the part of the piece's slanted strip that lies inside the image, however
 * long the piece is. A brush thinner than a pixel loses darkness instead of width.
 */
export function drawSegment(
  image: Uint8Array,
  side: number,
  x0: number,
  y0: number,
  radius0: number,
  x1: number,
  y1: number,
  radius1: number,
): void {
  const dx = x1 - x0
  const dy = y1 - y0
  const lengthSquared = dx * dx + dy * dy
  const reach = Math.max(radius0, radius1) + 0.5
  const firstRow = Math.max(0, Math.ceil(Math.min(y0, y1) - reach - 0.5))
  const lastRow = Math.min(side - 1, Math.floor(Math.max(y0, y1) + reach - 0.5))
  for (let row = firstRow; row <= lastRow; row++) {
    const y = row + 0.5
    let from = 0
    let to = 1
    if (dy !== 0) {
      // Only the part of the middle line within reach of this row can colour it.
      const a = (y - reach - y0) / dy
      const b = (y + reach - y0) / dy
      from = Math.max(0, Math.min(a, b))
      to = Math.min(1, Math.max(a, b))
    }
    const xFrom = x0 + from * dx
    const xTo = x0 + to * dx
    const first = Math.max(0, Math.ceil(Math.min(xFrom, xTo) - reach - 0.5))
    const last = Math.min(side - 1, Math.floor(Math.max(xFrom, xTo) + reach - 0.5))
    for (let column = first; column <= last; column++) {
      const at = row * side + column
      const before = image[at] as number
      if (before === FULL) continue
      const px = column + 0.5 - x0
      const py = y - y0
      const along = lengthSquared > 0 ? Math.min(1, Math.max(0, (px * dx + py * dy) / lengthSquared)) : 0
      const ex = px - along * dx
      const ey = py - along * dy
      const radius = radius0 + along * (radius1 - radius0)
      const ink = inkAt(ex * ex + ey * ey, radius)
      if (ink > before) image[at] = ink
    }
  }
}

/** The byte at a squared distance from the middle line of a brush of this radius. */
function inkAt(distanceSquared: number, radius: number): number {
  const inner = radius - 0.5
  if (inner > 0 && distanceSquared <= inner * inner) return FULL
  const coverage = Math.min(1, radius + 0.5 - Math.sqrt(distanceSquared))
  if (coverage <= 0) return 0
  return Math.round(FULL * coverage * Math.min(1, 2 * radius))
}
