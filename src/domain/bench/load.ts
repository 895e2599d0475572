/** What a load test says of a server: how long answers take, how many a second, how many were right. */

/** One request and its answer. */
export interface LoadSample {
  /** From sending to the whole answer. */
  readonly milliseconds: number
  /** Whether the answer was the digit's label; null where the request failed. */
  readonly correct: boolean | null
}

/** Milliseconds by rank: half of all answers took at most p50, 99 of 100 at most p99. */
interface LoadLatency {
  readonly min: number
  readonly mean: number
  readonly p50: number
  readonly p90: number
  readonly p95: number
  readonly p99: number
  readonly max: number
}

/** One part of a load test. */
export interface LoadFigures {
  readonly requests: number
  /** Requests in flight at once. */
  readonly concurrency: number
  readonly errors: number
  /** From the first request to the last answer. */
  readonly seconds: number
  /** Answers a second, failed ones left out. */
  readonly perSecond: number
  /** Of the answered ones; null when there is none. */
  readonly latency: LoadLatency | null
  /** Share of the answers that were the digit's label; null likewise. */
  readonly accuracy: number | null
  readonly histogram: readonly LoadBin[]
}

interface LoadBin {
  /** Milliseconds, from (inclusive) to (exclusive; the last bin has its end too). */
  readonly from: number
  readonly to: number
  readonly count: number
}

export interface LoadReport {
  readonly warmUp: number
  readonly sequential: LoadFigures
  readonly concurrent: LoadFigures
}

/** Most bins of a histogram. */
const BINS = 12

/** @param seconds from the first request to the last answer */
export function loadFigures(
  samples: readonly LoadSample[],
  concurrency: number,
  seconds: number,
): LoadFigures {
  const answered = samples.filter(({ correct }) => correct !== null)
  const sorted = answered.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b)
  return {
    requests: samples.length,
    concurrency,
    errors: samples.length - answered.length,
    seconds,
    perSecond: seconds > 0 ? answered.length / seconds : 0,
    latency: latencyOf(sorted),
    accuracy:
      answered.length === 0
        ? null
        : answered.filter(({ correct }) => correct === true).length / answered.length,
    histogram: histogramOf(sorted),
  }
}

function latencyOf(sorted: readonly number[]): LoadLatency | null {
  const [min] = sorted
  const max = sorted.at(-1)
  if (min === undefined || max === undefined) return null
  return {
    min,
    mean: sorted.reduce((sum, value) => sum + value, 0) / sorted.length,
    p50: percentile(sorted, 0.5),
    p90: percentile(sorted, 0.9),
    p95: percentile(sorted, 0.95),
    p99: percentile(sorted, 0.99),
    max,
  }
}

/**
 * The smallest value that at least this share of all values do not exceed (nearest rank).
 * @param sorted rising, not empty
 * @param share in (0, 1]
 */
export function percentile(sorted: readonly number[], share: number): number {
  const rank = Math.max(1, Math.ceil(share * sorted.length))
  const value = sorted[rank - 1]
  if (value === undefined)
    throw new RangeError(
      `a percentile needs values and a share in (0, 1], found ${sorted.length} and ${share}`,
    )
  return value
}

/** Equal bins from 0 to the 99th percentile, on a round width; what took longer is in the last one. */
function histogramOf(sorted: readonly number[]): readonly LoadBin[] {
  const longest = sorted.at(-1)
  if (longest === undefined) return []
  const width = roundWidth(percentile(sorted, 0.99) / (BINS - 1))
  const counts = Array.from({ length: BINS }, () => 0)
  for (const value of sorted) {
    const bin = Math.min(BINS - 1, Math.floor(value / width))
    counts[bin] = (counts[bin] ?? 0) + 1
  }
  const used = counts.findLastIndex((count) => count > 0) + 1
  return counts.slice(0, used).map((count, bin) => ({
    from: bin * width,
    to: bin === BINS - 1 ? Math.max((bin + 1) * width, longest) : (bin + 1) * width,
    count,
  }))
}

/** 1, 2 or 5 times a power of ten, at least as large; a microsecond at least. */
function roundWidth(width: number): number {
  const least = Math.max(width, 0.001)
  const power = 10 ** Math.floor(Math.log10(least))
  // Dividing by a whole power keeps 0.1, 0.2 and 0.5 what they are written as.
  const step = [1, 2, 5, 10].find((factor) => factor * power >= least) ?? 10
  return power >= 1 ? step * power : step / Math.round(1 / power)
}

/** The report as a Markdown table. @param target what was asked, and with what */
export function loadMarkdown({ warmUp, sequential, concurrent }: LoadReport, target: string): string {
  const head = [
    'requests',
    'in flight',
    'answers/s',
    'p50 ms',
    'p90',
    'p95',
    'p99',
    'max',
    'errors',
    'accuracy',
  ]
  const lines = [head, head.map(() => '--:'), row(sequential), row(concurrent)]
  const table = lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
  return `${target}, after ${warmUp} requests to warm up.\n\n${table}\n`
}

function row({ requests, concurrency, perSecond, latency, errors, accuracy }: LoadFigures): string[] {
  const times = latency === null ? [] : [latency.p50, latency.p90, latency.p95, latency.p99, latency.max]
  return [
    String(requests),
    String(concurrency),
    String(Math.round(perSecond)),
    ...(latency === null ? Array<string>(5).fill('–') : times.map((time) => time.toFixed(2))),
    String(errors),
    accuracy === null ? '–' : `${(accuracy * 100).toFixed(2)} %`,
  ]
}
