import { modelName, type EpochMillis, type VersionId } from '../domain/ids'
import type { Alias, ModelVersion, RegistryEvent, Stage } from '../domain/registry/records'
import type { EndedRun } from '../domain/registry/run'
import { eventsOf, releaseStep, type RegistryStep } from '../domain/registry/steps'
import { blobsOf, nextVersion, twinOf } from '../domain/registry/versions'
import type { StoredAssessment } from '../domain/release/assessment'
import { damagedBlobs, digest, readBlob } from './blobs'
import { studio, type StudioDatabase } from './database'
import { StorageError } from './errors'
import type { VersionDecisionRow, VersionRow } from './rows'
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
  /** Absent where the version has no stage yet. */
  readonly decision?: VersionDecisionRow
}

/** What else is decided with a registration, in its transaction. */
export interface RegistrationOptions {
  readonly alias?: string
  /** The version it was retrained from. */
  readonly parent?: VersionId | null
  readonly stage?: Stage
  /** A gate's decision on these weights. */
  readonly assessment?: StoredAssessment | null
  /** Weights that another version of the model has already may be registered once more. */
  readonly allowTwin?: boolean
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
  return [database.versions, database.aliases, database.events, database.versionDecisions] as const
}

export async function prepareRegistration(
  model: string,
  run: EndedRun,
  at: EpochMillis,
  reason: string,
  { alias, parent = null, stage = 'None', assessment = null }: RegistrationOptions = {},
): Promise<Registration> {
  const after = await lastEvent()
  const version = nextVersion(model, run, await listVersions(model), at, parent)
  const versionId = version.id
  const steps: RegistryStep[] = [{ action: { kind: 'version-registered', versionId, runId: run.id }, reason }]
  if (assessment !== null) steps.push(releaseStep(versionId, assessment))
  if (stage !== 'None')
    steps.push({ action: { kind: 'stage-moved', versionId, from: 'None', to: stage }, reason })
  if (alias !== undefined) {
    const from = (await studio.aliases.get([model, alias]))?.versionId ?? null
    steps.push({ action: { kind: 'alias-moved', model, alias, from, to: versionId }, reason })
  }
  return {
    version,
    alias: alias === undefined ? null : { model, alias, versionId },
    events: await eventsOf(steps, after, at, digest),
    after,
    ...(stage === 'None' ? {} : { decision: { versionId, ...UNDECIDED, stage } }),
  }
}

/** Inside a transaction over the registry's tables. */
export async function commitRegistration(
  database: StudioDatabase,
  { version, alias, events, after, decision }: Registration,
): Promise<void> {
  await expectLastEvent(database, after)
  const row: VersionRow = { ...version, blobs: blobsOf(version) }
  await database.versions.add(row)
  if (alias) await database.aliases.put(alias)
  if (decision) await database.versionDecisions.put(decision)
  await database.events.bulkAdd([...events])
}

/**
 * Makes the next version of a model from an ended run.
 * @throws StorageError 'bad-input' when a version of the model has these weights already
 */
export async function registerVersion(
  model: string,
  run: EndedRun,
  at: EpochMillis,
  reason: string,
  options: RegistrationOptions = {},
): Promise<VersionId> {
  return retryRaced(async () => {
    const registration = await prepareRegistration(model, run, at, reason, options)
    const { weightsSha256 } = registration.version
    const twin = twinOf(await listVersions(model), weightsSha256)
    if (twin && options.allowTwin !== true)
      throw new StorageError(
        'bad-input',
        `${twin.id} has the same weights as run ${run.name}: nothing new would be registered. Use that version, or give a reason to register them once more.`,
      )
    await write(studio, [studio.blobs, ...registryTables(studio)], async () => {
      const held = await studio.blobs.where('sha256').equals(weightsSha256).count()
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

const UNDECIDED = { stage: 'None', note: '', tags: {} } as const

/** A version as the lists show it. */
export interface StoredVersion extends ModelVersion {
  /** Bytes of it (`blobs`) are missing or were found changed: it cannot be loaded. */
  readonly damaged: boolean
  /** What a person decided about it. */
  readonly stage: Stage
  readonly note: string
  readonly tags: Readonly<Record<string, string>>
}

/** Names of all registered models, in their own order. */
export async function listModels(): Promise<string[]> {
  const names = await studio.versions.orderBy('model').uniqueKeys()
  return names.map(String)
}

/** Newest first. */
export async function listVersions(model: string): Promise<StoredVersion[]> {
  const rows = await studio.versions.where('model').equals(model).toArray()
  const versions = await asListed(rows)
  return versions.sort((a, b) => b.version - a.version)
}

export async function getVersion(id: VersionId): Promise<StoredVersion | null> {
  const row = await studio.versions.get(id)
  return row ? ((await asListed([row]))[0] ?? null) : null
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

export async function lastEvent(): Promise<RegistryEvent | null> {
  return (await studio.events.orderBy('sequence').last()) ?? null
}

/** Inside a transaction: refuses when an event came between. */
export async function expectLastEvent(
  database: StudioDatabase,
  expected: RegistryEvent | null,
): Promise<void> {
  const last = await database.events.orderBy('sequence').last()
  if (last?.hash !== expected?.hash) throw new Error(RACED)
}

async function asListed(rows: readonly VersionRow[]): Promise<StoredVersion[]> {
  const [damaged, decisions] = await Promise.all([
    damagedBlobs(
      studio,
      rows.flatMap((row) => row.blobs),
    ),
    studio.versionDecisions.bulkGet(rows.map((row) => row.id)),
  ])
  return rows.map(({ blobs, ...version }, index) => {
    const { versionId: _versionId, ...decided } = decisions[index] ?? { versionId: null, ...UNDECIDED }
    return { ...version, ...decided, damaged: blobs.some((name) => damaged.has(name)) }
  })
}
