import type { RetrainingId } from '../domain/ids'
import type { Retraining } from '../domain/pipeline/retraining'
import { studio } from './database'
import { StorageError } from './errors'
import { write } from './write'

/** Newest first. */
export async function listRetrainings(): Promise<Retraining[]> {
  return (await studio.retrainings.toArray()).sort((a, b) => b.at - a.at)
}

export async function putRetraining(retraining: Retraining): Promise<void> {
  await write(studio, [studio.retrainings], async () => {
    await studio.retrainings.put(retraining)
  })
}

export async function getRetraining(id: RetrainingId): Promise<Retraining | null> {
  return (await studio.retrainings.get(id)) ?? null
}

const LOCK = 'retraining'

/**
 * Runs the body as the studio's only retraining, in whatever tab. The browser frees the lock when the tab goes, so that an
 * unfinished retraining whose lock is free was interrupted.
 *
 * @throws StorageError 'busy' when another tab is at it
 */
export async function holdRetraining<Result>(body: () => Promise<Result>): Promise<Result> {
  return navigator.locks.request(LOCK, { ifAvailable: true }, (lock) => {
    if (lock === null)
      throw new StorageError('busy', 'Another tab is retraining. Watch it there, or wait for its end.')
    return body()
  })
}

/** Whether some tab is at work on a retraining. */
export async function retrainingHeld(): Promise<boolean> {
  // Wrapped, so that a live query that asks this keeps its zone across a foreign promise.
  const { held = [] } = await Promise.resolve(navigator.locks.query())
  return held.some((lock) => lock.name === LOCK)
}

/** Resolves when nobody is at work on one any more. Shared, so that watchers do not wait for each other. */
export async function retrainingReleased(): Promise<void> {
  await navigator.locks.request(LOCK, { mode: 'shared' }, () => undefined)
}
