import type { InkMask } from './thin'

/** A pixel's eight neighbours: those beside it first, so that a corner is walked around rather than cut. */
const STEPS = [
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, -1],
  [1, 1],
  [-1, 1],
  [-1, -1],
  [1, -1],
] as const

/**
 * The lines of a thinned image as polylines of pixel centres (x0, y0, x1, y1, …): each runs from an end or a fork to the next,
 * or once around a ring. Every pair of neighbouring pixels is walked once; a pixel by itself is a line of one point.
 *
 * @param skeleton lines one pixel wide, as `thin` leaves them
 */
export function traceLines(skeleton: InkMask): Float32Array[] {
  const links = linksOf(skeleton)
  const walked = new Set<number>()
  const total = skeleton.pixels.length
  const lines: number[][] = []

  function edge(a: number, b: number): number {
    return Math.min(a, b) * total + Math.max(a, b)
  }
  function walk(from: number, to: number): void {
    const line = [from]
    let before = from
    let at = to
    for (;;) {
      walked.add(edge(before, at))
      line.push(at)
      const onwards: readonly number[] = links.get(at) ?? []
      const next = onwards.length === 2 ? onwards.find((other) => !walked.has(edge(at, other))) : undefined
      if (next === undefined) break
      before = at
      at = next
    }
    lines.push(line)
  }

  for (const [at, onwards] of links) {
    if (onwards.length === 0) lines.push([at])
    if (onwards.length === 2) continue
    for (const other of onwards) if (!walked.has(edge(at, other))) walk(at, other)
  }
  // What is left has neither end nor fork: rings.
  for (const [at, onwards] of links)
    for (const other of onwards) if (!walked.has(edge(at, other))) walk(at, other)
  return lines.map((line) =>
    Float32Array.from(
      line.flatMap((at) => [(at % skeleton.width) + 0.5, Math.floor(at / skeleton.width) + 0.5]),
    ),
  )
}

/** The neighbours of each inked pixel; a slanted one only where no way around it has ink. */
function linksOf({ width, height, pixels }: InkMask): Map<number, readonly number[]> {
  const links = new Map<number, readonly number[]>()
  function inked(x: number, y: number): boolean {
    return x >= 0 && x < width && y >= 0 && y < height && pixels[y * width + x] !== 0
  }
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      if (!inked(x, y)) continue
      const near = STEPS.filter(([dx, dy]) => {
        if (!inked(x + dx, y + dy)) return false
        return dx === 0 || dy === 0 || (!inked(x + dx, y) && !inked(x, y + dy))
      })
      links.set(
        y * width + x,
        near.map(([dx, dy]) => (y + dy) * width + x + dx),
      )
    }
  return links
}
