import { type LoadFigures, loadFigures, type LoadReport, type LoadSample } from './load'

export interface LoadPlan {
  /** Requests before the first measured one. */
  readonly warmUp: number
  /** Measured requests of each part. */
  readonly requests: number
  /** In flight at once in the second part. */
  readonly concurrency: number
}

/** Requests that settle caches and compilers, as in the published load tests. */
export const WARM_UP = 10

export interface LoadHost {
  /** Sends request number `index` and answers with whether it was read right; rejects when it was not answered. */
  readonly send: (index: number) => Promise<boolean>
  /** Monotonic milliseconds. */
  readonly now: () => number
  readonly onProgress: (part: 'warm-up' | 'sequential' | 'concurrent', done: number, total: number) => void
  /** Asked before each request. */
  readonly stopped: () => boolean
}

/**
 * Warms up, then asks one after the other, then so many at once that always `concurrency` requests are in flight. Null when it was
 * stopped.
 */
export async function driveLoad(plan: LoadPlan, host: LoadHost): Promise<LoadReport | null> {
  await drivePart(plan.warmUp, 1, host, (done) => host.onProgress('warm-up', done, plan.warmUp))
  const sequential = await drivePart(plan.requests, 1, host, (done) =>
    host.onProgress('sequential', done, plan.requests),
  )
  const concurrent = await drivePart(plan.requests, plan.concurrency, host, (done) =>
    host.onProgress('concurrent', done, plan.requests),
  )
  return host.stopped() ? null : { warmUp: plan.warmUp, sequential, concurrent }
}

/** Each lane sends its next request when its last one was answered: truly so many in flight, never more. */
async function drivePart(
  requests: number,
  concurrency: number,
  { send, now, stopped }: LoadHost,
  onDone: (done: number) => void,
): Promise<LoadFigures> {
  const samples: LoadSample[] = []
  let next = 0
  async function lane(): Promise<void> {
    while (next < requests && !stopped()) {
      const index = next++
      const startedAt = now()
      const correct = await send(index).then(
        (right) => right,
        () => null,
      )
      samples.push({ milliseconds: now() - startedAt, correct })
      onDone(samples.length)
    }
  }
  const startedAt = now()
  await Promise.all(Array.from({ length: Math.min(concurrency, requests) }, lane))
  return loadFigures(samples, concurrency, (now() - startedAt) / 1000)
}
