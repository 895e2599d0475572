import type { Sha256 } from '../ids'
import type { Preprocess } from '../image/preprocess'
import type { ModelSpec } from '../model/spec'
import type { AugmentParams, TrainParams } from '../params/schema'

/** Everything that decides the bits of a run, fixed before its first step. */
export interface SessionPlan {
  readonly spec: ModelSpec
  readonly params: TrainParams
  readonly augment: AugmentParams
  readonly preprocess: Preprocess
  readonly datasetDigest: Sha256
  /** Indices into the training split, ascending; disjoint, together the whole split. */
  readonly trainIndices: Uint32Array
  readonly validationIndices: Uint32Array
  /** The last batch of an epoch is dropped when it is not full: floor(train / batch). */
  readonly stepsPerEpoch: number
  readonly totalSteps: number
}
