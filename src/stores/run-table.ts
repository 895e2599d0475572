/** Every stored run with what can be asked about it, for lists of thousands. */
import { runFacts, type RunFacts } from '../domain/query/run-facts'
import { interruptedRuns } from '../storage/run-locks'
import { createRunReader } from '../storage/run-reader'
import type { StoredRun } from '../storage/runs'

/** A run as the lists show it. */
export interface ListedRun extends StoredRun {
  /** Marked running, but its worker is gone: its last checkpoint is kept. */
  readonly interrupted: boolean
}

/** A run of the table, with its facts worked out while it was read. */
export interface TableRun extends ListedRun {
  readonly facts: RunFacts
}

const readRuns = createRunReader((run) => tableRun(run, false))

function tableRun(run: StoredRun, interrupted: boolean): TableRun {
  const listed = { ...run, interrupted }
  return { ...listed, facts: runFacts(listed) }
}

/** Newest first, deleted and archived ones too. */
export async function readTableRuns(): Promise<readonly TableRun[]> {
  const runs = await readRuns()
  const interrupted = await interruptedRuns()
  if (interrupted.size === 0) return runs
  return runs.map((run) => (interrupted.has(run.id) ? tableRun(run, true) : run))
}
