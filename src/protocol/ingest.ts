import type { DatasetId, FeedbackId } from '../domain/ids'
import type { Preprocess } from '../domain/image/preprocess'
import type { WireError } from './errors'
import type { Hello } from './version'

/** Where to take a dataset from. `mnist` tries same origin, then the mirrors, then falls back to the built-in digits. */
export type IngestRequest =
  | { readonly kind: 'mnist' }
  | { readonly kind: 'built-in'; readonly seed: number; readonly train: number; readonly test: number }
  | {
      readonly kind: 'idx-files'
      readonly files: readonly { readonly name: string; readonly bytes: ArrayBuffer }[]
    }
  /** A stored dataset and, behind its training digits, those that people named and that are in no dataset yet. */
  | { readonly kind: 'with-feedback'; readonly base: DatasetId }

export type IngestCommand =
  | Hello
  | {
      readonly kind: 'ingest'
      readonly request: IngestRequest
      /** How models will read these pixels; part of the dataset's record. */
      readonly preprocess: Preprocess
    }
  | { readonly kind: 'stop' }

export interface IngestProgress {
  /** For people: "Downloading train-images-idx3-ubyte.gz from this site". */
  readonly label: string
  readonly done: number
  readonly total: number | null
  readonly unit: 'bytes' | 'images'
}

export type IngestEvent =
  | Hello
  | { readonly kind: 'progress'; readonly progress: IngestProgress }
  /** A source that could not be used, and why; the next one is tried. */
  | { readonly kind: 'passed-over'; readonly source: string; readonly reason: string }
  | {
      readonly kind: 'stored'
      readonly datasetId: DatasetId
      /** What went into it, of a request 'with-feedback': the page notes on them that they are used. */
      readonly feedback?: readonly FeedbackId[]
    }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'failed'; readonly error: WireError }
