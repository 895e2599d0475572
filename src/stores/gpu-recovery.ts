import { parseRunId, type RunId } from '../domain/ids'
import { recoverByWaiting } from '../domain/training/recovery'
import { now } from './clock'

/** Of this tab: a reload keeps it, a new tab starts without. */
const KEY = 'mnist-studio-lost-gpu'

export interface LostRun {
  readonly id: RunId
  readonly name: string
}

interface Note {
  /** When this tab last began to wait for its GPU. */
  readonly at: number
  /** The run to go on with; null once it was taken up, or given up. */
  readonly run: LostRun | null
}

/** What this needs of a tab's storage; a parameter so that tests can play one. */
export type TabStorage = Pick<Storage, 'getItem' | 'setItem'>

/**
 * Notes the run to go on with once there is a GPU again, on this page or after a reload. Returns false, and notes nothing,
 * when that was tried within the last ten minutes: then a person decides.
 */
export function noteLostRun(run: LostRun, storage: TabStorage = sessionStorage): boolean {
  if (!recoverByWaiting(readNote(storage)?.at ?? null, now())) return false
  storage.setItem(KEY, JSON.stringify({ at: now(), run } satisfies Note))
  return true
}

/** The run that waits for a GPU, or null. */
export function lostRun(storage: TabStorage = sessionStorage): LostRun | null {
  return readNote(storage)?.run ?? null
}

/** It goes on, or was given up: the next page leaves it alone. */
export function forgetLostRun(storage: TabStorage = sessionStorage): void {
  const note = readNote(storage)
  if (note !== null) storage.setItem(KEY, JSON.stringify({ at: note.at, run: null } satisfies Note))
}

/** Chromium's two minutes and some more. */
const TRIES = 300
const PAUSE_MS = 500

/** Resolves to true once the browser gives this page a GPU, to false when waiting longer is of no use or no longer wanted. */
export async function gpuIsBack(
  probe: () => Promise<boolean>,
  isWanted: () => boolean,
  pause: (ms: number) => Promise<void> = (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
): Promise<boolean> {
  for (let tries = 0; tries < TRIES && isWanted(); tries++) {
    if (await probe()) return isWanted()
    await pause(PAUSE_MS)
  }
  return false
}

/** What stands there was written by this page, but anyone with the tab's tools can change it: what does not fit is nothing. */
function readNote(storage: TabStorage): Note | null {
  try {
    const { at, run } = JSON.parse(storage.getItem(KEY) ?? 'null') as Note
    if (typeof at !== 'number') return null
    return { at, run: run === null ? null : { id: parseRunId(run.id), name: run.name } }
  } catch {
    return null
  }
}
