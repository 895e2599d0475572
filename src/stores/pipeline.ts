import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import type { RunId } from '../domain/ids'
import type { StudioParams } from '../domain/params/schema'
import { stageFor, succession } from '../domain/pipeline/promotion'
import { pipelineInputs, recipeInputs } from '../domain/pipeline/records'
import { STAGE_DEFINITIONS, type StageName, type StageProduct } from '../domain/pipeline/stages'
import type { PipelineStatus } from '../domain/pipeline/state'
import { nextStage, pipelineStatus, type LiveStage } from '../domain/pipeline/status'
import { reasonsOf } from '../domain/pipeline/words'
import { friendlyRunName, RUN_NAME_BYTES } from '../domain/registry/run-names'
import { gateWith } from '../domain/release/profiles'
import { getAssessment } from '../storage/assessments'
import { decided, refused, type Decision } from './decision'
import { prepareAgain } from './dataset-derive'
import { loadToEnd } from './ingest'
import { CHAMPION, STUDIO_MODEL } from './model-name'
import { readPipeline, type StoredPipeline } from './pipeline-facts'
import { moveAlias, registerRun } from './registry'
import { assessRun } from './release'
import { resumeToEnd, trainToEnd, type TrainingEnd } from './training'
import { wireError } from './wire-error'

/** What this page does about the pipeline; how the stages stand is derived from what is stored. */
export type PipelineRun =
  | { readonly state: 'idle' }
  | { readonly state: 'running'; readonly stage: StageName; readonly ran: readonly StageName[] }
  | { readonly state: 'failed'; readonly stage: StageName; readonly message: string }
  | { readonly state: 'done'; readonly ran: readonly StageName[] }

const store = createStore<PipelineRun>(() => ({ state: 'idle' }))

export function usePipelineRun(): PipelineRun {
  return useStore(store)
}

/** The stage that is under way or failed here, for {@link pipelineStatus}. */
export function liveStage(run: PipelineRun): LiveStage | null {
  switch (run.state) {
    case 'running':
      return { stage: run.stage, state: 'running' }
    case 'failed':
      return { stage: run.stage, state: 'failed', message: run.message }
    case 'idle':
    case 'done':
      return null
  }
}

/** How the stages stand by what is stored, with these parameters. */
export function statusOf(
  facts: StoredPipeline,
  params: StudioParams,
  live: LiveStage | null,
): PipelineStatus {
  const { settings, records } = pipelineInputs(facts, params)
  return pipelineStatus(settings, records, live)
}

/** Runs the stages that are not up to date, in order, until all are or one fails. Does nothing while it is at it. */
export async function runPipeline(params: StudioParams): Promise<void> {
  if (store.getState().state === 'running') return
  const ran: StageName[] = []
  for (;;) {
    const facts = await decided(readPipeline)
    if (!facts.ok) return fail(ran.at(-1) ?? 'preprocess', facts.error.message)
    const status = statusOf(facts.value, params, null)
    const stage = nextStage(status)
    if (stage === null) return store.setState({ state: 'done', ran }, true)
    if (ran.includes(stage))
      return fail(
        stage,
        `${STAGE_DEFINITIONS[stage].title} ran, and is not up to date all the same: ${reasonsOf(status[stage]).join('; ')}.`,
      )
    store.setState({ state: 'running', stage, ran: [...ran] }, true)
    const outcome = await attempt(stage, facts.value, status, params)
    if (!outcome.ok) return fail(stage, outcome.error.message)
    ran.push(stage)
  }
}

function fail(stage: StageName, message: string): void {
  store.setState({ state: 'failed', stage, message }, true)
}

/** A bug in a stage is shown as its failure: the stages must not stay "running" for ever. */
async function attempt(
  stage: StageName,
  facts: StoredPipeline,
  status: PipelineStatus,
  params: StudioParams,
): Promise<Decision<unknown>> {
  try {
    return await runStage(stage, facts, status, params)
  } catch (error) {
    return { ok: false, error: wireError(error) }
  }
}

