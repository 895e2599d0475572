import type { EpochMillis, RunId } from '../ids'

/** One line of a run's log. */
export interface RunLogLine {
  readonly runId: RunId
  /** Rises by one; 0 for the first. */
  readonly sequence: number
  readonly at: EpochMillis
  readonly level: 'info' | 'warning' | 'error'
  readonly message: string
}
