import type { RunId } from '../domain/ids'
import { studio } from './database'

const PREFIX = 'run:'

/**
 * Runs the body while holding the run's Web Lock. The browser frees it when the worker ends, however it ends, so that a run
 * marked running whose lock is free was interrupted. Take it before the run is stored.
 */
export async function holdRun<Result>(runId: RunId, body: () => Promise<Result>): Promise<Result> {
  return navigator.locks.request(PREFIX + runId, body)
}

/** Ids of stored runs marked running that no worker holds: their worker is gone. */
export async function interruptedRuns(): Promise<ReadonlySet<RunId>> {
  const running = await studio.runs.where('status.state').equals('running').primaryKeys()
  if (running.length === 0) return new Set()
  // Wrapped, so that a live query that asks this keeps its zone across a foreign promise.
  const { held = [] } = await Promise.resolve(navigator.locks.query())
  const names = new Set(held.map((lock) => lock.name))
  return new Set(running.filter((id) => !names.has(PREFIX + id)))
}

/** Resolves when nobody holds the run any more. Asks for the lock shared, so that watchers do not wait for each other. */
export async function runReleased(runId: RunId): Promise<void> {
  await navigator.locks.request(PREFIX + runId, { mode: 'shared' }, () => undefined)
}
