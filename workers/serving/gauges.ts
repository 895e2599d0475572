/** What a host knows beside the traffic; null where it does not. */
export interface Gauges {
  /** By signal, of the newest look for drift. */
  readonly drift: readonly {
    readonly signal: string
    readonly value: number
    readonly pValue: number | null
  }[]
  readonly feedback: { readonly correct: number; readonly wrong: number } | null
  /** Of the last epoch of the newest run, nats. */
  readonly trainLoss: number | null
  readonly storageBytes: number | null
}

export const NO_GAUGES: Gauges = { drift: [], feedback: null, trainLoss: null, storageBytes: null }
