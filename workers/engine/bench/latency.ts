import type { Latency } from '../../../src/domain/bench/report'
import type { EngineHost } from '../contract'

/** Single digits before the first measured one, and those measured. */
const WARM_UP = 200
const MEASURED = 2000

/** Each call's time by itself, with a breath before it as where somebody draws: what came before is no part of it. */
export async function latencyOf(
  one: () => Promise<unknown>,
  host: Pick<EngineHost, 'now' | 'breathe'>,
): Promise<Latency> {
  for (let i = 0; i < WARM_UP; i++) await one()
  const times: number[] = []
  for (let i = 0; i < MEASURED; i++) {
    await host.breathe()
    const started = host.now()
    await one()
    times.push(host.now() - started)
  }
  times.sort((a, b) => a - b)
  const atRank = (share: number): number => times[Math.ceil(share * times.length) - 1] ?? Number.NaN
  return { p50: atRank(0.5), p95: atRank(0.95), count: times.length }
}
