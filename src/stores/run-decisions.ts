/** What a person decides about runs, one or many at once. */
import type { RunId } from '../domain/ids'
import { decideRuns } from '../storage/runs'
import { now } from './clock'
import { decided, refused, type Decision } from './decision'

/** MLflow's bounds of a tag. */
const LONGEST_TAG_KEY = 250
const LONGEST_TAG_VALUE = 5000
const LONGEST_NOTE = 20_000
const LONGEST_NAME = 200

/** Hides runs; {@link restoreRuns} brings them back until the space is freed. */
export function deleteRuns(ids: readonly RunId[]): Promise<Decision<void>> {
  return decided(() => decideRuns(ids, () => ({ deletedAt: now() })))
}

export function restoreRuns(ids: readonly RunId[]): Promise<Decision<void>> {
  return decided(() => decideRuns(ids, () => ({ deletedAt: null })))
}

/** Takes runs out of the everyday list without touching them. */
export function archiveRuns(ids: readonly RunId[], archived: boolean): Promise<Decision<void>> {
  return decided(() => decideRuns(ids, () => ({ archivedAt: archived ? now() : null })))
}

export interface RunText {
  readonly name: string
  readonly note: string
  readonly tags: Readonly<Record<string, string>>
}

/** Name, note and tags of a run, as a person writes them. */
export async function describeRun(id: RunId, { name, note, tags }: RunText): Promise<Decision<void>> {
  const trimmed = name.trim()
  if (trimmed === '' || trimmed.length > LONGEST_NAME)
    return refused(`A run's name has 1 to ${LONGEST_NAME} characters, found ${trimmed.length}. Type another.`)
  if (note.length > LONGEST_NOTE)
    return refused(`A note has at most ${LONGEST_NOTE} characters, found ${note.length}. Shorten it.`)
  for (const [key, value] of Object.entries(tags)) {
    const problem = tagProblem(key, value)
    if (problem !== null) return refused(problem)
  }
  return decided(() => decideRuns([id], () => ({ name: trimmed, note, tags })))
}

/** Adds one tag to runs, in place of an older value. */
export async function tagRuns(ids: readonly RunId[], key: string, value: string): Promise<Decision<void>> {
  const problem = tagProblem(key.trim(), value.trim())
  if (problem !== null) return refused(problem)
  return decided(() => decideRuns(ids, ({ tags }) => ({ tags: { ...tags, [key.trim()]: value.trim() } })))
}

/** Why this cannot be a tag; MLflow, which exports go to, takes no other keys. */
function tagProblem(key: string, value: string): string | null {
  if (!/^[\w.\-/ ]{1,250}$/.test(key) || key === '__proto__')
    return `A tag's key has 1 to ${LONGEST_TAG_KEY} letters, digits, spaces and _ . - /, found ${JSON.stringify(key.slice(0, 60))}. Type another.`
  if (value.length > LONGEST_TAG_VALUE)
    return `A tag's value has at most ${LONGEST_TAG_VALUE} characters, found ${value.length}. Shorten it.`
  return null
}
