import type { EpochMillis, RunId, VersionId } from '../domain/ids'
import type { EngineRecord } from '../domain/registry/records'
import type { EpochMetrics, StepProfile } from '../domain/training/events'
import type { WireError } from '../protocol/errors'
import type { TrainMessage, TrainPhase } from '../protocol/train'
import type { Hello } from '../protocol/version'

/** What is known of a run from its first step on. */
export interface RunProgress {
  readonly runId: RunId
  readonly runName: string
  readonly engine: EngineRecord
  readonly batch: number
  readonly totalSteps: number
  readonly stepsPerEpoch: number
  readonly stepsDone: number
  readonly epochs: readonly EpochMetrics[]
  /** Training steps only; 0 until the first figures arrive. */
  readonly imagesPerSecond: number
  readonly startedAt: EpochMillis
  /** From where a resumed run went on, in words; null for a new run. */
  readonly resumed: string | null
  /** What it does otherwise than it was asked to, in words. */
  readonly notes: readonly string[]
  /** Where the last step that was timed spent its time; null until one was. */
  readonly profile: StepProfile | null
}

export type TrainingState =
  | { readonly state: 'idle' }
  | {
      readonly state: 'preparing'
      readonly runName: string
      readonly startedAt: EpochMillis
      /** The browser gives this page no GPU for a while; the run goes on once it does. */
      readonly waitsForGpu: boolean
    }
  | (RunProgress & { readonly state: 'running'; readonly phase: TrainPhase })
  | (RunProgress & { readonly state: 'stopping'; readonly phase: TrainPhase })
  | (RunProgress & {
      readonly state: 'ended'
      readonly outcome: 'completed' | 'stopped'
      /** When the registry's first version was made of this run. */
      readonly versionId: VersionId | null
      readonly endedAt: EpochMillis
    })
  | { readonly state: 'failed'; readonly error: WireError; readonly runId: RunId | null }

/** The live state after one message of the training worker. Messages that do not fit the state change nothing. */
export function reduceTraining(
  state: TrainingState,
  message: Exclude<TrainMessage, Hello>,
  at: EpochMillis,
): TrainingState {
  if (message.kind === 'failed') return { state: 'failed', error: message.error, runId: message.runId }
  if (state.state === 'preparing') {
    if (message.kind !== 'started') return state
    return { state: 'running', phase: 'training', ...beginning(message, state.runName, at) }
  }
  if (state.state !== 'running' && state.state !== 'stopping') return state
  switch (message.kind) {
    // It lost its device and goes on from its last checkpoint on another one.
    case 'started':
      return { ...state, ...beginning(message, state.runName, state.startedAt) }
    case 'phase':
      return { ...state, phase: message.phase }
    case 'steps':
      return {
        ...state,
        stepsDone: message.steps.firstStep + message.steps.loss.length,
        imagesPerSecond: message.steps.imagesPerSecond,
      }
    case 'profile':
      return { ...state, profile: message.profile }
    case 'epoch':
      return { ...state, epochs: [...state.epochs, message.metrics] }
    case 'ended': {
      const { phase: _, ...run } = state
      return { ...run, state: 'ended', outcome: message.outcome, versionId: message.versionId, endedAt: at }
    }
  }
}

/** What is known of a run when it begins, or goes on. */
function beginning(
  message: Extract<TrainMessage, { kind: 'started' }>,
  runName: string,
  startedAt: EpochMillis,
): RunProgress {
  const { runId, engine, batch, totalSteps, stepsPerEpoch, before, notes } = message
  const { stepsDone = 0, epochs = [], note: resumed = null } = before ?? {}
  const figures = { stepsDone, epochs, resumed, notes, imagesPerSecond: 0, profile: null }
  return { runId, runName, engine, batch, totalSteps, stepsPerEpoch, ...figures, startedAt }
}
