import type { DriftFindings } from '../domain/drift/report'
import type { ShiftKind } from '../domain/drift/shift'
import type { TrafficFigures } from '../domain/drift/traffic'
import type { DatasetId, EpochMillis, VersionId } from '../domain/ids'
import type { WireError } from './errors'
import type { Hello } from './version'

/** What is compared with a version's baseline. */
type DriftSource =
  | { readonly kind: 'dataset'; readonly datasetId: DatasetId; readonly split: 'train' | 'test' }
  | {
      readonly kind: 'files'
      readonly files: readonly { readonly name: string; readonly bytes: ArrayBuffer }[]
    }
  /** What the version was asked since `from`; labels are those of people's feedback. */
  | { readonly kind: 'predictions'; readonly from: EpochMillis }
  | {
      readonly kind: 'simulation'
      readonly datasetId: DatasetId
      readonly split: 'train' | 'test'
      readonly shift: ShiftKind
      readonly strength: number
    }

/** One look for drift. Of `sample` images at most, drawn by `seed`; null looks at all. The log is never sampled: its newest count. */
export interface DriftRequest {
  readonly versionId: VersionId
  readonly source: DriftSource
  readonly sample: number | null
  readonly seed: number
  readonly threshold: number
}

/** One shift at several strengths, one after the other, over the same images. */
export interface SimulationRequest {
  readonly versionId: VersionId
  readonly datasetId: DatasetId
  readonly split: 'train' | 'test'
  readonly shift: ShiftKind
  readonly strengths: readonly number[]
  readonly sample: number
  readonly seed: number
  readonly threshold: number
}

export type DriftCommand =
  | Hello
  | { readonly kind: 'look'; readonly request: DriftRequest }
  | { readonly kind: 'simulate'; readonly request: SimulationRequest }
  /** Sums up what is logged of a version. */
  | { readonly kind: 'traffic'; readonly versionId: VersionId }

export type DriftMessage =
  | Hello
  | {
      readonly kind: 'progress'
      readonly label: string
      readonly done: number
      readonly total: number | null
    }
  | { readonly kind: 'found'; readonly findings: DriftFindings }
  /** One strength of a simulation; the last is followed by `simulated`. */
  | { readonly kind: 'strength'; readonly strength: number; readonly findings: DriftFindings }
  | { readonly kind: 'simulated' }
  | { readonly kind: 'traffic'; readonly figures: TrafficFigures }
  | { readonly kind: 'failed'; readonly error: WireError }
