import type { Run, RunResult, RunStatus } from '../domain/registry/records'

/** How a stored run stands, as lists show it. */
export type ShownStatus = RunStatus['state'] | 'interrupted'

export function shownStatus(run: Run & { readonly interrupted: boolean }): ShownStatus {
  return run.interrupted ? 'interrupted' : run.status.state
}

/** What an ended run left behind; null before that and after a failure. */
export function resultOf(run: Run): RunResult | null {
  return 'result' in run.status ? run.status.result : null
}

/**
 * Wall-clock seconds from start to end; null while it runs. How long an interrupted run was left alone is not known: of a
 * resumed one the training steps count.
 */
export function durationOf(run: Run): number | null {
  if (!('endedAt' in run.status)) return null
  if (run.resumes !== undefined) return resultOf(run)?.trainSeconds ?? null
  return (run.status.endedAt - run.status.startedAt) / 1000
}
