import { runIdFromBytes, type RunId } from '../../src/domain/ids'
import { encodeGolden } from '../../src/domain/metrics/golden'
import { wholeEffort } from '../../src/domain/training/effort'
import type { TrainEvent, TrainOutcome } from '../../src/domain/training/events'
import { recoverByDevice } from '../../src/domain/training/recovery'
import type { TrainCommand, TrainMessage } from '../../src/protocol/train'
import type { Hello } from '../../src/protocol/version'
import { failRun, finishRun, interruptRun, recordEpoch } from '../../src/storage/runs'
import { StorageError } from '../../src/storage/errors'
import { appendSteps } from '../../src/storage/steps'
import { EngineLostError, EngineUnavailableError, OutOfMemoryError } from '../engine/contract'
import { testModel } from '../engine/test-model'
import { train } from '../engine/train'
import type { TrainControl } from '../engine/train-control'
import { DivergedError } from '../engine/train-epoch'
import { bytesOf } from './browser-host'
import { prepareResume } from './prepare-resume'
import { prepareStart, type PreparedRun, type TrainHost } from './prepare-run'
import { createRunLog, type RunLog } from './run-log'
import { beginningInWords, endInWords, epochInWords, rateChangeInWords, testInWords } from './run-log-text'
import { SessionError, wireError, type Post, type Session } from './serve'

type Command = Exclude<TrainCommand, Hello>
type Message = Exclude<TrainMessage, Hello>

export interface TrainSession extends Session<Command, Message> {
  /** Ends the run after the step under way, as the stop command does. */
  readonly stop: () => void
}

