/** What happens to an open database from outside; the page shows it, a training worker stops for it. */
export type StorageNotice =
  /** Another tab runs a newer build and upgraded the data: this one must be reloaded. */
  | 'newer-version'
  /** Another tab deleted the database. */
  | 'deleted'
  /** This tab wants to upgrade and waits for another tab to be closed. */
  | 'blocked'
  /** The browser closed the database: the site's data were cleared, or its disk failed. */
  | 'closed'

const listeners = new Set<(notice: StorageNotice) => void>()

/** Calls back on every notice; returns the way to stop. */
export function onStorageNotice(listener: (notice: StorageNotice) => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function notify(notice: StorageNotice): void {
  for (const listener of listeners) listener(notice)
}
