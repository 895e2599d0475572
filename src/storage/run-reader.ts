import type { RunId } from '../domain/ids'
import { studio } from './database'
import type { RunDecisionRow } from './rows'
import { asSeen, type StoredRun } from './runs'

/** Rows that are read in one task: a few milliseconds of the page's time. */
const BATCH = 100

/** A run that can no longer change, and what was made of it under which decision. */
interface Ended<Made> {
  readonly run: StoredRun
  readonly decision: string
  readonly made: Made
}

/**
 * A question that is asked again at every change: all runs, newest first, deleted ones too. A run that ended never changes, so each
 * is read once and remembered; only those under way and the decisions are read again. Rows come in batches, so that thousands of
 * them hold up no frame.
 *
 * @param make what is kept of a run; called again when the decision about it changed
 */
export function createRunReader<Made>(make: (run: StoredRun) => Made): () => Promise<Made[]> {
  let remembered: ReadonlyMap<RunId, Ended<Made>> = new Map()

  return async () => {
    const [ids, running, decisions] = await Promise.all([
      studio.runs.toCollection().primaryKeys(),
      studio.runs.where('status.state').equals('running').primaryKeys(),
      studio.runDecisions.toArray(),
    ])
    const decisionOf = new Map(decisions.map((decision) => [decision.runId, decision]))
    const open = new Set(running)
    const before = remembered
    const ended = new Map<RunId, Ended<Made>>()
    const listed: { readonly startedAt: number; readonly made: Made }[] = []

    function list(run: StoredRun, known: Ended<Made> | undefined): void {
      const row = decisionOf.get(run.id)
      const decision = JSON.stringify(row) ?? ''
      const made = known?.decision === decision ? known.made : make(withDecision(run, row))
      if (run.status.state !== 'running') ended.set(run.id, { run, decision, made })
      listed.push({ startedAt: run.status.startedAt, made })
    }

    const unread: RunId[] = []
    for (const id of ids) {
      const known = open.has(id) ? undefined : before.get(id)
      if (known === undefined) unread.push(id)
      else list(known.run, known)
    }
    for (let from = 0; from < unread.length; from += BATCH)
      for (const row of await studio.runs.bulkGet(unread.slice(from, from + BATCH)))
        if (row !== undefined) list(asSeen(row, undefined), undefined)
    remembered = ended
    return listed.sort((a, b) => b.startedAt - a.startedAt).map(({ made }) => made)
  }
}

function withDecision(run: StoredRun, decision: RunDecisionRow | undefined): StoredRun {
  if (decision === undefined) return run
  const { runId: _runId, name, ...decided } = decision
  return { ...run, ...decided, name: name ?? run.name }
}
