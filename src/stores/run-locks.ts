import { createStore } from 'zustand/vanilla'
import type { RunId } from '../domain/ids'
import { runReleased } from '../storage/run-locks'

/**
 * A lock that is freed changes nothing in storage, so a live query would not notice: whoever ends a worker raises this number,
 * and the queries that look at locks depend on it.
 */
export const runLockRevision = createStore<{ readonly revision: number }>(() => ({ revision: 0 }))

/** Makes the lists look again which runs are still held by a worker. */
export function refreshRunLocks(): void {
  runLockRevision.setState(({ revision }) => ({ revision: revision + 1 }))
}

const watched = new Set<RunId>()

/** Looks again when the run's worker is gone, in this tab or another. */
export function watchRun(runId: RunId): void {
  if (watched.has(runId)) return
  watched.add(runId)
  void runReleased(runId).finally(() => {
    watched.delete(runId)
    refreshRunLocks()
  })
}
