import type { Dataset } from '../../src/domain/dataset/dataset'
import type { RunId } from '../../src/domain/ids'
import { engineBuild } from '../../src/domain/registry/engine'
import type { Run, RunResume } from '../../src/domain/registry/records'
import type { ResumePoint } from '../../src/domain/training/events'
import type { SessionPlan } from '../../src/domain/training/session'
import type { DoneBefore } from '../../src/protocol/train'
import { readNewestCheckpoint } from '../../src/storage/checkpoints'
import { readDataset } from '../../src/storage/datasets'
import { StorageError } from '../../src/storage/errors'
import { getRun, resumeRun } from '../../src/storage/runs'
import { deleteStepsFrom, readSteps } from '../../src/storage/steps'
import type { TrainingEngine } from '../engine/contract'
import { floatsOf } from './browser-host'
import { engineFor, planFor, type PreparedRun, type TrainHost } from './prepare-run'
import { SessionError } from './serve'

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
  const from = await checkpointOf(run)
  const fromEpoch = from?.checkpoint.epoch ?? 0
  const note = noteOf(run, fromEpoch)
  const firstStep = fromEpoch * plan.stepsPerEpoch
  const curve = (await readSteps(runId)).filter((steps) => steps.firstStep < firstStep)
  const epochs = run.epochs.filter(({ epoch }) => epoch <= fromEpoch)
  const engine = await sameEngine(run, plan, host)
  const before: DoneBefore = { stepsDone: firstStep, epochs, curve, note }
  async function store(): Promise<void> {
    const { appVersion } = host
    const resume: RunResume = { at: host.clock(), fromEpoch, note, engine: engine.record, appVersion }
    await resumeRun(runId, resume)
    await deleteStepsFrom(runId, firstStep)
  }
  return { dataset, plan, engine, from, before, store }
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

async function datasetOf({ name, dataset: { id, name: datasetName, digest } }: Run): Promise<Dataset> {
  let dataset: Dataset
  try {
    dataset = await readDataset(id)
  } catch (error) {
    if (!(error instanceof StorageError && error.code === 'not-found')) throw error
    throw new SessionError(
      'not-found',
      `The run ${name} learned from ${datasetName} (digest ${digest.slice(0, 12)}…), which is no longer stored. ` +
        'Load the same digits again on the Data screen, then resume.',
    )
  }
  if (dataset.record.digest !== digest)
    throw new SessionError(
      'digest-mismatch',
      `The run ${name} learned from digits with digest ${digest}, stored are others with ${dataset.record.digest}. ` +
        'Load the first ones again on the Data screen, then resume.',
    )
  return dataset
}

async function checkpointOf({ id, epochs }: Run): Promise<ResumePoint | null> {
  const stored = await readNewestCheckpoint(id)
  if (stored === null) return null
  const { epoch } = stored
  const checkpoint = {
    epoch,
    weights: floatsOf(stored.weights),
    optimizer: floatsOf(stored.optimizer),
    average: null,
  }
  return { checkpoint, epochs: epochs.filter((metrics) => metrics.epoch <= epoch), best: null }
}

/** Other kernels round otherwise: bits are promised within one build only. */
async function sameEngine(run: Run, plan: SessionPlan, host: TrainHost): Promise<TrainingEngine> {
  try {
    return await engineFor(plan, host, run.engine)
  } catch (error) {
    if (!(error instanceof WebAssembly.CompileError)) throw error
    throw new SessionError(
      'unsupported',
      `The run ${run.name} was begun with ${engineBuild(run.engine)} (on ${run.host}), which this browser cannot run, and others ` +
        'would not give the same weights. Resume it where it was begun, or train again from the start.',
    )
  }
}

/** Each epoch was stored together with its checkpoint: a checkpoint that is missing was damaged. */
function noteOf({ epochs, params }: Run, fromEpoch: number): string {
  const newest = epochs.at(-1)?.epoch ?? 0
  const lost = newest > fromEpoch ? `The checkpoint after epoch ${newest} is damaged. ` : ''
  return fromEpoch === 0
    ? `${lost}Begun again from the first step: there is no whole checkpoint${lost === '' ? ' yet' : ' left'}.`
    : `${lost}Resumed after epoch ${fromEpoch} of ${params.epochs}.`
}
