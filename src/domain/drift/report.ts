import type { DatasetId, DriftReportId, EpochMillis, VersionId } from '../ids'
import type { ShiftKind } from './shift'
import type { SignificanceMethod } from './significance'

export type DriftVerdict = 'not-enough-data' | 'stable' | 'watch' | 'drift'

/** `label` needs labels; the other two do not. */
export type SignalName = 'label' | 'prediction' | 'margin'

export interface DriftSignal {
  readonly signal: SignalName
  /** Population stability index, floor 1e-6. */
  readonly psi: number
  /** How likely at least this index is when nothing drifted. */
  readonly p: number
  /** The same, corrected for all signals that were tested together; what the verdict rests on. */
  readonly adjustedP: number
  readonly method: SignificanceMethod
  /** Images of the window, and of the reference. */
  readonly count: number
  readonly referenceCount: number
  /** Below this many images the index says nothing; null where the reference is too small for any window. */
  readonly minimumCount: number | null
  readonly verdict: DriftVerdict
  readonly bins: readonly DriftBin[]
}

export interface DriftBin {
  readonly name: string
  /** Images. */
  readonly reference: number
  readonly current: number
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
  | {
      readonly kind: 'simulation'
      readonly name: string
      readonly shift: ShiftKind
      readonly strength: number
    }

/** Right answers among those whose truth is known. */
export interface DriftAccuracy {
  readonly correct: number
  readonly count: number
}

/** What a look finds: signals, their verdict, and the truth where it is known. */
export interface DriftFindings {
  readonly window: DriftWindow
  /** Images looked at, of so many that there were. */
  readonly count: number
  readonly available: number
  /** Index from which on a difference counts as drift. */
  readonly threshold: number
  readonly signals: readonly DriftSignal[]
  /** The worst of the signals that have enough data. */
  readonly verdict: DriftVerdict
  /** Where the window has labels or feedback. */
  readonly accuracy: DriftAccuracy | null
}

export interface DriftReport extends DriftFindings {
  readonly id: DriftReportId
  readonly at: EpochMillis
  readonly versionId: VersionId
}
