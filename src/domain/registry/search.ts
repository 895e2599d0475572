import type { EpochMillis, RunId, SearchId } from '../ids'
import type { RecipeParams } from '../training/recipe'
import type { DatasetReference } from './records'

/** One recipe of a search. */
export interface Trial {
  /** The parameters it changes, by path ("train.lr"), as they are written. */
  readonly changes: Readonly<Record<string, string | number | boolean>>
  readonly outcome: TrialOutcome
}

export type TrialOutcome =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'started'; readonly runId: RunId }
  | { readonly kind: 'ended'; readonly runId: RunId }
  | { readonly kind: 'failed'; readonly runId: RunId | null; readonly message: string }

/** Many runs over one dataset that differ in a few parameters; written by the page, which starts one trial after the other. */
export interface Search {
  readonly id: SearchId
  readonly name: string
  readonly kind: 'grid' | 'ladder'
  readonly createdAt: EpochMillis
  readonly dataset: DatasetReference
  /** What every trial starts from. */
  readonly base: RecipeParams
  readonly trials: readonly Trial[]
  /** A stopped search starts no more trials until it is resumed. */
  readonly stopped: boolean
}
