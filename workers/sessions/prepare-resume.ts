import type { Dataset } from '../../src/domain/dataset/dataset'
import type { RunId } from '../../src/domain/ids'
import { engineBuild } from '../../src/domain/registry/engine'
import type { Run, RunResume } from '../../src/domain/registry/records'
import type { EpochMetrics, ResumePoint } from '../../src/domain/training/events'
import { progressAfter } from '../../src/domain/training/progress'
import type { SessionPlan } from '../../src/domain/training/session'
import type { DoneBefore } from '../../src/protocol/train'
import { checkpointEpochs, readAnswer, readCheckpoint } from '../../src/storage/checkpoints'
import { readDataset } from '../../src/storage/datasets'
import { StorageError } from '../../src/storage/errors'
import { getRun, resumeRun } from '../../src/storage/runs'
import { deleteStepsFrom, readSteps } from '../../src/storage/steps'
import { OutOfMemoryError, type EngineHost, type TrainingEngine } from '../engine/contract'
import { floatsOf } from './browser-host'
import { planFor, type PreparedRun, type TrainHost } from './prepare-run'
import { SessionError } from './serve'
import { engineFor } from './session-engine'

/**
 * An interrupted run, ready to go on to the bits it would have had: with its own parameters, model, data and kernels, from its
 * newest whole checkpoint, or from its beginning. Call it while the run is held. Nothing is changed until it is stored, so a
 * refusal leaves the run as it was.
 *
 * @throws SessionError or StorageError when it cannot go on
 */
export async function prepareResume(runId: RunId, host: TrainHost): Promise<PreparedRun> {
  const run = await interruptedRun(runId)
  const dataset = await datasetOf(run)
  const plan = planFor(dataset, { train: run.params, augment: run.augment }, run.spec, run.preprocess)
  const { from, note } = await resumePointOf(run)
  const fromEpoch = from?.checkpoint.epoch ?? 0
  const firstStep = fromEpoch * plan.stepsPerEpoch
  const curve = (await readSteps(runId)).filter((steps) => steps.firstStep < firstStep)
  const epochs = run.epochs.filter(({ epoch }) => epoch <= fromEpoch)
  const engine = await sameEngine(run, plan, host.engine)
  const before: DoneBefore = { stepsDone: firstStep, epochs, curve, note }
  async function store(): Promise<void> {
    const { appVersion } = host
    const resume: RunResume = { at: host.clock(), fromEpoch, note, engine: engine.record, appVersion }
    await resumeRun(runId, resume)
    await deleteStepsFrom(runId, firstStep)
  }
  return { dataset, plan, engine, from, before, notes: run.notes ?? [], store }
}

async function interruptedRun(runId: RunId): Promise<Run> {
  const run = await getRun(runId)
  if (run === null)
    throw new SessionError(
      'not-found',
      `No stored run ${runId}: it was deleted, and nothing is left to resume.`,
    )
  if (run.status.state !== 'running')
    throw new SessionError(
      'not-found',
      `The run ${run.name} is ${run.status.state}: only an interrupted run can be resumed. Train another one instead.`,
    )
  return run
}

/** The very digits that a run learned from. @throws SessionError when they are gone, or others */
export async function datasetOf({ name, dataset: { id, name: datasetName, digest } }: Run): Promise<Dataset> {
  let dataset: Dataset
  try {
    dataset = await readDataset(id)
  } catch (error) {
    if (!(error instanceof StorageError && error.code === 'not-found')) throw error
    throw new SessionError(
      'not-found',
      `The run ${name} learned from ${datasetName} (digest ${digest.slice(0, 12)}…), which is no longer stored. ` +
        'Load the same digits again on the Data screen, then try again.',
    )
  }
  if (dataset.record.digest !== digest)
    throw new SessionError(
      'digest-mismatch',
      `The run ${name} learned from digits with digest ${digest}, stored are others with ${dataset.record.digest}. ` +
        'Load the first ones again on the Data screen, then try again.',
    )
  return dataset
}

/** The newest epoch's end that a run can go on from, and what was found damaged on the way to it. */
async function resumePointOf(
  run: Run,
): Promise<{ readonly from: ResumePoint | null; readonly note: string }> {
  const damaged = new Set<string>()
  for (const epoch of await checkpointEpochs(run.id)) {
    const checkpoint = await readCheckpoint(run.id, epoch)
    if (checkpoint === null) {
      damaged.add(`The checkpoint after epoch ${epoch} is damaged. `)
      continue
    }
    const epochs = run.epochs.filter((metrics) => metrics.epoch <= epoch)
    const best = bestOther(run, epoch, epochs)
    const weights = best === null ? null : await readAnswer(run.id, best)
    if (best !== null && weights === null) {
      damaged.add(`The weights of epoch ${best}, the best until then, are damaged. `)
      continue
    }
    const from = {
      checkpoint: {
        epoch,
        weights: floatsOf(checkpoint.weights),
        optimizer: floatsOf(checkpoint.optimizer),
        average: checkpoint.average && floatsOf(checkpoint.average),
      },
      epochs,
      best: best === null || weights === null ? null : { epoch: best, weights: floatsOf(weights) },
    }
    return { from, note: `${[...damaged].join('')}Resumed after epoch ${epoch} of ${run.params.epochs}.` }
  }
  const none = damaged.size > 0 ? 'left' : 'yet'
  const note = `${[...damaged].join('')}Begun again from the first step: there is no whole checkpoint ${none}.`
  return { from: null, note }
}

/** The best epoch until then where the run is to end with it and it is an earlier one; null otherwise. */
function bestOther({ params }: Run, epoch: number, epochs: readonly EpochMetrics[]): number | null {
  if (params.final_weights === 'last') return null
  const { bestEpoch } = progressAfter(epochs, params)
  return bestEpoch === epoch ? null : bestEpoch
}

/**
 * The engine that a run was begun with: other kernels, or another device, round otherwise.
 * @throws SessionError where it cannot be had
 */
export async function sameEngine(run: Run, plan: SessionPlan, host: EngineHost): Promise<TrainingEngine> {
  let engine: TrainingEngine
  try {
    engine = await engineFor(plan, host, run.engine)
  } catch (error) {
    if (error instanceof OutOfMemoryError)
      throw new SessionError(
        'unsupported',
        `${error.message}. A smaller batch would not give the same weights: close other tabs and programs, and try again.`,
      )
    throw error instanceof WebAssembly.CompileError ? otherBuild(run, 'cannot run') : error
  }
  if (engineBuild(engine.record) === engineBuild(run.engine)) return engine
  engine.dispose()
  throw otherBuild(run, `would replace by ${engineBuild(engine.record)}`)
}

function otherBuild({ name, engine, host }: Run, what: string): SessionError {
  return new SessionError(
    'unsupported',
    `The run ${name} was begun with ${engineBuild(engine)} (on ${host}), which this browser ${what}, and others ` +
      'would not give the same weights. Go on where it was begun, or train again from the start.',
  )
}