/** One training run: from a stored dataset to a stored run. The page ends the worker after its answer. */
export function trainSession(host: TrainHost): TrainSession {
  const abort = new AbortController()
  let profiling = false
  const control = { signal: abort.signal, wantsProfile: () => profiling }
  /** Once the run is stored: a failure before that leaves nothing to look at. */
  let stored: RunId | null = null
  return {
    stop: () => abort.abort(),
    async handle(command, post) {
      switch (command.kind) {
        case 'stop':
          abort.abort()
          return
        case 'profile':
          profiling = command.on
          return
        case 'start': {
          const id = runIdFromBytes(host.randomBytes())
          const onStored = () => {
            stored = id
          }
          const job = { host, post, control, onStored, log: createRunLog(id, host.clock) }
          await host.hold(id, () => runTraining(id, () => prepareStart(id, command, host), job))
          return
        }
        case 'resume': {
          const { runId } = command
          stored = runId
          const job = { host, post, control, onStored: () => {}, log: createRunLog(runId, host.clock) }
          await host.hold(runId, () => runTraining(runId, () => prepareResume(runId, host), job))
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
  readonly control: TrainControl
  readonly onStored: () => void
  readonly log: RunLog
}

/**
 * A run to its end. A device that is lost once is asked for again, and the run goes on from its last checkpoint as a resume
 * does, to the same bits.
 */
async function runTraining(id: RunId, prepare: () => Promise<PreparedRun>, job: Job): Promise<void> {
  let lost: EngineLostError | null = null
  for (let losses = 0; ; losses++) {
    try {
      return await runOnce(id, lost === null ? prepare : () => prepareResume(id, job.host), job)
    } catch (error) {
      // No other device, though the run had one: that is told as the loss it is.
      if (lost !== null && error instanceof EngineUnavailableError) throw toldOf(lost)
      if (!(error instanceof EngineLostError) || !recoverByDevice(error.loss, losses)) throw toldOf(error)
      lost = error
      await job.log('warning', `${error.message} It is asked for again, to go on from the last checkpoint.`)
    }
  }
}

async function runOnce(id: RunId, prepare: () => Promise<PreparedRun>, job: Job): Promise<void> {
  const { post } = job
  post({ kind: 'phase', phase: 'preparing' })
  const run = await prepare()
  const { engine, plan, before, notes } = run
  try {
    await run.store()
    job.onStored()
    for (const { level, message } of beginningInWords(run)) await job.log(level, message)
    post({
      kind: 'started',
      runId: id,
      engine: engine.record,
      totalSteps: plan.totalSteps,
      stepsPerEpoch: plan.stepsPerEpoch,
      batch: engine.batch,
      before,
      notes,
    })
    try {
      await learnAndKeep(id, run, job)
    } catch (error) {
      await keepFailure(id, error, job)
      throw error
    }
  } finally {
    engine.dispose()
  }
}

async function learnAndKeep(id: RunId, run: PreparedRun, job: Job): Promise<void> {
  const { host, post, control, log } = job
  const { dataset, plan, engine, from, before } = run
  const events = train(engine, plan, dataset.train, host.engine, control, from)
  let last = before?.epochs.at(-1) ?? null
  let next = await events.next()
  for (; !next.done; next = await events.next()) {
    await keepEvent(id, next.value, post)
    if (next.value.kind !== 'epoch') continue
    const rate = rateChangeInWords(last, next.value.metrics, plan.params)
    if (rate !== null) await log('info', rate)
    await log('info', epochInWords(next.value, plan.params.epochs))
    last = next.value.metrics
  }
  const outcome: TrainOutcome = next.value
  await log('info', endInWords(outcome))

  post({ kind: 'phase', phase: 'evaluating' })
  const { threads, convolution } = plan.params
  const model = { spec: plan.spec, weights: outcome.weights, preprocess: plan.preprocess }
  const choice = { threads, convolution, like: engine.record }
  const tested = await testModel(model, dataset, host.engine, choice)
  await log('info', testInWords(tested.evaluation))
  post({ kind: 'phase', phase: 'saving' })
  const effort = wholeEffort(outcome, before?.epochs ?? [], engine.batch)
  const versionId = await finishRun({
    runId: id,
    outcome: outcome.kind,
    at: host.clock(),
    weights: bytesOf(outcome.weights),
    testPredictions: tested.predictions,
    golden: encodeGolden(tested.golden),
    result: {
      weightsSha256: outcome.weightsSha256,
      weightsEpoch: outcome.weightsEpoch,
      stoppedEarly: outcome.stoppedEarly,
      stepsDone: outcome.stepsDone,
      epochsDone: outcome.epochsDone,
      trainSeconds: effort.seconds,
      imagesPerSecond: effort.imagesPerSecond,
      evaluation: tested.evaluation,
      baseline: tested.baseline,
    },
  })
  await log(
    'info',
    versionId === null ? 'The run is kept.' : `The run is kept, and registered as ${versionId}.`,
  )
  post({ kind: 'ended', runId: id, outcome: outcome.kind, versionId })
}

/** Stored first, then told: what the page shows as done is done. */
async function keepEvent(id: RunId, event: TrainEvent, post: Post<Message>): Promise<void> {
  switch (event.kind) {
    case 'steps':
      await appendSteps(id, event.steps)
      post({ kind: 'steps', steps: event.steps })
      return
    case 'profile':
      post({ kind: 'profile', profile: event.profile })
      return
    case 'validating':
      post({ kind: 'phase', phase: 'validating' })
      return
    case 'epoch': {
      const { metrics, checkpoint, best } = event
      const { epoch, weights, optimizer, average } = checkpoint
      await recordEpoch(id, metrics, {
        epoch,
        best,
        weights: bytesOf(weights),
        optimizer: bytesOf(optimizer),
        average: average && bytesOf(average),
      })
      post({ kind: 'epoch', metrics })
      post({ kind: 'phase', phase: 'training' })
      return
    }
  }
}

/**
 * Writes down why a run did not get to its end. A note that cannot even be written changes nothing: such a run stays marked
 * running, and nobody holds it.
 */
async function keepFailure(id: RunId, error: unknown, { host, log }: Job): Promise<void> {
  const { code, message } = wireError(diagnosis(error))
  const at = host.clock()
  await log('error', message)
  const note = isResumable(error) ? interruptRun(id, { at, code, message }) : failRun(id, at, code, message)
  await note.catch(() => {})
}

/**
 * What the run itself is not to blame for (a full disk, a newer tab, a lost device, no memory) leaves it as one that can be
 * resumed; anything else fails it for good.
 */
function isResumable(error: unknown): boolean {
  return [StorageError, EngineLostError, OutOfMemoryError].some((kind) => error instanceof kind)
}

/** The error as the page is told of it. */
function toldOf(error: unknown): unknown {
  const told = diagnosis(error)
  if (!isResumable(told)) return told
  const { code, message } = wireError(told)
  return new SessionError(code, `${message} The run is kept, and can be resumed.`)
}

function diagnosis(error: unknown): unknown {
  return error instanceof DivergedError ? new SessionError('bad-params', error.message) : error
}
