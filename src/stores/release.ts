import { recordIdFromBytes, type DatasetId, type RunId, type Sha256, type VersionId } from '../domain/ids'
import { isEnded } from '../domain/registry/run'
import { runOf } from '../domain/registry/versions'
import { assessRelease, compareWithChampion } from '../domain/release/assess'
import type { ChampionComparison, StoredAssessment } from '../domain/release/assessment'
import type { ReleaseGate } from '../domain/release/profiles'
import { readLabels } from '../storage/datasets'
import { StorageError } from '../storage/errors'
import { getVersion, listAliases, type StoredVersion } from '../storage/registry'
import { keepRelease } from '../storage/registry-changes'
import { getRun, readTestPredictions } from '../storage/runs'
import { now } from './clock'
import { decided, refused, type Decision } from './decision'
import { evaluateModel, type EvaluateSubject, type MeasuredModel } from './evaluate'
import { CHAMPION, STUDIO_MODEL } from './model-name'
import { digitsFor } from './measured-on'

/** Shortest written reason that lets a rejected model pass. */
export const SHORTEST_OVERRIDE = 10

/**
 * Puts the weights of an ended run through a release gate: measures them anew on the run's own test digits (on the chosen dataset's
 * where those are gone), compares them with the model's champion on the same digits, and keeps the decision.
 */
export async function assessRun(
  runId: RunId,
  gate: ReleaseGate,
  model: string = STUDIO_MODEL,
): Promise<Decision<StoredAssessment>> {
  const run = await decided(() => getRun(runId))
  if (!run.ok) return run
  if (run.value === null) return refused(`No stored run ${runId}. It was deleted.`)
  if (!isEnded(run.value))
    return refused(
      `Run ${run.value.name} is ${run.value.status.state}; only a run that ended can be assessed. Resume it or train again.`,
    )
  const { weightsSha256 } = run.value.status.result
  return assess({ kind: 'run', runId }, weightsSha256, run.value.dataset.id, gate, model)
}

/** Puts a registered version through a release gate, as {@link assessRun}; its history tells the decision. */
export async function assessVersion(
  versionId: VersionId,
  gate: ReleaseGate,
): Promise<Decision<StoredAssessment>> {
  const version = await decided(() => getVersion(versionId))
  if (!version.ok) return version
  if (version.value === null) return refused(`No stored model version ${versionId}. Choose another version.`)
  const { weightsSha256, dataset, model } = version.value
  return assess({ kind: 'version', versionId }, weightsSha256, dataset?.id ?? null, gate, model)
}

/** Lets a rejected model pass all the same: a new record with the written reason, told in the history of its versions. */
export async function overrideAssessment(
  { weightsSha256, assessment }: StoredAssessment,
  reason: string,
): Promise<Decision<StoredAssessment>> {
  const why = reason.trim()
  if (assessment.decision === 'APPROVE')
    return refused('The gate approved this model: nothing is to be overridden.')
  if (why.length < SHORTEST_OVERRIDE)
    return refused(
      `An override needs a written reason of at least ${SHORTEST_OVERRIDE} characters, found ${why.length}. Say why the model may pass.`,
    )
  return keep({ ...newRecord(), weightsSha256, assessment, override: why })
}

async function assess(
  subject: EvaluateSubject,
  weightsSha256: Sha256,
  madeOn: DatasetId | null,
  gate: ReleaseGate,
  model: string,
): Promise<Decision<StoredAssessment>> {
  const datasetId = await decided(() => digitsFor(madeOn))
  if (!datasetId.ok) return datasetId
  if (datasetId.value === null)
    return refused('There are no digits to measure the model on. Load a dataset on the Data screen first.')
  const measured = await evaluateModel(subject, datasetId.value, 'test')
  if (!measured.ok) return measured
  const champion = await decided(() => besideChampion(model, weightsSha256, measured.value, datasetId.value))
  if (!champion.ok) return champion
  const assessment = assessRelease(measured.value.evaluation, gate, champion.value)
  return keep({ ...newRecord(), weightsSha256, assessment, override: null })
}

/** Null where the model has no champion, the candidate is the champion itself, or the champion cannot answer. */
async function besideChampion(
  model: string,
  weightsSha256: Sha256,
  { labels: answers, evaluation }: MeasuredModel,
  datasetId: DatasetId | null,
): Promise<ChampionComparison | null> {
  const alias = (await listAliases(model)).find((entry) => entry.alias === CHAMPION)
  const champion = alias ? await getVersion(alias.versionId) : null
  if (champion === null || champion.weightsSha256 === weightsSha256 || datasetId === null) return null
  const truth = await readLabels(datasetId, 'test')
  const championAnswers =
    (await storedAnswers(champion, evaluation.splitDigest)) ?? (await freshAnswers(champion.id, datasetId))
  if (truth === null || championAnswers === null) return null
  return compareWithChampion(champion.id, answers, championAnswers, truth)
}

/** What the champion's run answered on these very digits when it ended, where that is kept. */
async function storedAnswers(champion: StoredVersion, splitDigest: Sha256): Promise<Uint8Array | null> {
  const runId = runOf(champion)
  if (runId === null || champion.evaluation?.splitDigest !== splitDigest) return null
  const run = await getRun(runId)
  if (run === null || !isEnded(run) || run.status.result.weightsSha256 !== champion.weightsSha256) return null
  try {
    return (await readTestPredictions(runId))?.labels ?? null
  } catch (error) {
    if (error instanceof StorageError && error.code === 'damaged') return null
    throw error
  }
}

async function freshAnswers(versionId: VersionId, datasetId: DatasetId): Promise<Uint8Array | null> {
  const measured = await evaluateModel({ kind: 'version', versionId }, datasetId, 'test')
  return measured.ok ? measured.value.labels : null
}

function keep(stored: StoredAssessment): Promise<Decision<StoredAssessment>> {
  return decided(async () => {
    await keepRelease(stored)
    return stored
  })
}

function newRecord(): Pick<StoredAssessment, 'id' | 'at'> {
  return { id: recordIdFromBytes(crypto.getRandomValues(new Uint8Array(16))), at: now() }
}
