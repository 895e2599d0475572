import type { DigestFn, EpochMillis, Sha256 } from '../../src/domain/ids'
import type { DriftBaseline } from '../../src/domain/metrics/baseline'
import type { Evaluation } from '../../src/domain/metrics/evaluation'
import type { GoldenVectors } from '../../src/domain/metrics/golden'
import type { ModelVersion, RegistryEvent } from '../../src/domain/registry/records'
import type { EndedRun } from '../../src/domain/registry/run'
import type { StoredAssessment } from '../../src/domain/release/assessment'
import type { StepMetrics } from '../../src/domain/training/events'

/** A reason why a bundle was not taken: what was expected, what was found, the way out. Codes are the protocol's. */
export interface BundleProblem {
  readonly code: 'bad-input' | 'over-budget' | 'digest-mismatch' | 'unsupported'
  readonly message: string
}

/** Foreign bytes being wrong is an answer, never an exception; what throws is a bug. */
export type BundleOutcome<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly problem: BundleProblem }

/**
 * A bundle whose every file has the digest that its manifest names, and whose records and weights fit one another. That it answers as
 * it did where it was made is for the opener to see: load it, then `rehearse` its golden vectors.
 */
export interface VerifiedBundle {
  /** Of the file as a whole. */
  readonly sha256: Sha256
  /** As it was where it was exported: name, number, origin and parent are those of that studio. */
  readonly version: ModelVersion
  /** Flat little-endian float32 (`model/parameters`), or a foreign model's weight file. */
  readonly weights: Uint8Array<ArrayBuffer>
  readonly golden: GoldenVectors
  /** Largest difference of a logit that still counts as the same answer. */
  readonly tolerance: number
  readonly evaluation: Evaluation | null
  readonly baseline: DriftBaseline | null
  /** A foreign model's `model.json`; null for a network of ours. */
  readonly topology: Uint8Array<ArrayBuffer> | null
  /** Every file but the manifest, by its name. */
  readonly files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>
}

/** What a bundle is made of. */
export interface BundleParts {
  readonly version: ModelVersion
  /** Flat little-endian float32, or a foreign model's weight file. */
  readonly weights: Uint8Array
  /** A foreign model's `model.json`; null for a network of ours. */
  readonly topology: Uint8Array | null
  readonly golden: GoldenVectors
  /** The run that made it, where it is stored. */
  readonly run: EndedRun | null
  /** The run's curve, where it is stored. */
  readonly steps: readonly Pick<StepMetrics, 'firstStep' | 'loss' | 'accuracy' | 'learningRate'>[]
  /** The newest release decision on these weights. */
  readonly assessment: StoredAssessment | null
  /** The registry's history of this version, in order. */
  readonly events: readonly RegistryEvent[]
}

export interface BundleHost {
  readonly digest: DigestFn
}

/** Who packs a bundle, and when. */
export interface PackingHost extends BundleHost {
  readonly created: EpochMillis
  readonly appVersion: string
}

/** Reads and checks a bundle: `open.ts`. Budgets of bytes and files are its own; the time is the caller's to bound. */
export type OpenBundle = (bytes: Uint8Array, host: BundleHost) => Promise<BundleOutcome<VerifiedBundle>>

/** Writes a bundle: `pack.ts`. The same parts at the same time are the same bytes. */
export type PackBundle = (parts: BundleParts, host: PackingHost) => Promise<Uint8Array<ArrayBuffer>>
