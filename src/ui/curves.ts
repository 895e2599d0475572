/**
 * Curves before they are drawn: smoothing, thinning to what pixels can show, and aligning several on one x axis. Pure, so that
 * ten thousand points a frame stay a matter of arithmetic.
 */

export interface Points {
  readonly x: readonly number[]
  readonly y: readonly number[]
}

/**
 * Exponential moving average, corrected for its start (as Adam corrects its moments), so that the first values are not pulled
 * towards zero. `factor` in [0, 1): 0 returns the values themselves. Values that are not finite are passed over.
 */
export function smooth(values: ArrayLike<number>, factor: number): Float64Array {
  const out = new Float64Array(values.length)
  let mean = 0
  let weight = 0
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? Number.NaN
    if (Number.isFinite(value)) {
      mean = factor * mean + (1 - factor) * value
      weight = factor * weight + (1 - factor)
    }
    out[i] = weight === 0 ? Number.NaN : mean / weight
  }
  return out
}

/**
 * Thins a curve over x = firstX, firstX + 1, … to at most about 2 × `buckets` points: each bucket keeps its lowest and its
 * highest value in the order they occur, so that no spike is lost. Shorter curves come back whole.
 */
export function decimate(values: ArrayLike<number>, buckets: number, firstX = 0): Points {
  const n = values.length
  const x: number[] = []
  const y: number[] = []
  if (n <= 2 * buckets) {
    for (let i = 0; i < n; i++) push(x, y, firstX + i, values[i])
    return { x, y }
  }
  for (let bucket = 0; bucket < buckets; bucket++) {
    const from = Math.floor((bucket * n) / buckets)
    const to = Math.floor(((bucket + 1) * n) / buckets)
    let low = from
    let high = from
    for (let i = from; i < to; i++) {
      const value = values[i] ?? Number.NaN
      if (value < (values[low] ?? Number.POSITIVE_INFINITY) || Number.isNaN(values[low])) low = i
      if (value > (values[high] ?? Number.NEGATIVE_INFINITY) || Number.isNaN(values[high])) high = i
    }
    const first = Math.min(low, high)
    const second = Math.max(low, high)
    push(x, y, firstX + first, values[first])
    if (second !== first) push(x, y, firstX + second, values[second])
  }
  return { x, y }
}

/**
 * Puts several curves on one ascending x axis: `[x, y of curve 0, y of curve 1, …]`, null where a curve has no value. Each
 * curve's x must ascend; of two values at one x the later is kept.
 */
export function alignCurves(curves: readonly Points[]): [number[], ...(number | null)[][]] {
  const xs = [...new Set(curves.flatMap((curve) => curve.x))].sort((a, b) => a - b)
  const columns = curves.map((curve) => {
    const byX = new Map(curve.x.map((x, i) => [x, curve.y[i] ?? null]))
    return xs.map((x) => byX.get(x) ?? null)
  })
  return [xs, ...columns]
}

function push(x: number[], y: number[], atX: number, value: number | undefined): void {
  if (value === undefined || !Number.isFinite(value)) return
  x.push(atX)
  y.push(value)
}

/**
 * Moves labels apart: positions (pixels, any order) of labels that must stand at least `gap` from each other within
 * [low, high]. They keep their order and move as little as a sweep down and a sweep up need.
 */
export function spreadLabels(positions: readonly number[], gap: number, low: number, high: number): number[] {
  const order = positions.map((_, i) => i).sort((a, b) => (positions[a] ?? 0) - (positions[b] ?? 0))
  const placed = positions.map((position) => Math.min(high, Math.max(low, position)))
  let floor = low
  for (const i of order) {
    placed[i] = Math.max(placed[i] ?? low, floor)
    floor = (placed[i] ?? low) + gap
  }
  let ceiling = high
  for (const i of order.toReversed()) {
    placed[i] = Math.min(placed[i] ?? high, ceiling)
    ceiling = (placed[i] ?? high) - gap
  }
  return placed
}

/** At most `count` indices of 0…length−1, evenly spread, always with the first and the last. */
export function pickIndices(length: number, count: number): number[] {
  if (length <= count) return Array.from({ length }, (_, i) => i)
  return Array.from({ length: count }, (_, i) => Math.round((i * (length - 1)) / (count - 1)))
}
