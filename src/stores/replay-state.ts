import type { RunId } from '../domain/ids'
import type { WireError } from '../protocol/errors'
import type { ReplayMessage } from '../protocol/replay'
import type { Hello } from '../protocol/version'

/** The replay under way in this tab. What came of it is stored, and read from there. */
export type ReplayState =
  | { readonly state: 'idle' }
  | {
      readonly state: 'running'
      readonly runId: RunId
      /** Share of the steps done, in [0, 1]; null until the first are. */
      readonly share: number | null
      /** Epochs compared so far, by whether their weights came out the same. */
      readonly epochs: readonly boolean[]
    }
  | { readonly state: 'failed'; readonly runId: RunId; readonly error: WireError }

/** The state after one message of the worker; messages that do not fit change nothing. */
export function reduceReplay(state: ReplayState, message: Exclude<ReplayMessage, Hello>): ReplayState {
  if (state.state !== 'running') return state
  switch (message.kind) {
    case 'replaying':
      return { ...state, share: message.stepsDone / Math.max(1, message.totalSteps) }
    case 'replayed-epoch':
      return { ...state, epochs: [...state.epochs, message.same] }
    case 'replayed':
      return { state: 'idle' }
    case 'replay-failed':
      return { state: 'failed', runId: state.runId, error: message.error }
  }
}
