import type {
  AssessmentId,
  DatasetId,
  DriftReportId,
  EpochMillis,
  RetrainingId,
  RunId,
  VersionId,
} from '../ids'

/** Why a retraining began. */
export type RetrainingTrigger =
  | { readonly kind: 'person' }
  | { readonly kind: 'drift'; readonly reportId: DriftReportId }
  | { readonly kind: 'feedback'; readonly count: number }

/** How far it came. Each state holds what the ones before it made. */
export type RetrainingState =
  | { readonly state: 'collecting' }
  | { readonly state: 'training'; readonly datasetId: DatasetId; readonly runId: RunId | null }
  | { readonly state: 'assessing'; readonly datasetId: DatasetId; readonly runId: RunId }
  | {
      readonly state: 'promoted'
      readonly datasetId: DatasetId
      readonly runId: RunId
      readonly assessmentId: AssessmentId
      readonly versionId: VersionId
      /** Who was in service before: a rollback leads there. */
      readonly previous: VersionId | null
    }
  | {
      readonly state: 'discarded'
      readonly datasetId: DatasetId
      readonly runId: RunId
      readonly assessmentId: AssessmentId
      readonly reason: string
    }
  | { readonly state: 'failed'; readonly message: string }

/** One retraining from its trigger to its outcome; written by the page. */
export interface Retraining {
  readonly id: RetrainingId
  readonly at: EpochMillis
  readonly trigger: RetrainingTrigger
  /** The champion it is to replace; null when there was none. */
  readonly champion: VersionId | null
  readonly feedbackCount: number
  readonly outcome: RetrainingState
}
