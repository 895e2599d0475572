import type { EpochMillis, RunId } from '../../src/domain/ids'
import type { RunLogLine } from '../../src/domain/registry/run-log'
import { appendRunLog, nextLogSequence } from '../../src/storage/run-logs'

/** Writes one line of a run's log. A line that cannot be written is left out: a log is no reason to end a training. */
export type RunLog = (level: RunLogLine['level'], message: string) => Promise<void>

/** The log of one run; a resumed run's goes on where it ended. */
export function createRunLog(runId: RunId, clock: () => EpochMillis): RunLog {
  let next: number | null = null
  return async (level, message) => {
    try {
      const sequence = (next ??= await nextLogSequence(runId))
      await appendRunLog([{ runId, sequence, at: clock(), level, message }])
      next = sequence + 1
    } catch {
      // Full disk or newer tab: whatever else is written says so, with the run's own words.
    }
  }
}
