import type { WireError } from '../protocol/errors'
import { StorageError } from '../storage/errors'

/** A thrown error as the data that screens show. */
export function wireError(error: unknown): WireError {
  if (error instanceof StorageError) return { code: error.code, message: error.message }
  const message = error instanceof Error ? error.message : String(error)
  return { code: 'internal', message: `This is a fault of the studio: ${message}. Reload the page.` }
}
