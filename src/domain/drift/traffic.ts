import { wilsonInterval } from '../metrics/interval'
import type { Feedback, LoggedPrediction, TrafficSource } from '../registry/traffic'

/** What was asked of a version, and how well it is known to have answered. */
export interface TrafficFigures {
  readonly count: number
  readonly bySource: Readonly<Record<TrafficSource, number>>
  /** The rest is null where nothing was asked. */
  readonly from: number | null
  readonly to: number | null
  /** Mean probability of the answers. */
  readonly confidence: number | null
  readonly milliseconds: { readonly median: number; readonly p95: number } | null
  /** People's words on answers; the interval is Wilson's at 95 %, null without any. */
  readonly feedback: {
    readonly count: number
    readonly correct: number
    readonly interval: { readonly low: number; readonly high: number } | null
  }
}

/** @param logged answers of one version, oldest first @param told people's words on its answers */
export function trafficFigures(
  logged: readonly Pick<LoggedPrediction, 'at' | 'source' | 'confidence' | 'milliseconds'>[],
  told: readonly Pick<Feedback, 'answered' | 'label'>[],
): TrafficFigures {
  const count = logged.length
  const bySource: Record<TrafficSource, number> = { draw: 0, image: 0, api: 0 }
  for (const { source } of logged) bySource[source]++
  const times = Float64Array.from(logged, ({ milliseconds }) => milliseconds).sort()
  const correct = told.filter(({ answered, label }) => answered === label).length
  return {
    count,
    bySource,
    from: logged[0]?.at ?? null,
    to: logged.at(-1)?.at ?? null,
    confidence: count === 0 ? null : logged.reduce((sum, { confidence }) => sum + confidence, 0) / count,
    milliseconds: count === 0 ? null : { median: quantile(times, 0.5), p95: quantile(times, 0.95) },
    feedback: {
      count: told.length,
      correct,
      interval: told.length === 0 ? null : wilsonInterval(correct, told.length),
    },
  }
}

/** The smallest value that at least this share of the sorted values do not exceed. */
function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}
