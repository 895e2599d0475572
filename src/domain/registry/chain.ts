import type { DigestFn, EpochMillis, Sha256 } from '../ids'
import { epochMillis } from '../ids'
import { canonicalBytes } from './canonical-json'
import type { RegistryAction, RegistryEvent } from './records'

/** The first place where a chain does not hold. */
export interface ChainBreak {
  /** Position in the list that was checked. */
  readonly index: number
  readonly event: RegistryEvent
  /** What was expected and what was found. */
  readonly problem: string
}

/**
 * The event that follows `previous` (null: the registry's first, with sequence 1). Its hash is the digest of the canonical
 * JSON of its other fields, among them the hash before it. A clock that was set back does not reorder history: the time
 * is never earlier than that of the event before.
 */
export async function registryEvent(
  previous: RegistryEvent | null,
  action: RegistryAction,
  at: EpochMillis,
  reason: string,
  digest: DigestFn,
): Promise<RegistryEvent> {
  const unhashed = {
    sequence: previous === null ? 1 : previous.sequence + 1,
    at: previous === null ? at : epochMillis(Math.max(at, previous.at)),
    reason,
    action,
    previous: previous === null ? null : previous.hash,
  }
  return { ...unhashed, hash: await hashOf(unhashed, digest) }
}

/**
 * Checks a whole chain in order and returns its first broken event, or null. Any change, removal, insertion or exchange
 * of events is found, except a cut at the end and a chain rewritten from some event on: both show only against a
 * last hash that was kept elsewhere.
 *
 * @param events all events, in the order of their sequence
 */
export async function verifyChain(
  events: readonly RegistryEvent[],
  digest: DigestFn,
): Promise<ChainBreak | null> {
  let previous: RegistryEvent | null = null
  for (const [index, event] of events.entries()) {
    const problem = linkProblem(previous, event) ?? (await hashProblem(event, digest))
    if (problem !== null) return { index, event, problem }
    previous = event
  }
  return null
}

function linkProblem(previous: RegistryEvent | null, event: RegistryEvent): string | null {
  const sequence = previous === null ? 1 : previous.sequence + 1
  if (event.sequence !== sequence)
    return `expected event ${sequence} here, found event ${event.sequence}: one was removed, added or moved`
  const hash = previous === null ? null : previous.hash
  if (event.previous !== hash)
    return `event ${event.sequence} follows hash ${event.previous ?? 'none'}, but the event before it has ${hash ?? 'none'}`
  return null
}

async function hashProblem(event: RegistryEvent, digest: DigestFn): Promise<string | null> {
  const { hash, ...unhashed } = event
  const found = await hashOf(unhashed, digest)
  return found === hash
    ? null
    : `event ${event.sequence} was changed after it was written: its content has hash ${found}, recorded is ${hash}`
}

async function hashOf(unhashed: Omit<RegistryEvent, 'hash'>, digest: DigestFn): Promise<Sha256> {
  const { sequence, at, reason, action, previous } = unhashed
  return digest(canonicalBytes({ sequence, at, reason, action: { ...action }, previous }))
}
