import type { VersionId } from '../domain/ids'
import type { Ink } from '../domain/image/ink'
import type { PictureNote } from '../domain/image/picture'
import type { WireError } from './errors'
import type { Hello } from './version'

export type PredictCommand =
  | Hello
  /** These answer from now on, at most two; whoever is not among them is let go. */
  | { readonly kind: 'load'; readonly versions: readonly VersionId[] }
  | { readonly kind: 'read-ink'; readonly request: number; readonly ink: Ink }
  | { readonly kind: 'read-picture'; readonly request: number; readonly bytes: Uint8Array }

/** What one version says to a drawing. */
export type VersionReading =
  | {
      readonly kind: 'answer'
      readonly versionId: VersionId
      /** What the model sees: 784 bytes, 0 paper, 255 ink. */
      readonly digit: Uint8Array
      readonly label: number
      /** Of the ten classes; sums to 1. */
      readonly probabilities: Float32Array
      /** Lead of the largest logit over the second. */
      readonly margin: number
      /** From ink or picture to answer. */
      readonly milliseconds: number
    }
  | { readonly kind: 'nothing-drawn'; readonly versionId: VersionId }

/** What became of a picture before it was read. */
export interface PictureFacts {
  readonly format: string
  readonly width: number
  readonly height: number
  /** Only its first frame was read. */
  readonly animated: boolean
  readonly notes: readonly PictureNote[]
}

export type PredictMessage =
  | Hello
  | { readonly kind: 'loaded'; readonly versionId: VersionId }
  | { readonly kind: 'load-failed'; readonly versionId: VersionId; readonly error: WireError }
  | {
      readonly kind: 'reading'
      readonly request: number
      /** One of each version that is loaded, in the order they were asked for. */
      readonly readings: readonly VersionReading[]
      /** How many digits the drawing seems to hold. */
      readonly digits: number
      /** Null for drawn ink. */
      readonly picture: PictureFacts | null
    }
  /** The picture cannot be read; everything else goes on. */
  | { readonly kind: 'refused'; readonly request: number; readonly error: WireError }
  | { readonly kind: 'failed'; readonly request: number | null; readonly error: WireError }
