import type { DatasetId, DriftReportId, EpochMillis, VersionId } from '../ids'

export type DriftVerdict = 'not-enough-data' | 'stable' | 'watch' | 'drift'

/** `label` needs labels; the other two do not. */
export type SignalName = 'label' | 'prediction' | 'margin'

export interface DriftSignal {
  readonly signal: SignalName
  /** Population stability index, floor 1e-6. */
  readonly psi: number
  /** How likely at least this index is when nothing drifted. */
  readonly p: number
  /** Images of the window, and of the reference. */
  readonly count: number
  readonly referenceCount: number
  /** Below this many images the index says nothing. */
  readonly minimumCount: number
  readonly verdict: DriftVerdict
  readonly bins: readonly { readonly name: string; readonly reference: number; readonly current: number }[]
}

/** What was compared with the baseline. */
export type DriftWindow =
  | {
      readonly kind: 'dataset'
      readonly datasetId: DatasetId
      readonly name: string
      readonly split: 'train' | 'test'
    }
  | { readonly kind: 'file'; readonly name: string }
  | { readonly kind: 'predictions'; readonly from: EpochMillis; readonly to: EpochMillis }
  | { readonly kind: 'simulation'; readonly name: string; readonly shift: string; readonly strength: number }

export interface DriftReport {
  readonly id: DriftReportId
  readonly at: EpochMillis
  readonly versionId: VersionId
  readonly window: DriftWindow
  readonly signals: readonly DriftSignal[]
  /** The worst of the signals that have enough data. */
  readonly verdict: DriftVerdict
  /** Share of right answers, where the window has labels or feedback. */
  readonly accuracy: number | null
}
