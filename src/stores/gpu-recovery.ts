import { parseRunId, type RunId } from '../domain/ids'
import { recoverByReload } from '../domain/training/recovery'
import { now } from './clock'

/** Of this tab: a reload keeps it, a new tab starts without. */
const KEY = 'mnist-studio-gpu-reload'

export interface LostRun {
  readonly id: RunId
  readonly name: string
}

interface Marker {
  /** When the page last reloaded itself for its GPU. */
  readonly at: number
  /** The run to go on with; null once it was taken up. */
  readonly run: LostRun | null
}

/** What this needs of a tab; a parameter so that tests can play one. */
export interface Tab {
  readonly storage: Pick<Storage, 'getItem' | 'setItem'>
  readonly reload: () => void
}

function thisTab(): Tab {
  return { storage: sessionStorage, reload: () => location.reload() }
}

/**
 * Reloads the page to get a GPU again, and notes which run to go on with. Returns false, and does nothing, when it did so
 * within the last ten minutes: then a person decides.
 */
export function reloadForGpu(run: LostRun, { storage, reload }: Tab = thisTab()): boolean {
  const marker = readMarker(storage)
  if (!recoverByReload('lost', marker?.at ?? null, now())) return false
  storage.setItem(KEY, JSON.stringify({ at: now(), run } satisfies Marker))
  reload()
  return true
}

/** The run that a reload was made for, once; null otherwise. */
export function runToTakeUp({ storage }: Pick<Tab, 'storage'> = thisTab()): LostRun | null {
  const marker = readMarker(storage)
  if (marker === null || marker.run === null) return null
  storage.setItem(KEY, JSON.stringify({ at: marker.at, run: null } satisfies Marker))
  return marker.run
}

/** A browser takes seconds to give a GPU to the page after one that lost it; after so many tries there is none to wait for. */
const TRIES = 20
const PAUSE_MS = 500

/** Resolves when the browser gives this page a GPU, or when waiting for one is of no use. */
export async function gpuIsBack(
  probe: () => Promise<boolean>,
  pause: (ms: number) => Promise<void> = (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
): Promise<void> {
  for (let tries = 0; tries < TRIES && !(await probe()); tries++) await pause(PAUSE_MS)
}

/** What stands there was written by this page, but anyone with the tab's tools can change it: what does not fit is nothing. */
function readMarker(storage: Tab['storage']): Marker | null {
  try {
    const { at, run } = JSON.parse(storage.getItem(KEY) ?? 'null') as Marker
    if (typeof at !== 'number') return null
    return { at, run: run === null ? null : { id: parseRunId(run.id), name: run.name } }
  } catch {
    return null
  }
}