async function runStage(
  stage: StageName,
  facts: StoredPipeline,
  status: PipelineStatus,
  params: StudioParams,
): Promise<Decision<unknown>> {
  switch (stage) {
    case 'preprocess':
      return facts.dataset === null ? loadToEnd() : prepareAgain(facts.dataset.id)
    case 'train':
      return trainStage(facts, params)
    case 'evaluate':
      // A run ends with its evaluation, on digits that its dataset's digest covers.
      throw new Error('a completed run was not evaluated on its own digits')
    case 'gate':
      return assessRun(trainedRun(status), gateWith(params.release))
    case 'register':
      return registerStage(facts, status, params)
  }
}

async function trainStage(
  { dataset, runs }: StoredPipeline,
  params: StudioParams,
): Promise<Decision<unknown>> {
  if (dataset === null) return refused('There are no digits to train on. Load a dataset on the Data screen.')
  const wanted = JSON.stringify(recipeInputs(params))
  // What an earlier press began and a reload or a crash cut short is taken up, not begun again.
  const cut = runs.find(
    (run) =>
      run.interrupted &&
      run.origin?.kind === 'pipeline' &&
      run.dataset.digest === dataset.digest &&
      run.preprocess.mean === dataset.preprocess.mean &&
      run.preprocess.std === dataset.preprocess.std &&
      JSON.stringify(recipeInputs({ train: run.params, augment: run.augment })) === wanted,
  )
  const runName = friendlyRunName(crypto.getRandomValues(new Uint8Array(RUN_NAME_BYTES)))
  const origin = { kind: 'pipeline' } as const
  const end =
    cut === undefined
      ? await trainToEnd({ datasetId: dataset.id, params, runName, origin })
      : await resumeToEnd(cut)
  return wholeRun(end)
}

/** The run that was trained to its end, or why there is none. */
export function wholeRun(end: TrainingEnd): Decision<RunId> {
  switch (end.kind) {
    case 'ended':
      return end.outcome === 'completed'
        ? { ok: true, value: end.runId }
        : refused(
            'Training was stopped before its last epoch. What the run learned is kept under Runs; run again to train the whole recipe.',
          )
    case 'failed':
      return { ok: false, error: end.error }
    case 'dropped':
      return refused('Training was stopped before its first step.')
    case 'busy':
      return refused('Another run is under way. Wait for its end, or stop it, and run again.')
  }
}

async function registerStage(
  { champion, versions }: StoredPipeline,
  status: PipelineStatus,
  { registry }: StudioParams,
): Promise<Decision<unknown>> {
  const runId = trainedRun(status)
  const product = freshProduct(status, 'gate')
  const stored =
    product?.kind === 'assessment'
      ? await decided(() => getAssessment(product.id))
      : refused('No assessment was kept.')
  if (!stored.ok) return stored
  if (stored.value === null) return refused('The assessment is no longer stored. Run again.')
  const inService = versions.find(({ id }) => id === champion)
  const stands = inService !== undefined && inService.weightsSha256 !== stored.value.weightsSha256
  const { allowed, reason } = succession(stored.value, stands)
  // The model's first version is its champion in any case, as in the headless pipeline.
  const intoService = allowed && (registry.promote_to_production || champion === null)
  const registered = await registerRun(runId, `By the pipeline. ${reason}`, {
    assessmentId: stored.value.id,
    stage: stageFor(registry, intoService),
  })
  if (!registered.ok || !intoService) return registered
  return moveAlias(STUDIO_MODEL, CHAMPION, registered.value, reason)
}

function trainedRun(status: PipelineStatus): RunId {
  const product = freshProduct(status, 'train')
  if (product?.kind !== 'run') throw new Error('a stage after training ran before it')
  return product.id
}

function freshProduct(status: PipelineStatus, stage: StageName): StageProduct | null {
  const state = status[stage]
  return state.state === 'fresh' ? state.record.product : null
}
