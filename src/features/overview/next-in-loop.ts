/** What the work goes on with after the first model. */
export type LoopStep = 'draw' | 'train' | 'monitor' | 'retrain' | 'compare'

export interface LoopFacts {
  /** A version has answered somebody. */
  readonly answered: boolean
  /** Runs that left a model. */
  readonly runs: number
  /** Named digits that no dataset holds yet. */
  readonly unusedFeedback: number
  /** Looks for drift, and whether the last one found some that nothing was done about. */
  readonly looks: number
  readonly drift: boolean
}

/** The first thing in the loop that was never done, and what waits before anything else. */
export function nextInLoop({ answered, runs, unusedFeedback, looks, drift }: LoopFacts): LoopStep {
  if (!answered) return 'draw'
  if (drift || unusedFeedback > 0) return 'retrain'
  if (runs < 2) return 'train'
  return looks === 0 ? 'monitor' : 'compare'
}
