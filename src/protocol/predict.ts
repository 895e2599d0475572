import type { VersionId } from '../domain/ids'
import type { Ink } from '../domain/image/ink'
import type { WireError } from './errors'
import type { Hello } from './version'

export type PredictCommand =
  | Hello
  | { readonly kind: 'load'; readonly versionId: VersionId }
  | { readonly kind: 'read-ink'; readonly request: number; readonly ink: Ink }

export type PredictMessage =
  | Hello
  | { readonly kind: 'loaded'; readonly versionId: VersionId }
  | {
      readonly kind: 'answer'
      readonly request: number
      readonly versionId: VersionId
      /** What the model sees: 784 bytes. */
      readonly digit: Uint8Array
      readonly label: number
      readonly probabilities: Float32Array
      readonly milliseconds: number
    }
  | { readonly kind: 'nothing-drawn'; readonly request: number }
  | { readonly kind: 'failed'; readonly request: number | null; readonly error: WireError }
