import type { Transaction } from 'dexie'
import { upgradeFirstRuns } from './upgrade-first-runs'
import { upgradeFirstVersions } from './upgrade-first-versions'

/**
 * A named step of a database's schema. Numbers rise by one; a released step is never edited; an upgrade awaits nothing but
 * Dexie. The key path of every table stands first; `*name` indexes each element of an array.
 */
export interface Migration {
  readonly version: number
  readonly name: string
  readonly tables: Readonly<Record<string, string>>
  readonly upgrade?: (transaction: Transaction) => Promise<void>
}

export const STUDIO_MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    name: 'first-tables',
    tables: {
      fence: 'key',
      blobs: 'sha256',
      datasets: 'id, createdAt, *blobs',
      runs: 'id, status.state, *blobs',
      runDecisions: 'runId',
      checkpoints: '[runId+epoch], runId, *blobs',
      versions: 'id, model, runId, *blobs',
      aliases: '[model+alias], model',
      events: 'sequence',
      settings: 'key',
    },
  },
  {
    version: 2,
    name: 'whole-recipes-and-replays',
    tables: { replays: '[runId+at], runId' },
    upgrade: upgradeFirstRuns,
  },
  {
    version: 3,
    name: 'whole-loop',
    tables: {
      versions: 'id, model, *blobs',
      versionDecisions: 'versionId',
      assessments: 'id, weightsSha256',
      searches: 'id',
      feedback: 'id, versionId',
      driftReports: 'id, versionId',
      retrainings: 'id',
    },
    upgrade: upgradeFirstVersions,
  },
]

export const METRICS_MIGRATIONS: readonly Migration[] = [
  { version: 1, name: 'step-chunks', tables: { fence: 'key', steps: '[runId+firstStep], runId' } },
  {
    version: 2,
    name: 'logs-and-predictions',
    tables: { logs: '[runId+sequence], runId', predictions: '++id, versionId' },
  },
]
