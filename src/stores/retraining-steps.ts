import type { DatasetId } from '../domain/ids'
import { findPreset } from '../domain/model/presets'
import { DEFAULT_PARAMS } from '../domain/params/defaults'
import type { StudioParams } from '../domain/params/schema'
import { stageFor, succession } from '../domain/pipeline/promotion'
import type { Retraining, RetrainingState } from '../domain/pipeline/retraining'
import { friendlyRunName, RUN_NAME_BYTES } from '../domain/registry/run-names'
import { isEnded } from '../domain/registry/run'
import { networkName, runOf } from '../domain/registry/versions'
import type { StoredAssessment } from '../domain/release/assessment'
import { gateWith } from '../domain/release/profiles'
import type { RecipeParams } from '../domain/training/recipe'
import { listDatasets } from '../storage/datasets'
import { StorageError } from '../storage/errors'
import { getVersion, listVersions, type StoredVersion } from '../storage/registry'
import { getRun } from '../storage/runs'
import { addFeedback } from './dataset-derive'
import { decided } from './decision'
import { pageParams } from './defaults'
import { digitsFor } from './measured-on'
import { CHAMPION, STUDIO_MODEL } from './model-name'
import { championId, readRetraining } from './pipeline-facts'
import { wholeRun } from './pipeline'
import { moveAlias, registerRun } from './registry'
import { assessRun } from './release'
import { readTableRuns } from './run-table'
import { resumeToEnd, trainToEnd } from './training'

/** Said wherever a retraining ends without a new champion. */
export const CHAMPION_STAYS = 'The champion was left as it was.'

/** A retraining that ends without a result, and why. */
export function failed(retraining: Retraining, message: string): Retraining {
  return { ...retraining, outcome: { state: 'failed', message: `${message} ${CHAMPION_STAYS}` } }
}

/** The next step of a retraining under way; one that came to its end is as it was. */
export async function step(retraining: Retraining): Promise<Retraining> {
  const { outcome } = retraining
  switch (outcome.state) {
    case 'collecting':
      return collect(retraining)
    case 'training':
      return learn(retraining, outcome)
    case 'assessing':
      return decide(retraining, outcome)
    case 'promoted':
    case 'discarded':
    case 'failed':
      return retraining
  }
}

/** The champion's digits and what people named since, as a new version of its dataset; without any, its digits as they are. */
async function collect(retraining: Retraining): Promise<Retraining> {
  const champion = await championOf(retraining)
  const base = await digitsFor(champion.dataset?.id ?? null)
  if (base === null) return failed(retraining, 'There are no digits to train on.')
  const { unusedFeedback } = await readRetraining()
  if (unusedFeedback === 0) {
    const datasetId = (await collectedBefore(retraining, base)) ?? base
    const feedbackCount = datasetId === base ? 0 : retraining.feedbackCount
    return { ...retraining, feedbackCount, outcome: { state: 'training', datasetId, runId: null } }
  }
  const added = await addFeedback(base)
  if (!added.ok) return failed(retraining, added.error.message)
  const { datasetId, used } = added.value
  return { ...retraining, feedbackCount: used, outcome: { state: 'training', datasetId, runId: null } }
}

/** The dataset that this very retraining stored before it was interrupted. */
async function collectedBefore(
  { at, feedbackCount }: Retraining,
  base: DatasetId,
): Promise<DatasetId | null> {
  if (feedbackCount === 0) return null
  const stored = await listDatasets()
  const own = stored.find(
    ({ source, derivedFrom, createdAt }) =>
      source.kind === 'feedback' && derivedFrom?.id === base && createdAt >= at,
  )
  return own?.id ?? null
}

/** Trains the champion's recipe from the start on the whole dataset: what it knew is rehearsed with what is new. */
async function learn(
  retraining: Retraining,
  { datasetId }: Extract<RetrainingState, { state: 'training' }>,
): Promise<Retraining> {
  const own = (await readTableRuns()).find(
    ({ origin }) => origin?.kind === 'retraining' && origin.retrainingId === retraining.id,
  )
  if (own !== undefined && isEnded(own) && own.status.state === 'completed')
    return { ...retraining, outcome: { state: 'assessing', datasetId, runId: own.id } }
  const end =
    own?.interrupted === true
      ? await resumeToEnd(own)
      : await trainToEnd({
          datasetId,
          params: await recipeFor(retraining, datasetId),
          runName: friendlyRunName(crypto.getRandomValues(new Uint8Array(RUN_NAME_BYTES))),
          origin: { kind: 'retraining', retrainingId: retraining.id },
        })
  const run = wholeRun(end)
  if (!run.ok) return failed(retraining, run.error.message)
  return { ...retraining, outcome: { state: 'assessing', datasetId, runId: run.value } }
}

