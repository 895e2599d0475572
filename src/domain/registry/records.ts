import type { DatasetId, EpochMillis, RetrainingId, RunId, SearchId, Sha256, VersionId } from '../ids'
import type { Preprocess } from '../image/preprocess'
import type { DriftBaseline } from '../metrics/baseline'
import type { Evaluation } from '../metrics/evaluation'
import type { ModelSpec } from '../model/spec'
import type { AugmentParams, TrainParams } from '../params/schema'
import type { EpochMetrics } from '../training/events'
import type { RecipeParams } from '../training/recipe'

/** The WebAssembly engine; equal bits are promised within one `build` and one choice of convolutions. */
export interface WasmRecord {
  readonly kind: 'wasm'
  readonly build: 'simd' | 'relaxed-simd'
  readonly threads: number
  /** Algorithm of each layer that does not convolve directly, in words: "layer 4: Winograd F(4×4)"; empty when all do. */
  readonly convolutions: readonly string[]
}

/** Our own WGSL; equal bits are promised on one adapter with one choice of tiles. */
export interface WebgpuRecord {
  readonly kind: 'webgpu'
  /** Vendor, architecture and device as the browser tells them. */
  readonly adapter: string
  /** A software adapter: right, and slow. */
  readonly software: boolean
  /** The kernels' block table. */
  readonly tiles: string
  readonly precision: 'f32' | 'f16'
}

export interface TfjsRecord {
  readonly kind: 'tfjs'
  readonly backend: 'webgpu' | 'webgl' | 'cpu'
  readonly version: string
}

/** Which compute made a run's numbers. */
export type EngineRecord = (WasmRecord | WebgpuRecord | TfjsRecord) & {
  /** For people: "CPU · 1 thread", "WebGPU · NVIDIA …". */
  readonly device: string
  /** Why this engine, in words. */
  readonly reason: string
}

export type RunStatus =
  | {
      readonly state: 'running'
      readonly startedAt: EpochMillis
      /** Why nobody goes on with it, where its worker could still say so; gone once it is resumed. */
      readonly interruption?: RunInterruption
    }
  | {
      readonly state: 'completed' | 'stopped'
      readonly startedAt: EpochMillis
      readonly endedAt: EpochMillis
      readonly result: RunResult
    }
  | {
      readonly state: 'failed'
      readonly startedAt: EpochMillis
      readonly endedAt: EpochMillis
      readonly code: string
      readonly message: string
    }

/** What stopped a run that can be resumed: a full disk, a lost device. */
export interface RunInterruption {
  readonly at: EpochMillis
  readonly code: string
  readonly message: string
}

/** What an ended run leaves behind. */
export interface RunResult {
  readonly weightsSha256: Sha256
  /** The epoch whose weights these are: the last one done, or the best by the monitored metric. */
  readonly weightsEpoch: number
  readonly stepsDone: number
  readonly epochsDone: number
  /** Why fewer epochs than planned were needed, in words; null when none was left out. */
  readonly stoppedEarly: string | null
  /** Training steps only. */
  readonly trainSeconds: number
  readonly imagesPerSecond: number
  /** On the test split, measured once, after the last step. */
  readonly evaluation: Evaluation
  /** Its golden vectors (`metrics/golden`); absent in runs of before they were kept. */
  readonly goldenSha256?: Sha256
  /** What drift is measured against; absent likewise. */
  readonly baseline?: DriftBaseline
}

/** An interrupted run that was taken up again. */
export interface RunResume {
  readonly at: EpochMillis
  /** The epoch whose checkpoint it went on from; 0 when it began again. */
  readonly fromEpoch: number
  /** What was found and done, in words. */
  readonly note: string
  /** Its kind and build are the run's; threads may be others. */
  readonly engine: EngineRecord
  readonly appVersion: string
}

export interface Run {
  readonly id: RunId
  /** A friendly name a person may change. */
  readonly name: string
  readonly status: RunStatus
  readonly params: TrainParams
  readonly augment: AugmentParams
  readonly spec: ModelSpec
  readonly parameterCount: number
  readonly dataset: DatasetReference
  readonly preprocess: Preprocess
  readonly engine: EngineRecord
  readonly appVersion: string
  /** Browser and platform, or Node and platform. */
  readonly host: string
  readonly epochs: readonly EpochMetrics[]
  /** What it does otherwise than it was asked to, and why, in words; absent when nothing. */
  readonly notes?: readonly string[]
  /** Oldest first; absent when the run was never resumed. */
  readonly resumes?: readonly RunResume[]
  /** What began it; absent when a person did. */
  readonly origin?: RunOrigin
}

