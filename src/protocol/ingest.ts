import type { FileFormat } from '../domain/dataset/dataset'
import type { DatasetId, FeedbackId, Sha256 } from '../domain/ids'
import type { Preprocess } from '../domain/image/preprocess'
import type { WireError } from './errors'
import type { Hello } from './version'

/** Where to take a dataset from. `mnist` tries same origin, then the mirrors, then falls back to the built-in digits. */
export type IngestRequest =
  | { readonly kind: 'mnist' }
  | { readonly kind: 'built-in'; readonly seed: number; readonly train: number; readonly test: number }
  /** A stored dataset and, behind its training digits, those that people named and that are in no dataset yet. */
  | { readonly kind: 'with-feedback'; readonly base: DatasetId }
  /** The same digits, with the command's preprocessing. */
  | { readonly kind: 'prepare-again'; readonly base: DatasetId }

/** Files to look into before anything is stored. */
export type ReadRequest =
  | {
      readonly kind: 'files'
      readonly files: readonly { readonly name: string; readonly bytes: ArrayBuffer }[]
    }
  | { readonly kind: 'addresses'; readonly urls: readonly string[] }
  /** The public MNIST Parquet: from this site, else from the Hugging Face hub. */
  | { readonly kind: 'mnist-parquet' }

/** A split that was found, as it is shown before a person decides. */
export interface SplitPreview {
  readonly files: readonly string[]
  readonly format: FileFormat
  /** Format, columns, packing and scale, in words. */
  readonly kind: string
  readonly count: number
  /** Images of each class; null without labels. */
  readonly classCounts: readonly number[] | null
  /** Canonical digest; null without labels. */
  readonly digest: Sha256 | null
  /** "the test split of MNIST", where these digits are known already. */
  readonly sameAs: string | null
  readonly role: 'train' | 'test' | null
  /** The first digits, 784 bytes each, and their labels. */
  readonly sample: { readonly images: Uint8Array; readonly labels: Uint8Array | null }
}

/** What found splits become; numbers are their places in the preview. */
export type SplitRoles =
  | { readonly kind: 'pair'; readonly train: number; readonly test: number }
  /** One split becomes the test split beside the training split of a stored dataset, or the other way round. */
  | {
      readonly kind: 'beside'
      readonly split: number
      readonly as: 'train' | 'test'
      readonly base: DatasetId
    }
  /** One split is cut in two, the same share of every class for testing. */
  | { readonly kind: 'cut'; readonly split: number; readonly share: number; readonly seed: number }

export type IngestCommand =
  | Hello
  | { readonly kind: 'inspect'; readonly request: ReadRequest; readonly preprocess: Preprocess }
  /** After `inspected`: stores what was found as this dataset. */
  | { readonly kind: 'keep'; readonly name: string; readonly roles: SplitRoles }
  /** A stored split as the reference pipeline's Parquet. */
  | { readonly kind: 'export'; readonly datasetId: DatasetId; readonly split: 'train' | 'test' }
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
  /**
   * Foreign bytes are being decoded: a worker that is silent then for long hangs, and the page ends it. Waiting for a host or a
   * disk is not that.
   */
  readonly decoding?: true
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
  | { readonly kind: 'inspected'; readonly splits: readonly SplitPreview[] }
  | { readonly kind: 'exported'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'failed'; readonly error: WireError }
