import type { LoadPlan } from '../src/domain/bench/load-drive'

/** What `bench serve` is asked for. */
export interface ServeBenchOptions extends LoadPlan {
  readonly task: 'serve'
  /** Null: a server is started for the bench, as a process of its own. */
  readonly url: string | null
}
