import { createStore } from 'zustand/vanilla'

/**
 * A lock that is freed changes nothing in storage, so a live query would not notice: whoever ends a worker raises this number,
 * and the queries that look at locks depend on it.
 */
export const runLockRevision = createStore<{ readonly revision: number }>(() => ({ revision: 0 }))

/** Makes the lists look again which runs are still held by a worker. */
export function refreshRunLocks(): void {
  runLockRevision.setState(({ revision }) => ({ revision: revision + 1 }))
}
