import type { Browser, Page } from 'playwright/test'

/** What the main thread did while something went on, in milliseconds of its own processor time. */
export interface MainThreadWork {
  /** Tasks seen: none would mean that nothing was measured. */
  readonly tasks: number
  readonly longest: number
  /** Durations of the tasks that took 50 ms or more. */
  readonly long: readonly number[]
}

interface TraceEvent {
  readonly name: string
  readonly ph: string
  readonly pid: number
  readonly tid: number
  /** Thread time in microseconds, where the platform measures it. */
  readonly tdur?: number
  readonly args?: { readonly name?: string }
}

/**
 * Traces the page's main thread while `work` runs. Processor time, not the clock's: a training run keeps every core busy, and a
 * task that waits for a core is the system's doing, not the page's.
 */
export async function traceMainThread(
  browser: Browser,
  page: Page,
  work: () => Promise<void>,
): Promise<MainThreadWork> {
  await browser.startTracing(page, { categories: ['toplevel', '__metadata'] })
  await work()
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString('utf8')) as {
    traceEvents: readonly TraceEvent[]
  }
  const mainThreads = new Set(
    traceEvents
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid}/${tid}`),
  )
  const durations = traceEvents
    .filter(({ ph, pid, tid, tdur }) => ph === 'X' && tdur !== undefined && mainThreads.has(`${pid}/${tid}`))
    .map(({ tdur = 0 }) => tdur / 1000)
  return {
    tasks: durations.length,
    longest: durations.reduce((most, duration) => Math.max(most, duration), 0),
    long: durations.filter((duration) => duration >= 50),
  }
}
