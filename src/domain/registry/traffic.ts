import type { DatasetId, EpochMillis, FeedbackId, VersionId } from '../ids'

/** Where a digit came from that a version was asked about. */
export type TrafficSource = 'draw' | 'image' | 'api'

/** One answer a version gave, kept for drift and for counting. */
export interface LoggedPrediction {
  readonly at: EpochMillis
  readonly versionId: VersionId
  readonly source: TrafficSource
  readonly label: number
  /** Of the answer, in [0, 1]. */
  readonly confidence: number
  /** Lead of the largest logit over the second (`metrics/baseline`). */
  readonly margin: number
  /** Of the reading, from ink or request to answer. */
  readonly milliseconds: number
  /** What the model saw: 784 bytes. */
  readonly digit: Uint8Array
}

/** A person's word on one answer: right as it was, or another digit. */
export interface Feedback {
  readonly id: FeedbackId
  readonly at: EpochMillis
  readonly versionId: VersionId
  readonly source: TrafficSource
  /** 784 bytes. */
  readonly digit: Uint8Array
  readonly answered: number
  readonly label: number
  /** The dataset it was put into; null until then. */
  readonly usedIn: DatasetId | null
}
