import type { EpochMillis } from '../../src/domain/ids'
import type { EngineHost } from '../engine/contract'

export interface BundleSessionHost {
  readonly engine: EngineHost
  readonly clock: () => EpochMillis
  readonly appVersion: string
}

/** What a stage tells the person who waits. */
export type Report = (label: string) => void
