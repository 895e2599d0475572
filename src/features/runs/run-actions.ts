import type { RunId } from '../../domain/ids'
import type { Decision } from '../../stores/decision'
import { archiveRuns, deleteRuns, restoreRuns } from '../../stores/run-decisions'
import { formatCounted } from '../../ui/format'
import { showToast } from '../../ui/toasts'

type Named = { readonly id: RunId; readonly name: string }

function inWords(runs: readonly Named[]): string {
  const [only] = runs
  return runs.length === 1 && only !== undefined ? only.name : formatCounted(runs.length, 'run')
}

/** Deletes runs, and offers to undo it. */
export async function removeRuns(runs: readonly Named[]): Promise<void> {
  const what = inWords(runs)
  const ids = runs.map(({ id }) => id)
  tell(await deleteRuns(ids), `Deleted ${what}`, `${what} not deleted`, () => void bringBack(runs))
}

export async function bringBack(runs: readonly Named[]): Promise<void> {
  const what = inWords(runs)
  tell(await restoreRuns(runs.map(({ id }) => id)), `Brought back ${what}`, `${what} not brought back`)
}

/** Takes runs out of the everyday list, or puts them back into it. */
export async function setArchived(runs: readonly Named[], archived: boolean): Promise<void> {
  const what = inWords(runs)
  const ids = runs.map(({ id }) => id)
  const done = archived ? `Archived ${what}` : `Took ${what} out of the archive`
  const undo = () => void setArchived(runs, !archived)
  tell(await archiveRuns(ids, archived), done, `${what} not changed`, undo)
}

function tell(decision: Decision<void>, done: string, failed: string, undo?: () => void): void {
  if (!decision.ok) showToast({ title: failed, note: decision.error.message })
  else showToast(undo === undefined ? { title: done } : { title: done, undo })
}
