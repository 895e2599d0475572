/** Errors cross threads as data: structured clone would drop their class. */
export type ErrorCode =
  /** Bytes that are not what they claim to be. */
  | 'bad-input'
  /** A parameter out of its bounds, or unknown. */
  | 'bad-params'
  /** The network or the file could not be read. */
  | 'unreachable'
  | 'digest-mismatch'
  | 'over-budget'
  | 'quota'
  | 'not-found'
  /** A stored record whose bytes do not match its digest. */
  | 'damaged'
  | 'stale-tab'
  | 'unsupported'
  /** What a run computed with is gone, or answers no more. */
  | 'device-lost'
  /** The GPU answers no more; only a restart of the browser gets it back. */
  | 'device-hung'
  | 'out-of-memory'
  /** Another tab has it in hand. */
  | 'busy'
  | 'protocol-mismatch'
  | 'stopped'
  /** A bug. */
  | 'internal'

export interface WireError {
  readonly code: ErrorCode
  /** What was expected, what was found, the way out. */
  readonly message: string
  readonly detail?: string
}
