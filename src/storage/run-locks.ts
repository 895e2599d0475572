import type { RunId } from '../domain/ids'
import { studio } from './database'
import { StorageError } from './errors'

const PREFIX = 'run:'
/** Longer than watchers hold a freed lock, and short enough to be told that another tab has the run. */
const PATIENCE_MS = 3000

/**
 * Runs the body while holding the run's Web Lock. The browser frees it when the worker ends, however it ends, so that a run
 * marked running whose lock is free was interrupted. Take it before the run is stored.
 *
 * @throws StorageError 'busy' when somebody else holds the run
 */
export async function holdRun<Result>(runId: RunId, body: () => Promise<Result>): Promise<Result> {
  let held = false
  const signal = AbortSignal.timeout(PATIENCE_MS)
  try {
    return await navigator.locks.request(PREFIX + runId, { signal }, () => {
      held = true
      return body()
    })
  } catch (error) {
    if (held || !signal.aborted) throw error
    throw new StorageError(
      'busy',
      'Another tab is training this run. Watch it there, or close that tab first.',
    )
  }
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
