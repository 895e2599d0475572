/**
 * Storage fails in few ways that a person can do something about. They are thrown (every write can meet them) and carry a code
 * of the protocol, so that a session or a store passes them on as data.
 */
export type StorageErrorCode =
  'quota' | 'stale-tab' | 'damaged' | 'not-found' | 'unreachable' | 'busy' | 'bad-input'

/** A class because it must travel through Dexie's promises as a thrown error and keep its code. */
export class StorageError extends Error {
  override readonly name = 'StorageError'
  readonly code: StorageErrorCode

  constructor(code: StorageErrorCode, message: string, cause?: unknown) {
    super(message, { cause })
    this.code = code
  }
}

/** Whether a failed transaction failed for want of space: Chromium says so only by aborting it. */
export function isQuotaError(error: unknown): boolean {
  return chain(error).some((each) => each.name === 'QuotaExceededError' || /quota/i.test(each.message))
}

/** Whether the database was closed under us: by a newer tab's upgrade, or because the site's data were cleared. */
export function isClosedError(error: unknown): boolean {
  return chain(error).some((each) =>
    ['DatabaseClosedError', 'InvalidStateError', 'VersionError'].includes(each.name),
  )
}

/** An error with all it says caused it (Dexie keeps the original in `inner`). */
function chain(error: unknown): { readonly name: string; readonly message: string }[] {
  const found: { readonly name: string; readonly message: string }[] = []
  let current: unknown = error
  while (typeof current === 'object' && current !== null && found.length < 8) {
    const { name, message, inner, cause } = current as Record<string, unknown>
    found.push({ name: String(name), message: String(message) })
    current = inner ?? cause
  }
  return found
}
