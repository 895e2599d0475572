import { Dexie, type EntityTable, type Table } from 'dexie'
import type { DriftReport } from '../domain/drift/report'
import type { RunId } from '../domain/ids'
import type { Retraining } from '../domain/pipeline/retraining'
import type { Alias, RegistryEvent } from '../domain/registry/records'
import type { Replay } from '../domain/registry/replay'
import type { RunLogLine } from '../domain/registry/run-log'
import type { Search } from '../domain/registry/search'
import type { Feedback } from '../domain/registry/traffic'
import type { StoredAssessment } from '../domain/release/assessment'
import { METRICS_MIGRATIONS, STUDIO_MIGRATIONS, type Migration } from './migrations'
import { notify } from './notices'
import type {
  BlobRow,
  CheckpointRow,
  DatasetRow,
  FenceRow,
  PredictionRow,
  RunDecisionRow,
  RunRow,
  SettingRow,
  StepChunkRow,
  VersionDecisionRow,
  VersionRow,
} from './rows'

/** The names are part of the data: a renamed database is an empty one. */
const STUDIO_NAME = 'mnist-studio'
const METRICS_NAME = 'mnist-studio-metrics'

export interface FencedDatabase extends Dexie {
  readonly fence: EntityTable<FenceRow, 'key'>
}

/** What must never be lost: strict durability. */
export interface StudioDatabase extends FencedDatabase {
  readonly blobs: EntityTable<BlobRow, 'sha256'>
  readonly datasets: EntityTable<DatasetRow, 'id'>
  readonly runs: EntityTable<RunRow, 'id'>
  readonly runDecisions: EntityTable<RunDecisionRow, 'runId'>
  readonly checkpoints: Table<CheckpointRow, [RunId, number]>
  readonly replays: Table<Replay, [RunId, number]>
  readonly versions: EntityTable<VersionRow, 'id'>
  readonly aliases: Table<Alias, [string, string]>
  readonly versionDecisions: EntityTable<VersionDecisionRow, 'versionId'>
  readonly events: EntityTable<RegistryEvent, 'sequence'>
  readonly assessments: EntityTable<StoredAssessment, 'id'>
  readonly searches: EntityTable<Search, 'id'>
  readonly feedback: EntityTable<Feedback, 'id'>
  readonly driftReports: EntityTable<DriftReport, 'id'>
  readonly retrainings: EntityTable<Retraining, 'id'>
  readonly settings: EntityTable<SettingRow, 'key'>
}

/** Dense curves: many small rows, relaxed durability; losing the last seconds of a curve loses no model. */
export interface MetricsDatabase extends FencedDatabase {
  readonly steps: Table<StepChunkRow, [RunId, number]>
  readonly logs: Table<RunLogLine, [RunId, number]>
  readonly predictions: EntityTable<PredictionRow, 'id'>
}

/** Opens lazily, at the first read or write. `migrations` is a parameter so that tests can play an older and a newer build. */
export function studioDatabase(
  name = STUDIO_NAME,
  migrations: readonly Migration[] = STUDIO_MIGRATIONS,
): StudioDatabase {
  return fenced<StudioDatabase>(new Dexie(name, { chromeTransactionDurability: 'strict' }), migrations)
}

function metricsDatabase(
  name = METRICS_NAME,
  migrations: readonly Migration[] = METRICS_MIGRATIONS,
): MetricsDatabase {
  return fenced<MetricsDatabase>(new Dexie(name, { chromeTransactionDurability: 'relaxed' }), migrations)
}

function fenced<Database extends FencedDatabase>(
  database: Dexie,
  migrations: readonly Migration[],
): Database {
  for (const { version, tables, upgrade } of migrations) {
    database
      .version(version)
      .stores(tables)
      .upgrade(async (transaction) => {
        await upgrade?.(transaction)
        await transaction.table('fence').put({ key: 'schema', version } satisfies FenceRow)
      })
  }
  const newest = Math.max(...migrations.map((migration) => migration.version))
  database.on('populate', (transaction) => {
    void transaction.table('fence').put({ key: 'schema', version: newest } satisfies FenceRow)
  })
  database.on('versionchange', (event) => {
    // Dexie's own answer would open the newer database again with this build's older schema.
    database.close({ disableAutoOpen: true })
    notify(event.newVersion === null ? 'deleted' : 'newer-version')
    return false
  })
  database.on('blocked', () => notify('blocked'))
  database.on('close', () => notify('closed'))
  schemaOf.set(database, newest)
  return database as Database
}

const schemaOf = new WeakMap<Dexie, number>()

/** The schema version this build was written for. */
export function schemaVersion(database: Dexie): number {
  const version = schemaOf.get(database)
  if (version === undefined) throw new Error(`database ${database.name} was not opened by storage/database`)
  return version
}

/** The two databases of this page or worker. */
export const studio: StudioDatabase = studioDatabase()
export const metrics: MetricsDatabase = metricsDatabase()
