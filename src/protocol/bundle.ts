import type { VersionId } from '../domain/ids'
import type { Preprocess } from '../domain/image/preprocess'
import type { WireError } from './errors'
import type { Hello } from './version'

/** A file that a person chose. */
export interface GivenFile {
  readonly name: string
  readonly bytes: ArrayBuffer
}

/** One worker does one of these and is ended after it. */
export type BundleCommand =
  | Hello
  | { readonly kind: 'export'; readonly versionId: VersionId }
  | { readonly kind: 'import-bundle'; readonly file: GivenFile; readonly model: string }
  | {
      readonly kind: 'import-layers-model'
      /** `model.json` and its weight files, or one zip of them. */
      readonly files: readonly GivenFile[]
      /** What the model was trained on: nothing in its files says so. */
      readonly preprocess: Preprocess
      readonly model: string
    }

export interface ExportedFile {
  readonly name: string
  readonly size: number
}

/** What an import has come to. */
export interface ImportReport {
  readonly versionId: VersionId
  /** This very model was registered before; nothing was added. */
  readonly already: boolean
  /** Golden vectors answered, and how far the logits were from what was expected at most; null where there were none to compare. */
  readonly golden: { readonly count: number; readonly largestDifference: number } | null
  /** Test digits read here; null where no fitting dataset is stored. */
  readonly sample: { readonly count: number; readonly correct: number; readonly dataset: string } | null
  /** What a person should look into; null when nothing. */
  readonly warning: string | null
}

export type BundleMessage =
  | Hello
  /** For people: "Checking 21 digests". */
  | { readonly kind: 'bundle-progress'; readonly label: string }
  | {
      readonly kind: 'exported'
      readonly fileName: string
      readonly bytes: ArrayBuffer
      readonly files: readonly ExportedFile[]
    }
  | { readonly kind: 'imported'; readonly report: ImportReport }
  | { readonly kind: 'bundle-failed'; readonly error: WireError }
