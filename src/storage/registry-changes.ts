import { modelName, type EpochMillis, type VersionId } from '../domain/ids'
import type { Stage } from '../domain/registry/records'
import { eventsOf, releaseStep, type RegistryStep } from '../domain/registry/steps'
import type { StoredAssessment } from '../domain/release/assessment'
import { digest } from './blobs'
import { studio } from './database'
import { StorageError } from './errors'
import { expectLastEvent, getVersion, lastEvent, registryTables, retryRaced } from './registry'
import type { VersionDecisionRow } from './rows'
import { write } from './write'

/** What a decision changes: its events and its rows stand or fall together. */
interface Change {
  readonly steps: readonly RegistryStep[]
  /** Inside the transaction; awaits nothing but Dexie. */
  readonly apply: () => Promise<unknown>
}

/** Points an alias at a version of the model; null takes the alias away. */
export async function moveAlias(
  model: string,
  alias: string,
  to: VersionId | null,
  at: EpochMillis,
  reason: string,
): Promise<void> {
  await change(at, async () => {
    const step = await aliasStep(model, alias, to, reason)
    return step && { steps: [step], apply: () => putAlias(model, alias, to) }
  })
}

/** Puts a version into service in one transaction: its alias, and its stage where one is given. */
export async function promote(
  to: VersionId,
  alias: string,
  stage: Stage | null,
  at: EpochMillis,
  reason: string,
): Promise<void> {
  const model = modelName(to)
  await change(at, async () => {
    const decision = await decisionOf(to)
    const moved = await aliasStep(model, alias, to, reason)
    const staged = stage === null ? null : stageStep(decision, stage, reason)
    const steps = [moved, staged].filter((step) => step !== null)
    if (steps.length === 0) return null
    return {
      steps,
      apply: async () => {
        await putAlias(model, alias, to)
        if (staged !== null && stage !== null) await studio.versionDecisions.put({ ...decision, stage })
      },
    }
  })
}

/** What a version answered to its golden vectors before it came back into service. */
export interface Rehearsed {
  readonly vectors: number
  readonly largestDifference: number
}

/** Moves an alias back to a version that was rehearsed: both events and the alias, or nothing. */
export async function rollBack(
  to: VersionId,
  alias: string,
  { vectors, largestDifference }: Rehearsed,
  at: EpochMillis,
  reason: string,
): Promise<void> {
  const model = modelName(to)
  await change(at, async () => {
    const moved = await aliasStep(model, alias, to, reason)
    if (moved === null) return null
    const rehearsed = { kind: 'version-rehearsed', versionId: to, vectors, largestDifference } as const
    return { steps: [{ action: rehearsed, reason }, moved], apply: () => putAlias(model, alias, to) }
  })
}

/** Moves a version to another stage. */
export async function moveStage(
  versionId: VersionId,
  stage: Stage,
  at: EpochMillis,
  reason: string,
): Promise<void> {
  await change(at, async () => {
    const decision = await decisionOf(versionId)
    const step = stageStep(decision, stage, reason)
    return step && { steps: [step], apply: () => studio.versionDecisions.put({ ...decision, stage }) }
  })
}

/** Keeps a gate's decision, and tells it in the history of every version that has these weights. */
export async function keepRelease(stored: StoredAssessment): Promise<void> {
  await change(stored.at, async () => {
    const rows = await studio.versions.where('blobs').equals(stored.weightsSha256).toArray()
    const versions = rows.filter((row) => row.weightsSha256 === stored.weightsSha256)
    return {
      steps: versions.map(({ id }) => releaseStep(id, stored)),
      apply: () => studio.assessments.add(stored),
    }
  })
}

/** A person's note and tags; they are no part of the history. */
export async function describeVersion(
  versionId: VersionId,
  words: Partial<Pick<VersionDecisionRow, 'note' | 'tags'>>,
): Promise<void> {
  const before = await decisionOf(versionId)
  await write(studio, [studio.versionDecisions], async () => {
    const now = (await studio.versionDecisions.get(versionId)) ?? before
    await studio.versionDecisions.put({ ...now, ...words })
  })
}

/**
 * Events are hashed outside the transaction and committed only if none came between; `plan` reads the registry again at each try.
 * A null plan is nothing to do.
 */
async function change(at: EpochMillis, plan: () => Promise<Change | null>): Promise<void> {
  await retryRaced(async () => {
    const after = await lastEvent()
    const planned = await plan()
    if (planned === null) return
    const events = await eventsOf(planned.steps, after, at, digest)
    await write(studio, [...registryTables(studio), studio.assessments], async () => {
      await expectLastEvent(studio, after)
      await planned.apply()
      await studio.events.bulkAdd(events)
    })
  })
}

/** Null where the alias is there already. */
async function aliasStep(
  model: string,
  alias: string,
  to: VersionId | null,
  reason: string,
): Promise<RegistryStep | null> {
  const from = (await studio.aliases.get([model, alias]))?.versionId ?? null
  return from === to ? null : { action: { kind: 'alias-moved', model, alias, from, to }, reason }
}

async function putAlias(model: string, alias: string, to: VersionId | null): Promise<void> {
  if (to === null) return studio.aliases.delete([model, alias])
  const version = await studio.versions.get(to)
  if (version?.model !== model)
    throw new StorageError('not-found', `${to} is no stored version of ${model}. Choose another version.`)
  await studio.aliases.put({ model, alias, versionId: to })
}

/** Null where the version is there already. */
function stageStep(decision: VersionDecisionRow, to: Stage, reason: string): RegistryStep | null {
  const { versionId, stage: from } = decision
  return from === to ? null : { action: { kind: 'stage-moved', versionId, from, to }, reason }
}

async function decisionOf(versionId: VersionId): Promise<VersionDecisionRow> {
  const version = await getVersion(versionId)
  if (version === null)
    throw new StorageError('not-found', `No stored model version ${versionId}. Choose another version.`)
  const { stage, note, tags } = version
  return { versionId, stage, note, tags }
}
