import type { RunId } from '../domain/ids'
import type { Replay } from '../domain/registry/replay'
import type { WireError } from './errors'
import type { Hello } from './version'

/** Executes a run once more from its record and compares each epoch's weights. Spoken by the training worker. */
export type ReplayCommand = Hello | { readonly kind: 'replay'; readonly runId: RunId }

export type ReplayMessage =
  | Hello
  /** Steps done since the replay began, of those that it will do at most. */
  | { readonly kind: 'replaying'; readonly stepsDone: number; readonly totalSteps: number }
  | { readonly kind: 'replayed-epoch'; readonly epoch: number; readonly same: boolean }
  /** The outcome is stored. */
  | { readonly kind: 'replayed'; readonly replay: Replay }
  | { readonly kind: 'replay-failed'; readonly error: WireError }
