import { modelName, type EpochMillis, type VersionId } from '../domain/ids'
import { registryEvent } from '../domain/registry/chain'
import type { Alias, ModelVersion, RegistryEvent } from '../domain/registry/records'
import type { EndedRun } from '../domain/registry/run'
import { blobsOf, nextVersion } from '../domain/registry/versions'
import { damagedBlobs, digest, readBlob } from './blobs'
import { studio, type StudioDatabase } from './database'
import { StorageError } from './errors'
import type { VersionRow } from './rows'
import { write } from './write'

/**
 * Registry writes are prepared outside the transaction (an event's hash needs Web Crypto) and committed only if no event came
 * between: every registry write appends one, so an unchanged last event means an unchanged registry.
 */
export interface Registration {
  readonly version: ModelVersion
  readonly alias: Alias | null
  readonly events: readonly RegistryEvent[]
  readonly after: RegistryEvent | null
}

const RACED = 'another tab wrote to the registry meanwhile'
const ATTEMPTS = 8

/** Tries again when another tab got in between. */
export async function retryRaced<Result>(attempt: () => Promise<Result>): Promise<Result> {
  for (let tried = 1; ; tried++) {
    try {
      return await attempt()
    } catch (error) {
      const raced = error instanceof Error && error.message === RACED
      if (!raced || tried === ATTEMPTS) throw error
    }
  }
}

/** The tables a registration writes to. */
export function registryTables(database: StudioDatabase) {
  return [database.versions, database.aliases, database.events] as const
}

export async function prepareRegistration(
  model: string,
  run: EndedRun,
  at: EpochMillis,
  reason: string,
  alias: string | null,
): Promise<Registration> {
  const after = await lastEvent()
  const version = nextVersion(model, run, await listVersions(model), at)
  const registered = await registryEvent(
    after,
    { kind: 'version-registered', versionId: version.id, runId: run.id },
    at,
    reason,
    digest,
  )
  if (alias === null) return { version, alias: null, events: [registered], after }
  const from = (await studio.aliases.get([model, alias]))?.versionId ?? null
  const moved = await registryEvent(
    registered,
    { kind: 'alias-moved', model, alias, from, to: version.id },
    at,
    reason,
    digest,
  )
  return { version, alias: { model, alias, versionId: version.id }, events: [registered, moved], after }
}

/** Inside a transaction over the registry's tables. */
export async function commitRegistration(
  database: StudioDatabase,
  { version, alias, events, after }: Registration,
): Promise<void> {
  await expectLastEvent(database, after)
  const row: VersionRow = { ...version, blobs: blobsOf(version) }
  await database.versions.add(row)
  if (alias) await database.aliases.put(alias)
  await database.events.bulkAdd([...events])
}

/** Makes the next version of a model from an ended run. */
export async function registerVersion(
  model: string,
  run: EndedRun,
  at: EpochMillis,
  reason: string,
): Promise<VersionId> {
  return retryRaced(async () => {
    const registration = await prepareRegistration(model, run, at, reason, null)
    await write(studio, [studio.blobs, ...registryTables(studio)], async () => {
      const held = await studio.blobs.where('sha256').equals(registration.version.weightsSha256).count()
      if (held === 0)
        throw new StorageError(
          'not-found',
          `The weights of run ${run.name} are no longer stored, so no version can be made of it. Train it again.`,
        )
      await commitRegistration(studio, registration)
    })
    return registration.version.id
  })
}

/** Points an alias at a version of the model; null takes the alias away. */
export async function moveAlias(
  model: string,
  alias: string,
  to: VersionId | null,
  at: EpochMillis,
  reason: string,
): Promise<void> {
  await retryRaced(async () => {
    const after = await lastEvent()
    const from = (await studio.aliases.get([model, alias]))?.versionId ?? null
    if (from === to) return
    const event = await registryEvent(
      after,
      { kind: 'alias-moved', model, alias, from, to },
      at,
      reason,
      digest,
    )
    await write(studio, registryTables(studio), async () => {
      await expectLastEvent(studio, after)
      if (to === null) await studio.aliases.delete([model, alias])
      else {
        const version = await studio.versions.get(to)
        if (version?.model !== model)
          throw new StorageError(
            'not-found',
            `${to} is no stored version of ${model}. Choose another version.`,
          )
        await studio.aliases.put({ model, alias, versionId: to })
      }
      await studio.events.add(event)
    })
  })
}

/** A version as the lists show it. */
export interface StoredVersion extends ModelVersion {
  /** Its weights are missing or were found changed: it cannot be loaded. */
  readonly damaged: boolean
}

/** Newest first. */
export async function listVersions(model: string): Promise<StoredVersion[]> {
  const rows = await studio.versions.where('model').equals(model).toArray()
  const versions = await withDamage(rows)
  return versions.sort((a, b) => b.version - a.version)
}

async function getVersion(id: VersionId): Promise<StoredVersion | null> {
  const row = await studio.versions.get(id)
  return row ? ((await withDamage([row]))[0] ?? null) : null
}

export async function listAliases(model: string): Promise<Alias[]> {
  return studio.aliases.where('model').equals(model).toArray()
}

/** The whole chain, or the part about one model, oldest first. */
export async function listEvents(model?: string): Promise<RegistryEvent[]> {
  const events = await studio.events.orderBy('sequence').toArray()
  return model === undefined ? events : events.filter((event) => modelOf(event) === model)
}

/** A version and its bytes, verified. */
export interface VersionBytes {
  readonly version: StoredVersion
  /** Little-endian float32, or a foreign model's weight file. */
  readonly weights: Uint8Array<ArrayBuffer>
  /** `metrics/golden`; null where none were kept. */
  readonly golden: Uint8Array<ArrayBuffer> | null
  /** A foreign model's model.json; null for a network of ours. */
  readonly topology: Uint8Array<ArrayBuffer> | null
}

/** @throws StorageError 'not-found' or 'damaged' */
export async function readVersion(id: VersionId): Promise<VersionBytes> {
  const version = await getVersion(id)
  if (!version)
    throw new StorageError('not-found', `No stored model version ${id}. Choose one on the Models screen.`)
  const { weightsSha256, goldenSha256, network } = version
  const weights = await readBlob(studio, weightsSha256)
  const golden = goldenSha256 === null ? null : await readBlob(studio, goldenSha256)
  const topology = network.kind === 'spec' ? null : await readBlob(studio, network.topologySha256)
  return { version, weights, golden, topology }
}

function modelOf({ action }: RegistryEvent): string {
  return action.kind === 'alias-moved' ? action.model : modelName(action.versionId)
}

async function lastEvent(): Promise<RegistryEvent | null> {
  return (await studio.events.orderBy('sequence').last()) ?? null
}

async function expectLastEvent(database: StudioDatabase, expected: RegistryEvent | null): Promise<void> {
  const last = await database.events.orderBy('sequence').last()
  if (last?.hash !== expected?.hash) throw new Error(RACED)
}

async function withDamage(rows: readonly VersionRow[]): Promise<StoredVersion[]> {
  const damaged = await damagedBlobs(
    studio,
    rows.map((row) => row.weightsSha256),
  )
  return rows.map(({ blobs: _blobs, ...version }) => ({
    ...version,
    damaged: damaged.has(version.weightsSha256),
  }))
}
