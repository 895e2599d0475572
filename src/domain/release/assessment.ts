import type { AssessmentId, EpochMillis, Sha256, VersionId } from '../ids'
import type { PairedOutcome } from '../metrics/paired'
import type { StudioParams } from '../params/schema'

/** The eight thresholds of the `release` section. */
export type ReleaseThresholds = StudioParams['release']

/** One check of the gate. */
export interface ReleaseCheck {
  readonly name: keyof ReleaseThresholds
  /** For people: what is compared with what. */
  readonly description: string
  /** Null where it was not measured: such a check fails. */
  readonly value: number | null
  readonly threshold: number
  readonly passed: boolean
}

/** A candidate beside the model in service, on the same images. */
export interface ChampionComparison {
  readonly versionId: VersionId
  /** First the candidate, second the champion. */
  readonly paired: PairedOutcome
  readonly verdict: 'better' | 'worse' | 'not-distinguishable'
}

/** A gate's whole decision on one model. APPROVE iff all eight checks pass. */
export interface ReleaseAssessment {
  readonly decision: 'APPROVE' | 'REJECT'
  readonly checks: readonly ReleaseCheck[]
  readonly thresholds: ReleaseThresholds
  /** The profile the thresholds came from, or "custom". */
  readonly profile: string
  /** What it was measured on. */
  readonly splitDigest: Sha256
  readonly count: number
  readonly accuracy: number
  /** 95 % Wilson interval of the accuracy. */
  readonly interval: { readonly low: number; readonly high: number }
  /** Null where there is no champion, or it could not be measured on the same images. */
  readonly champion: ChampionComparison | null
}

/** An assessment as it is kept: about weights, whether a run still holds them or a version does. Never changed. */
export interface StoredAssessment {
  readonly id: AssessmentId
  readonly at: EpochMillis
  readonly weightsSha256: Sha256
  readonly assessment: ReleaseAssessment
  /** Why a person lets a rejected model pass; null when nobody does. */
  readonly override: string | null
}
