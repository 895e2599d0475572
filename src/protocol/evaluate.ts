import type { DatasetId, RunId, VersionId } from '../domain/ids'
import type { Evaluation } from '../domain/metrics/evaluation'
import type { WireError } from './errors'
import type { Hello } from './version'

/** What is measured: the weights a run ended with, or those of a registered version. */
export type EvaluateSubject =
  | { readonly kind: 'run'; readonly runId: RunId }
  | { readonly kind: 'version'; readonly versionId: VersionId }

/** Commands are answered one after the other; `request` says which answer is whose. */
export type EvaluateCommand =
  | Hello
  | {
      readonly kind: 'evaluate'
      readonly request: number
      readonly subject: EvaluateSubject
      readonly datasetId: DatasetId
      readonly split: 'train' | 'test'
    }
  | { readonly kind: 'rehearse'; readonly request: number; readonly versionId: VersionId }

export type EvaluateMessage =
  | Hello
  | {
      readonly kind: 'evaluated'
      readonly request: number
      /** With what single images took. */
      readonly evaluation: Evaluation
      /** The likeliest class of each image, 0…9. */
      readonly labels: Uint8Array
      /** Its probability. */
      readonly confidence: Float32Array
    }
  | {
      readonly kind: 'rehearsed'
      readonly request: number
      readonly vectors: number
      /** Of any logit, from what was kept; NaN where an answer is not a number. */
      readonly largestDifference: number
    }
  | { readonly kind: 'evaluate-failed'; readonly request: number; readonly error: WireError }
