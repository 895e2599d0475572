import type { StageName, StageRecord } from './stages'

/** How a stage stands. `why` is for people, a sentence each. */
export type StageState =
  /** It never ran. */
  | { readonly state: 'new'; readonly why: readonly string[] }
  /** What it would make is there: made of these very inputs. */
  | { readonly state: 'fresh'; readonly record: StageRecord }
  | { readonly state: 'stale'; readonly why: readonly string[]; readonly last: StageRecord }
  /** The gate rejected what it would register. */
  | { readonly state: 'held'; readonly why: readonly string[] }
  | { readonly state: 'running' }
  | { readonly state: 'failed'; readonly why: readonly string[] }

export type PipelineStatus = Readonly<Record<StageName, StageState>>
