/** What a person decides about runs and models. Each answers with the reason when it could not be done. */
import type { DatasetId, RunId, VersionId } from '../domain/ids'
import { aliasProblem } from '../domain/registry/aliases'
import { isEnded } from '../domain/registry/run'
import type { WireError } from '../protocol/errors'
import { deleteDataset } from '../storage/datasets'
import { moveAlias as storeAlias, registerVersion } from '../storage/registry'
import { decideRun, FIRST_MODEL, getRun, purgeDeletedRuns } from '../storage/runs'
import { chooseDataset as storeChoice } from '../storage/settings'
import { now } from './clock'
import { wireError } from './wire-error'

export type Decision<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly error: WireError }

const LONGEST_NAME = 200

export function renameRun(id: RunId, name: string): Promise<Decision<void>> {
  const trimmed = name.trim()
  if (trimmed === '' || trimmed.length > LONGEST_NAME)
    return refuse(`A run's name has 1 to ${LONGEST_NAME} characters, found ${trimmed.length}. Type another.`)
  return decided(() => decideRun(id, { name: trimmed }))
}

/** Hides a run; {@link undoDelete} brings it back until {@link freeSpace} removes it for good. */
export function deleteRun(id: RunId): Promise<Decision<void>> {
  return decided(() => decideRun(id, { deletedAt: now() }))
}

export function undoDelete(id: RunId): Promise<Decision<void>> {
  return decided(() => decideRun(id, { deletedAt: null }))
}

/** Removes deleted runs for good and answers with how many went; runs that a model version names stay. */
export function freeSpace(): Promise<Decision<number>> {
  return decided(purgeDeletedRuns)
}

/** Removes a dataset's pixels; runs made from it keep its name and digest. */
export function removeDataset(id: DatasetId): Promise<Decision<void>> {
  return decided(() => deleteDataset(id))
}

/** Sets the dataset that training uses. */
export function chooseDataset(id: DatasetId): Promise<Decision<void>> {
  return decided(() => storeChoice(id))
}

/** Makes the next version of the model from an ended run. */
export async function registerRun(
  runId: RunId,
  reason = 'Registered by hand',
  model: string = FIRST_MODEL,
): Promise<Decision<VersionId>> {
  const run = await getRun(runId)
  if (!run) return refuse(`No stored run ${runId}. It was deleted.`)
  if (!isEnded(run))
    return refuse(`Run ${run.name} is ${run.status.state}; only a run that ended can become a version.`)
  return decided(() => registerVersion(model, run, now(), reason))
}

/** Points an alias at a version; null takes it away. The reason is kept in the registry's history. */
export function moveAlias(
  model: string,
  alias: string,
  versionId: VersionId | null,
  reason: string,
): Promise<Decision<void>> {
  const problem = aliasProblem(alias)
  if (problem !== null) return refuse(problem)
  return decided(() => storeAlias(model, alias, versionId, now(), reason))
}

function refuse(message: string): Promise<{ readonly ok: false; readonly error: WireError }> {
  return Promise.resolve({ ok: false, error: { code: 'bad-input', message } })
}

async function decided<Value>(action: () => Promise<Value>): Promise<Decision<Value>> {
  try {
    return { ok: true, value: await action() }
  } catch (error) {
    return { ok: false, error: wireError(error) }
  }
}
