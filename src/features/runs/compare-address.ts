import { parseRunId, type RunId } from '../../domain/ids'

/** More curves than this cannot be told apart, and more columns not be read. */
export const MOST_COMPARED = 8

export function compareAddress(ids: readonly RunId[]): string {
  return `/runs/compare?runs=${ids.join()}`
}

/** The runs an address asks for, each once; what is no id is left out. */
export function readCompared(text: string | null): readonly RunId[] {
  const ids = (text ?? '').split(',').flatMap((part) => {
    try {
      return [parseRunId(part.trim())]
    } catch {
      return []
    }
  })
  return [...new Set(ids)].slice(0, MOST_COMPARED)
}
