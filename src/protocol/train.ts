import type { DatasetId, RunId, VersionId } from '../domain/ids'
import type { EngineRecord, RunOrigin } from '../domain/registry/records'
import type { EpochMetrics, StepMetrics, StepProfile } from '../domain/training/events'
import type { RecipeParams } from '../domain/training/recipe'
import type { WireError } from './errors'
import type { Hello } from './version'

export type TrainCommand =
  | Hello
  | {
      readonly kind: 'start'
      readonly datasetId: DatasetId
      readonly params: RecipeParams
      readonly runName: string
      /** What the run is one step of; absent when a person starts it. */
      readonly origin?: RunOrigin | undefined
    }
  /** Goes on with an interrupted run from its newest whole checkpoint, to the bits it would have had. */
  | { readonly kind: 'resume'; readonly runId: RunId }
  /** Soft: the step under way is finished, and what was learned is evaluated and kept. */
  | { readonly kind: 'stop' }
  /** Whether somebody looks at where a step's time goes. */
  | { readonly kind: 'profile'; readonly on: boolean }

/** What a resumed run had done and kept. */
export interface DoneBefore {
  readonly stepsDone: number
  readonly epochs: readonly EpochMetrics[]
  /** The steps' figures, by step; gaps are steps whose figures were lost. */
  readonly curve: readonly Omit<StepMetrics, 'imagesPerSecond'>[]
  /** From where it goes on, and why from there, in words. */
  readonly note: string
}

export type TrainPhase = 'preparing' | 'training' | 'validating' | 'evaluating' | 'saving'

export type TrainMessage =
  | Hello
  | {
      readonly kind: 'started'
      readonly runId: RunId
      readonly engine: EngineRecord
      readonly totalSteps: number
      readonly stepsPerEpoch: number
      readonly batch: number
      /** Null for a new run. */
      readonly before: DoneBefore | null
      /** What the run does otherwise than it was asked to, in words: the run's own notes. */
      readonly notes: readonly string[]
    }
  | { readonly kind: 'phase'; readonly phase: TrainPhase }
  | { readonly kind: 'steps'; readonly steps: StepMetrics }
  | { readonly kind: 'epoch'; readonly metrics: EpochMetrics }
  | { readonly kind: 'profile'; readonly profile: StepProfile }
  /** The run's record is stored. `versionId` when the registry's first version was made of it. */
  | {
      readonly kind: 'ended'
      readonly runId: RunId
      readonly outcome: 'completed' | 'stopped'
      readonly versionId: VersionId | null
    }
  | { readonly kind: 'failed'; readonly runId: RunId | null; readonly error: WireError }
