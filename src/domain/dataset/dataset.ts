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
  | { readonly kind: 'files'; readonly names: readonly string[] }
  | { readonly kind: 'built-in'; readonly seed: number; readonly generator: number }

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
  readonly createdAt: EpochMillis
}

export interface Dataset {
  readonly record: DatasetRecord
  readonly train: LabelledImages
  readonly test: LabelledImages
}
