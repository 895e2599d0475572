import type { DatasetId, EpochMillis, RunId, Sha256, VersionId } from '../ids'
import type { Preprocess } from '../image/preprocess'
import type { Evaluation } from '../metrics/evaluation'
import type { ModelSpec } from '../model/spec'
import type { AugmentParams, TrainParams } from '../params/schema'
import type { EpochMetrics } from '../training/events'

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
  readonly dataset: { readonly id: DatasetId; readonly name: string; readonly digest: Sha256 }
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
}

/** One entry of the registry. Never changed after it is written; aliases point at it. */
export interface ModelVersion {
  readonly id: VersionId
  readonly model: string
  readonly version: number
  readonly runId: RunId
  readonly createdAt: EpochMillis
  readonly spec: ModelSpec
  readonly parameterCount: number
  readonly preprocess: Preprocess
  readonly dataset: { readonly id: DatasetId; readonly name: string; readonly digest: Sha256 }
  readonly weightsSha256: Sha256
  readonly evaluation: Evaluation
}

/** An alias names exactly one version of one model. */
export interface Alias {
  readonly model: string
  readonly alias: string
  readonly versionId: VersionId
}

/** What happened in the registry. */
export type RegistryAction =
  | { readonly kind: 'version-registered'; readonly versionId: VersionId; readonly runId: RunId }
  | {
      readonly kind: 'alias-moved'
      readonly model: string
      readonly alias: string
      readonly from: VersionId | null
      readonly to: VersionId | null
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