/**
 * The recipe that made the champion, where its run or the version itself tells it, else the page's with the champion's network. On the champion's own
 * digits it takes the next seed: the same one would make the same weights again.
 */
async function recipeFor(retraining: Retraining, datasetId: DatasetId): Promise<RecipeParams> {
  const champion = await championOf(retraining)
  const { train, augment } = await recipeOfVersion(champion)
  const { epochs } = parameters().retrain
  const again = champion.dataset?.id === datasetId
  return {
    augment,
    train: {
      ...train,
      epochs: epochs === 0 ? train.epochs : epochs,
      seed: again ? (train.seed + 1) % 2 ** 32 : train.seed,
    },
  }
}

async function recipeOfVersion(version: StoredVersion): Promise<RecipeParams> {
  const runId = runOf(version)
  const run = runId === null ? null : await getRun(runId)
  if (run !== null) return { train: run.params, augment: run.augment }
  if (version.recipe !== undefined) return version.recipe
  const { train, augment } = parameters()
  const preset = networkName(version.network)
  return { augment, train: findPreset(preset).kind === 'found' ? { ...train, preset } : train }
}

async function decide(
  retraining: Retraining,
  { datasetId, runId }: Extract<RetrainingState, { state: 'assessing' }>,
): Promise<Retraining> {
  const params = parameters()
  const assessed = await assessRun(runId, gateWith(params.release))
  if (!assessed.ok) return failed(retraining, assessed.error.message)
  const previous = await championId()
  const stands = await standsAgainst(assessed.value)
  const { allowed, reason } = succession(assessed.value, stands)
  const assessmentId = assessed.value.id
  if (!allowed)
    return { ...retraining, outcome: { state: 'discarded', datasetId, runId, assessmentId, reason } }
  const told = `Retrained from ${retraining.champion ?? 'nothing'}. ${reason}`
  const registered = await registerOnce(retraining, assessed.value, runId, told, params)
  if (!registered.ok) return failed(retraining, registered.error.message)
  const versionId = registered.value
  const promoted = await moveAlias(STUDIO_MODEL, CHAMPION, versionId, told)
  if (!promoted.ok) return failed(retraining, promoted.error.message)
  const before = previous === versionId ? retraining.champion : previous
  const outcome = { datasetId, runId, assessmentId, versionId, previous: before }
  return { ...retraining, outcome: { state: 'promoted', ...outcome } }
}

/** Whether another model is in service than the assessed one. */
async function standsAgainst({ weightsSha256 }: StoredAssessment): Promise<boolean> {
  const id = await championId()
  const champion = id === null ? null : await getVersion(id)
  return champion !== null && champion.weightsSha256 !== weightsSha256
}

/** A version that was registered just before an interruption is not registered again. */
async function registerOnce(
  { champion }: Retraining,
  { id, weightsSha256 }: StoredAssessment,
  runId: Parameters<typeof registerRun>[0],
  reason: string,
  { registry }: StudioParams,
): ReturnType<typeof registerRun> {
  const before = await decided(() => listVersions(STUDIO_MODEL))
  if (!before.ok) return before
  const own = before.value.find(
    (version) => version.weightsSha256 === weightsSha256 && runOf(version) === runId,
  )
  if (own !== undefined) return { ok: true, value: own.id }
  return registerRun(runId, reason, {
    parent: champion,
    assessmentId: id,
    stage: stageFor(registry, true),
  })
}

async function championOf({ champion }: Retraining): Promise<StoredVersion> {
  const version = champion === null ? null : await getVersion(champion)
  if (version === null)
    throw new StorageError('not-found', `The champion ${champion ?? ''} is no longer stored.`)
  return version
}

/** The page's parameters; where the address asks for what cannot be, the defaults. */
function parameters(): StudioParams {
  const resolution = pageParams(window.location.search)
  return resolution.ok ? resolution.params : DEFAULT_PARAMS
}
