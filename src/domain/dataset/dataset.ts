import type { DatasetId, EpochMillis, Sha256 } from '../ids'
import type { Preprocess } from '../image/preprocess'

export const CLASS_COUNT = 10

/** Packed digits: `images` holds count × 784 bytes row by row (0 paper, 255 ink), `labels` one byte each in 0…9. */
export interface LabelledImages {
  readonly count: number
  readonly images: Uint8Array
  readonly labels: Uint8Array
}

/** What one look over a split finds. */
export interface SplitProfile {
  readonly count: number
  /** Images of each class, index = label. */
  readonly classCounts: readonly number[]
  /** Mean and standard deviation of byte / 255 over all pixels. */
  readonly mean: number
  readonly std: number
  /** Images without any ink. */
  readonly blank: number
  /** Images whose pixels equal an earlier image of the same split. */
  readonly duplicates: number
  /** Least and largest byte. This and the next two are absent in records of before they were looked at. */
  readonly range?: readonly [low: number, high: number]
  /** Mean of byte / 255 over the outermost ring of pixels: digits leave it empty. */
  readonly borderMean?: number
  /** How tall the ones are for their width: spread of their ink over rows by its spread over columns. Null without ones. */
  readonly uprightOnes?: number | null
}

export interface SplitRecord {
  readonly profile: SplitProfile
  /** SHA-256 of the split's canonical bytes (`digest.ts`): independent of the file format it came in. */
  readonly digest: Sha256
}

/** Where the pixels came from, for people; identity is the digest. */
export type DatasetSource =
  | { readonly kind: 'same-origin'; readonly url: string }
  | { readonly kind: 'mirror'; readonly url: string }
  | { readonly kind: 'folder'; readonly path: string }
  | {
      readonly kind: 'files'
      readonly names: readonly string[]
      /** Of the files; absent in records of before there were others than IDX. */
      readonly format?: FileFormat
      /** One split was cut in two. */
      readonly cut?: SplitCut
    }
  | {
      readonly kind: 'url'
      readonly urls: readonly string[]
      readonly format: FileFormat
      readonly cut?: SplitCut
    }
  /** The base's training digits and those that people named; the base is in `derivedFrom`. */
  | { readonly kind: 'feedback'; readonly digits: number }
  | { readonly kind: 'built-in'; readonly seed: number; readonly generator: number }

/** How one split became two: this share of every class for testing, chosen by the seed. */
export interface SplitCut {
  readonly share: number
  readonly seed: number
}

export type FileFormat = 'idx' | 'parquet'

/** The stored dataset that a dataset was made from. */
export interface DerivedFrom {
  readonly id: DatasetId
  readonly name: string
  readonly digest: Sha256
  /** What was done, in words: "12 corrected digits added to the training split". */
  readonly how: string
}

/** A dataset without its pixels: what is listed, and what a run records. */
export interface DatasetRecord {
  readonly id: DatasetId
  readonly name: string
  readonly source: DatasetSource
  /** SHA-256 over both splits' digests. */
  readonly digest: Sha256
  readonly train: SplitRecord
  readonly test: SplitRecord
  readonly preprocess: Preprocess
  /** 1, 2, … among the datasets of one name; absent in records of before there were versions. */
  readonly version?: number
  readonly derivedFrom?: DerivedFrom
  /** Images of the test split whose pixels are also in the training split; absent in records of before they were counted. */
  readonly leaks?: number
  readonly createdAt: EpochMillis
}

export interface Dataset {
  readonly record: DatasetRecord
  readonly train: LabelledImages
  readonly test: LabelledImages
}