/** A larger undertaking that a run is one step of. */
export type RunOrigin =
  /** A trial of a search (`registry/search`). */
  | { readonly kind: 'search'; readonly searchId: SearchId; readonly trial: number }
  /** A retraining (`pipeline/retraining`), or the pipeline's own training stage. */
  | { readonly kind: 'retraining'; readonly retrainingId: RetrainingId }
  | { readonly kind: 'pipeline' }

/** A dataset as what was made of it names it: it may no longer be stored. */
export interface DatasetReference {
  readonly id: DatasetId
  readonly name: string
  readonly digest: Sha256
}

/** One entry of the registry. Never changed after it is written; aliases point at it. */
export interface ModelVersion {
  readonly id: VersionId
  readonly model: string
  readonly version: number
  readonly origin: VersionOrigin
  readonly createdAt: EpochMillis
  readonly network: Network
  readonly parameterCount: number
  readonly preprocess: Preprocess
  /** What it was trained on; null where its maker did not say. */
  readonly dataset: DatasetReference | null
  /** Of the flat weights (`model/parameters`), or of a foreign model's weight file. */
  readonly weightsSha256: Sha256
  /** On the test split it was made beside; null for a foreign model that was measured on none. */
  readonly evaluation: Evaluation | null
  /** Its golden vectors (`metrics/golden`); null in versions of before they were kept. */
  readonly goldenSha256: Sha256 | null
  /** What drift is measured against; null likewise. */
  readonly baseline: DriftBaseline | null
  /** What it was trained by; absent in versions of before it was kept, and where its maker did not say. */
  readonly recipe?: RecipeParams | undefined
  /** The version it was retrained from, the champion of its day; null for a first one. */
  readonly parent: VersionId | null
}

/** What a version's weights are the weights of. */
export type Network =
  | { readonly kind: 'spec'; readonly spec: ModelSpec }
  /** Somebody else's tf.layers model; `topologySha256` names its model.json. */
  | { readonly kind: 'layers-model'; readonly name: string; readonly topologySha256: Sha256 }

/** Where a version came from. */
export type VersionOrigin =
  /** A run of this studio. */
  | { readonly kind: 'run'; readonly runId: RunId }
  /** A bundle that another studio exported; run and version are those it names there. */
  | {
      readonly kind: 'bundle'
      readonly fileName: string
      readonly bundleSha256: Sha256
      readonly versionId: VersionId
      readonly runId: RunId | null
    }
  /** Files of tf.layers. */
  | { readonly kind: 'layers-model'; readonly fileName: string }

/** MLflow's stages, for those who want them; any number of versions may share one. */
export type Stage = 'None' | 'Staging' | 'Production' | 'Archived'

/** An alias names exactly one version of one model. */
export interface Alias {
  readonly model: string
  readonly alias: string
  readonly versionId: VersionId
}

/** What happened in the registry. */
export type RegistryAction =
  /** `runId` null: it was imported. */
  | { readonly kind: 'version-registered'; readonly versionId: VersionId; readonly runId: RunId | null }
  | {
      readonly kind: 'alias-moved'
      readonly model: string
      readonly alias: string
      readonly from: VersionId | null
      readonly to: VersionId | null
    }
  | {
      readonly kind: 'stage-moved'
      readonly versionId: VersionId
      readonly from: Stage
      readonly to: Stage
    }
  /** A version answered its golden vectors once more, before an alias was rolled back to it. */
  | {
      readonly kind: 'version-rehearsed'
      readonly versionId: VersionId
      readonly vectors: number
      /** Of any logit, from what was kept. */
      readonly largestDifference: number
    }
  /** A gate's decision on a version; `overridden`: a person let it pass all the same, and the event's reason says why. */
  | {
      readonly kind: 'release-decided'
      readonly versionId: VersionId
      readonly decision: 'APPROVE' | 'REJECT'
      readonly overridden: boolean
    }

/** Append-only; `hash` = SHA-256 of the canonical JSON of the rest, which holds the hash before it: a chain. */
export interface RegistryEvent {
  readonly sequence: number
  readonly at: EpochMillis
  readonly reason: string
  readonly action: RegistryAction
  readonly previous: Sha256 | null
  readonly hash: Sha256
}
