/** What a person decides about runs and models. Each answers with the reason when it could not be done. */
import { versionId, type AssessmentId, type DatasetId, type RunId, type VersionId } from '../domain/ids'
import { aliasProblem } from '../domain/registry/aliases'
import { bestRun } from '../domain/registry/best-run'
import type { Stage } from '../domain/registry/records'
import { isEnded } from '../domain/registry/run'
import { getAssessment, listAssessments } from '../storage/assessments'
import { deleteDataset } from '../storage/datasets'
import { StorageError } from '../storage/errors'
import { getVersion, registerVersion } from '../storage/registry'
import {
  describeVersion as storeWords,
  moveAlias as storeAlias,
  moveStage as storeStage,
  promote,
  rollBack as storeRollback,
} from '../storage/registry-changes'
import { FIRST_MODEL, getRun, listRuns, purgeDeletedRuns } from '../storage/runs'
import { chooseDataset as storeChoice } from '../storage/settings'
import { now } from './clock'
import { decided, refused, type Decision } from './decision'
import { rehearseVersion } from './evaluate'
import { CHAMPION } from './model-name'
import { passedAssessment, passedReason } from '../domain/release/passed'

export type { Decision } from './decision'

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

export interface RegisterOptions {
  /** Another registered model than the studio's own; its first version makes it. */
  readonly model?: string
  /** The version it was retrained from. */
  readonly parent?: VersionId | null
  readonly stage?: Stage
  /** A gate's decision on this run, told in the history of the version. */
  readonly assessmentId?: AssessmentId
  /** Register weights that another version has already; for a person who gave a reason. */
  readonly allowTwin?: boolean
}

/** Makes the next version of a model from an ended run. */
export async function registerRun(
  runId: RunId,
  reason = 'Registered by hand',
  options: RegisterOptions = {},
): Promise<Decision<VersionId>> {
  const { model = FIRST_MODEL, assessmentId, ...rest } = options
  const problem = modelProblem(model) ?? reasonProblem(reason)
  if (problem !== null) return refused(problem)
  return decided(async () => {
    const run = await getRun(runId)
    if (!run) throw new StorageError('not-found', `No stored run ${runId}. It was deleted.`)
    if (!isEnded(run))
      throw new StorageError(
        'bad-input',
        `Run ${run.name} is ${run.status.state}; only a run that ended can become a version.`,
      )
    const assessment = assessmentId === undefined ? null : await getAssessment(assessmentId)
    if (assessment !== null && assessment.weightsSha256 !== run.status.result.weightsSha256)
      throw new StorageError(
        'bad-input',
        `The assessment is about other weights than those of run ${run.name}. Assess this run first.`,
      )
    return registerVersion(model, run, now(), reason.trim(), { ...rest, assessment })
  })
}

/** Registers the run that is best by a metric of its validation; the reason in the history says by what and how far. */
export async function registerBest(
  metric: string,
  options: RegisterOptions = {},
): Promise<Decision<VersionId>> {
  const stored = await decided(listRuns)
  if (!stored.ok) return stored
  const ended = stored.value.flatMap((run) => (run.deletedAt === null && isEnded(run) ? [run] : []))
  const best = bestRun(ended, metric)
  if (!best.ok) return refused(best.message)
  return registerRun(best.run.id, best.reason, options)
}

/** Points an alias at a version; null takes it away. The reason is kept in the registry's history. */
export async function moveAlias(
  model: string,
  alias: string,
  versionId: VersionId | null,
  reason: string,
): Promise<Decision<void>> {
  const problem = aliasProblem(alias) ?? reasonProblem(reason)
  if (problem !== null) return refused(problem)
  return decided(() => storeAlias(model, alias, versionId, now(), reason.trim()))
}

/**
 * Puts a version into service as its model's champion, and into a stage where one is given. It needs an assessment that approved
 * its weights, or that a person overrode, or else a reason.
 */
export async function promoteVersion(
  id: VersionId,
  reason: string | null,
  stage: Stage | null = null,
): Promise<Decision<void>> {
  const version = await decided(() => getVersion(id))
  if (!version.ok) return version
  if (version.value === null) return refused(`No stored model version ${id}. Choose another version.`)
  const { weightsSha256 } = version.value
  const assessments = await decided(() => listAssessments(weightsSha256))
  if (!assessments.ok) return assessments
  const passed = passedAssessment(assessments.value)
  const why = reason?.trim() ?? ''
  if (passed === null && why === '')
    return refused(
      `No release gate let ${id} pass. Assess it first, override the rejection with a written reason, or give a reason here.`,
    )
  const told = why === '' && passed !== null ? passedReason(passed) : why
  return decided(() => promote(id, CHAMPION, stage, now(), told))
}

/** The greatest difference of a logit from the golden vectors with which a version may come back. */
const REHEARSAL_TOLERANCE = 1e-4

/** Moves an alias back to an earlier version, after that has answered its golden vectors as it did when it was made. */
export async function rollBack(alias: string, to: VersionId, reason: string): Promise<Decision<void>> {
  const problem = aliasProblem(alias) ?? reasonProblem(reason)
  if (problem !== null) return refused(problem)
  const rehearsal = await rehearseVersion(to)
  if (!rehearsal.ok) return rehearsal
  const { vectors, largestDifference } = rehearsal.value
  if (!(largestDifference <= REHEARSAL_TOLERANCE))
    return refused(
      `${to} no longer answers as it did: of ${vectors} golden vectors one logit is ${largestDifference.toPrecision(2)} off, and ${REHEARSAL_TOLERANCE} is allowed. ${alias} was not moved; choose another version.`,
    )
  return decided(() => storeRollback(to, alias, rehearsal.value, now(), reason.trim()))
}

export async function moveStage(id: VersionId, stage: Stage, reason: string): Promise<Decision<void>> {
  const problem = reasonProblem(reason)
  if (problem !== null) return refused(problem)
  return decided(() => storeStage(id, stage, now(), reason.trim()))
}

/** A person's note and tags of a version. */
export function describeVersion(
  id: VersionId,
  words: { readonly note?: string; readonly tags?: Readonly<Record<string, string>> },
): Promise<Decision<void>> {
  return decided(() => storeWords(id, words))
}

/** Why a text cannot name a model, or null. */
export function modelProblem(model: string): string | null {
  try {
    versionId(model, 1)
    return null
  } catch {
    return `A model's name starts with a letter or digit and holds letters, digits, _ . and - only, at most 200; found ${JSON.stringify(model.slice(0, 80))}.`
  }
}

function reasonProblem(reason: string): string | null {
  return reason.trim() === '' ? 'A reason is needed: it stays in the history. Write one.' : null
}
