import type { DatasetRecord } from '../domain/dataset/dataset'
import type { EpochMillis, RunId, Sha256, VersionId } from '../domain/ids'
import type { ModelVersion, Run, Stage } from '../domain/registry/records'
import type { LoggedPrediction } from '../domain/registry/traffic'

/** `blobs` names every Blob a row needs: what no row names is swept. */
interface Holding {
  readonly blobs: readonly Sha256[]
}

export interface BlobRow {
  readonly sha256: Sha256
  readonly length: number
  readonly blob: Blob
  /** Set when a read found other bytes than these; storing the right bytes again takes it away. */
  readonly damaged?: true
}

export interface DatasetRow extends DatasetRecord, Holding {
  readonly bytes: {
    readonly train: { readonly images: Sha256; readonly labels: Sha256 }
    readonly test: { readonly images: Sha256; readonly labels: Sha256 }
  }
}

export interface RunRow extends Run, Holding {
  /** What the run answered for each image of the test split; null until it ended. */
  readonly testPredictionsSha256: Sha256 | null
}

/** What a person decided about a run; a row of its own, so that the worker and the page never write the same row. */
export interface RunDecisionRow {
  readonly runId: RunId
  readonly name: string | null
  readonly deletedAt: EpochMillis | null
  readonly archivedAt: EpochMillis | null
  readonly note: string
  readonly tags: Readonly<Record<string, string>>
}

/** What a person decided about a version; the version itself never changes. */
export interface VersionDecisionRow {
  readonly versionId: VersionId
  readonly stage: Stage
  readonly note: string
  readonly tags: Readonly<Record<string, string>>
}

export interface CheckpointRow extends Holding {
  readonly runId: RunId
  readonly epoch: number
  readonly weights: Sha256
  readonly optimizer: Sha256
  /** Of the moving average; null where the recipe keeps none. */
  readonly average: Sha256 | null
  /** It was the best epoch of its run when it was stored. */
  readonly best: boolean
}

export interface VersionRow extends ModelVersion, Holding {}

export interface StepChunkRow {
  readonly runId: RunId
  readonly firstStep: number
  readonly loss: Float32Array
  readonly accuracy: Float32Array
  readonly learningRate: Float32Array
  /** Absent in rows of before it was measured. */
  readonly gradientNorm?: Float32Array
}

/** The key is the database's own count. */
export interface PredictionRow extends LoggedPrediction {
  readonly id?: number
}

/** The schema that may write; a page of an older build finds a higher number here and keeps its hands off. */
export interface FenceRow {
  readonly key: 'schema'
  readonly version: number
}

export interface SettingRow {
  readonly key: string
  readonly value: unknown
}
