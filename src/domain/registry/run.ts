import type { EpochMillis } from '../ids'
import type { EpochMetrics } from '../training/events'
import type { Run, RunInterruption, RunResult, RunResume, RunStatus } from './records'

/** A run that left a model behind. */
export type EndedRun = Run & { readonly status: Extract<RunStatus, { readonly result: RunResult }> }

/** What can happen to a stored run while it is under way. */
export type RunChange =
  | { readonly kind: 'epoch'; readonly metrics: EpochMetrics }
  | { readonly kind: 'resumed'; readonly resume: RunResume }
  /** It stays a running run that nobody holds: one that can be resumed. */
  | { readonly kind: 'interrupted'; readonly interruption: RunInterruption }
  | {
      readonly kind: 'ended'
      readonly outcome: 'completed' | 'stopped'
      readonly at: EpochMillis
      readonly result: RunResult
    }
  | {
      readonly kind: 'failed'
      readonly at: EpochMillis
      readonly code: string
      readonly message: string
    }

/**
 * The run after a change. An epoch that was already recorded, and those after it, give way to the new one: a run resumed
 * from a checkpoint repeats what came after it.
 *
 * @throws Error when the run is no longer running: an ended run never changes its result
 */
export function reduceRun(run: Run, change: RunChange): Run {
  if (run.status.state !== 'running')
    throw new Error(`run ${run.id} is ${run.status.state}, but only a running run takes "${change.kind}"`)
  const { startedAt } = run.status
  switch (change.kind) {
    case 'epoch': {
      const before = run.epochs.filter((metrics) => metrics.epoch < change.metrics.epoch)
      return { ...run, epochs: [...before, change.metrics] }
    }
    case 'resumed': {
      const epochs = run.epochs.filter((metrics) => metrics.epoch <= change.resume.fromEpoch)
      const status = { state: 'running', startedAt } as const
      return { ...run, status, epochs, resumes: [...(run.resumes ?? []), change.resume] }
    }
    case 'interrupted':
      return { ...run, status: { state: 'running', startedAt, interruption: change.interruption } }
    case 'ended': {
      return {
        ...run,
        status: { state: change.outcome, startedAt, endedAt: change.at, result: change.result },
      }
    }
    case 'failed': {
      const { code, message } = change
      return { ...run, status: { state: 'failed', startedAt, endedAt: change.at, code, message } }
    }
  }
}

/** Whether a run left a model behind that can be registered. */
export function isEnded(run: Run): run is EndedRun {
  return run.status.state === 'completed' || run.status.state === 'stopped'
}
