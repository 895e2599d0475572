import type { Dataset } from '../../src/domain/dataset/dataset'
import { runIdFromBytes, type EpochMillis, type RunId } from '../../src/domain/ids'
import { parameterCount } from '../../src/domain/model/counts'
import { findPreset } from '../../src/domain/model/presets'
import type { TrainParams } from '../../src/domain/params/schema'
import type { Run } from '../../src/domain/registry/records'
import type { TrainEvent, TrainOutcome } from '../../src/domain/training/events'
import { planSession } from '../../src/domain/training/plan'
import type { SessionPlan } from '../../src/domain/training/session'
import type { TrainCommand, TrainMessage } from '../../src/protocol/train'
import type { Hello } from '../../src/protocol/version'
import { readDataset } from '../../src/storage/datasets'
import { createRun, failRun, finishRun, recordEpoch } from '../../src/storage/runs'
import { appendSteps } from '../../src/storage/steps'
import type { EngineHost, TrainingEngine } from '../engine/contract'
import { createTrainingEngine } from '../engine/create'
import { DivergedError, train } from '../engine/train'
import { bytesOf } from './browser-host'
import { SessionError, wireError, type Post, type Session } from './serve'
import { testModel } from './test-model'

type Command = Exclude<TrainCommand, Hello>
type Message = Exclude<TrainMessage, Hello>
type Start = Extract<Command, { kind: 'start' }>

export interface TrainHost {
  readonly engine: EngineHost
  readonly clock: () => EpochMillis
  /** Sixteen random bytes. */
  readonly randomBytes: () => Uint8Array
  /** Runs the body while nobody else can hold the run. */
  readonly hold: <Result>(runId: RunId, body: () => Promise<Result>) => Promise<Result>
  readonly appVersion: string
  /** Browser and platform, for the run's record. */
  readonly platform: string
}

export interface TrainSession extends Session<Command, Message> {
  /** Ends the run after the step under way, as the stop command does. */
  readonly stop: () => void
}

/** One training run: from a stored dataset to a stored run. The page ends the worker after its answer. */
export function trainSession(host: TrainHost): TrainSession {
  const abort = new AbortController()
  /** Once the run is stored: a failure before that leaves nothing to look at. */
  let stored: RunId | null = null
  return {
    stop: () => abort.abort(),
    async handle(command, post) {
      switch (command.kind) {
        case 'stop':
          abort.abort()
          return
        case 'start': {
          const id = runIdFromBytes(host.randomBytes())
          const onStored = () => {
            stored = id
          }
          await host.hold(id, () => runTraining(id, command, { host, post, signal: abort.signal, onStored }))
          return
        }
      }
    },
    failed: (error) => ({ kind: 'failed', runId: stored, error }),
  }
}

interface Job {
  readonly host: TrainHost
  readonly post: Post<Message>
  readonly signal: AbortSignal
  readonly onStored: () => void
}

async function runTraining(id: RunId, start: Start, job: Job): Promise<void> {
  const { host, post } = job
  post({ kind: 'phase', phase: 'preparing' })
  const dataset = await readDataset(start.datasetId)
  const plan = planFor(dataset, start.params)
  const engine = await engineFor(plan, host)
  try {
    await createRun(runRecord(id, start, dataset, plan, engine, host))
    job.onStored()
    post({
      kind: 'started',
      runId: id,
      engine: engine.record,
      totalSteps: plan.totalSteps,
      stepsPerEpoch: plan.stepsPerEpoch,
      batch: engine.batch,
    })
    try {
      await learnAndKeep(id, dataset, plan, engine, job)
    } catch (error) {
      const told = error instanceof DivergedError ? new SessionError('bad-params', error.message) : error
      await keepFailure(id, told, host)
      throw told
    }
  } finally {
    engine.dispose()
  }
}

/** Everything that decides the bits; a recipe that does not fit the data is the person's to put right. */
function planFor(dataset: Dataset, params: TrainParams): SessionPlan {
  const preset = findPreset(params.preset)
  if (preset.kind === 'unknown') throw new SessionError('bad-params', preset.message)
  try {
    return planSession(dataset, params, preset.spec, dataset.record.preprocess)
  } catch (error) {
    if (error instanceof RangeError) throw new SessionError('bad-params', error.message)
    throw error
  }
}

/** A model or batch that is too large for the machine is the person's to put right, too. */
async function engineFor(plan: SessionPlan, host: TrainHost): Promise<TrainingEngine> {
  try {
    const { batch_size: batch, threads } = plan.params
    return await createTrainingEngine(plan.spec, batch, plan.preprocess, host.engine, threads)
  } catch (error) {
    if (error instanceof RangeError) throw new SessionError('bad-params', error.message)
    throw error
  }
}

async function learnAndKeep(
  id: RunId,
  dataset: Dataset,
  plan: SessionPlan,
  engine: TrainingEngine,
  { host, post, signal }: Job,
): Promise<void> {
  const events = train(engine, plan, dataset.train, host.engine, signal)
  let next = await events.next()
  for (; !next.done; next = await events.next()) await keepEvent(id, next.value, post)
  const outcome: TrainOutcome = next.value

  post({ kind: 'phase', phase: 'evaluating' })
  const { evaluation, predictions } = await testModel(plan.spec, outcome.weights, dataset, host.engine)
  post({ kind: 'phase', phase: 'saving' })
  const versionId = await finishRun({
    runId: id,
    outcome: outcome.kind,
    at: host.clock(),
    weights: bytesOf(outcome.weights),
    testPredictions: predictions,
    result: {
      weightsSha256: outcome.weightsSha256,
      stepsDone: outcome.stepsDone,
      epochsDone: outcome.epochsDone,
      trainSeconds: outcome.seconds,
      imagesPerSecond: outcome.imagesPerSecond,
      evaluation,
    },
  })
  post({ kind: 'ended', runId: id, outcome: outcome.kind, versionId })
}

/** Stored first, then told: what the page shows as done is done. */
async function keepEvent(id: RunId, event: TrainEvent, post: Post<Message>): Promise<void> {
  switch (event.kind) {
    case 'steps':
      await appendSteps(id, event.steps)
      post({ kind: 'steps', steps: event.steps })
      return
    case 'validating':
      post({ kind: 'phase', phase: 'validating' })
      return
    case 'epoch': {
      const { metrics, checkpoint } = event
      const bytes = { weights: bytesOf(checkpoint.weights), optimizer: bytesOf(checkpoint.optimizer) }
      await recordEpoch(id, metrics, bytes)
      post({ kind: 'epoch', metrics })
      post({ kind: 'phase', phase: 'training' })
      return
    }
  }
}

/** A run that cannot even be marked as failed (a full disk, a closed database) stays marked running and is found interrupted. */
async function keepFailure(id: RunId, error: unknown, host: TrainHost): Promise<void> {
  const { code, message } = wireError(error)
  try {
    await failRun(id, host.clock(), code, message)
  } catch {
    return
  }
}

function runRecord(
  id: RunId,
  start: Start,
  { record }: Dataset,
  plan: SessionPlan,
  engine: TrainingEngine,
  host: TrainHost,
): Run {
  return {
    id,
    name: start.runName,
    status: { state: 'running', startedAt: host.clock() },
    params: start.params,
    spec: plan.spec,
    parameterCount: parameterCount(plan.spec),
    dataset: { id: record.id, name: record.name, digest: record.digest },
    preprocess: plan.preprocess,
    engine: engine.record,
    appVersion: host.appVersion,
    host: host.platform,
    epochs: [],
  }
}
