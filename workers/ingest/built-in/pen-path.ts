/**
 * What a pen does between touching and leaving the paper: knots in a unit square (x to the right, y downwards, 1 the digit's
 * height), joined smoothly except at corners. Only +, −, × and ÷ are used here and where paths are bent: IEEE 754 fixes their
 * bits, so a digit is the same in every browser and in Node.
 */
export interface Knot {
  readonly x: number
  readonly y: number
  /** The pen stops and turns here. */
  readonly corner: boolean
}

export type PenPath = readonly Knot[]

/** A smooth knot. */
export function at(x: number, y: number): Knot {
  return { x, y, corner: false }
}

/** A knot where the pen turns sharply. */
export function corner(x: number, y: number): Knot {
  return { x, y, corner: true }
}

/** The sine of an angle in turns, to within 0.0011: a parabola and one correction. */
function sineOfTurns(turns: number): number {
  const wrapped = 2 * (turns - Math.round(turns))
  const parabola = 4 * wrapped * (1 - Math.abs(wrapped))
  return parabola + 0.225 * (parabola * Math.abs(parabola) - parabola)
}

/** An ellipse for {@link arc}: middle, half axes, and by which share the half axes have grown at the end. */
export interface Ellipse {
  readonly x: number
  readonly y: number
  readonly rx: number
  readonly ry: number
  readonly growth?: number
}

/** Knots along an ellipse, in turns: 0 is right, 0.25 bottom, 0.5 left, 0.75 top. Falling turns run against the clock. */
export function arc(ellipse: Ellipse, from: number, to: number): Knot[] {
  const pieces = Math.max(2, Math.round(Math.abs(to - from) * 8))
  const knots: Knot[] = []
  for (let i = 0; i <= pieces; i++) {
    const share = i / pieces
    const turns = from + (to - from) * share
    const size = 1 + (ellipse.growth ?? 0) * share
    knots.push(
      at(
        ellipse.x + ellipse.rx * size * sineOfTurns(turns + 0.25),
        ellipse.y + ellipse.ry * size * sineOfTurns(turns),
      ),
    )
  }
  return knots
}

/**
 * The path as a polyline x0, y0, x1, y1, …: a Catmull–Rom spline through the knots, `steps` pieces between two of them; at a
 * corner one spline ends and the next begins.
 */
export function flatten(path: PenPath, steps: number): number[] {
  const points: number[] = []
  const first = path[0]
  if (first === undefined) return points
  points.push(first.x, first.y)
  for (let i = 0; i + 1 < path.length; i++) {
    const from = path[i] as Knot
    const to = path[i + 1] as Knot
    // Beyond an end or a corner the spline continues straight.
    const before = from.corner ? undefined : path[i - 1]
    const after = to.corner ? undefined : path[i + 2]
    for (let step = 1; step <= steps; step++) {
      const t = step / steps
      points.push(
        between(before?.x ?? 2 * from.x - to.x, from.x, to.x, after?.x ?? 2 * to.x - from.x, t),
        between(before?.y ?? 2 * from.y - to.y, from.y, to.y, after?.y ?? 2 * to.y - from.y, t),
      )
    }
  }
  return points
}

/** The Catmull–Rom polynomial from `b` (t = 0) to `c` (t = 1), with the neighbours `a` and `d`. */
function between(a: number, b: number, c: number, d: number, t: number): number {
  return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))
}
