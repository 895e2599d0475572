import { randomBytes } from 'node:crypto'
import { arch, platform } from 'node:os'
import { epochMillis, runIdFromBytes } from '../src/domain/ids'
import type { Dataset } from '../src/domain/dataset/dataset'
import { parameterCount } from '../src/domain/model/counts'
import { findPreset } from '../src/domain/model/presets'
import type { EngineRecord, Run } from '../src/domain/registry/records'
import { reduceRun } from '../src/domain/registry/run'
import { friendlyRunName, RUN_NAME_BYTES } from '../src/domain/registry/run-names'
import { wholeEffort } from '../src/domain/training/effort'
import type { EpochMetrics, ResumePoint, StepMetrics, TrainOutcome } from '../src/domain/training/events'
import { recipeOf, type RecipeParams } from '../src/domain/training/recipe'
import { planSession } from '../src/domain/training/plan'
import type { SessionPlan } from '../src/domain/training/session'
import { EngineUnavailableError, type EngineHost, type TrainingEngine } from '../workers/engine/contract'
import { createTrainingEngine } from '../workers/engine/create'
import { fitBatch } from '../workers/engine/fit-batch'
import { train } from '../workers/engine/train'
import { DivergedError } from '../workers/engine/train-epoch'
import { APP_VERSION } from './app-version'
import { readCheckpoint, removeCheckpoint, saveCheckpoint } from './checkpoint'
import { reasonOf } from './files'
import { nodeEngineHost } from './host'
import { done, EXIT, interrupted, type Result, usage } from './problem'
import { duration, type Progress } from './progress'

export interface TrainStageOptions {
  readonly dataset: Dataset
  readonly params: RecipeParams
  readonly out: string
  readonly resume: boolean
  readonly signal: AbortSignal
  readonly progress: Progress
}

export interface TrainedModel {
  /** Still running: evaluation ends it. */
  readonly run: Run
  readonly outcome: TrainOutcome
}

/** Trains from the start or from the checkpoint of `out`; each epoch leaves a checkpoint. */
export async function trainStage(options: TrainStageOptions): Promise<Result<TrainedModel>> {
  const { dataset, out, resume, progress } = options
  const host = nodeEngineHost()
  const prepared = await prepare(dataset, options.params, host)
  if (!prepared.ok) return prepared
  const { plan, engine, notes } = prepared.value
  try {
    for (const note of notes) progress.say(note)
    const resumed = resume ? await readCheckpoint(out, plan, engine.record) : done(null)
    if (!resumed.ok) return resumed
    if (resumed.value === null) await removeCheckpoint(out)
    else
      progress.say(
        `Continuing run ${resumed.value.run.name} after epoch ${resumed.value.from.checkpoint.epoch}`,
      )
    if (resume && resumed.value === null)
      progress.say('No checkpoint to continue; starting from the beginning.')
    const run = resumed.value?.run ?? newRun(dataset, plan, engine.record, notes)
    return await learn({ run, plan, engine, host, from: resumed.value?.from ?? null }, options)
  } catch (error) {
    if (!(error instanceof DivergedError)) throw error
    return {
      ok: false,
      problem: { exit: EXIT.failure, code: 'diverged', message: `Training failed: ${error.message}.` },
    }
  } finally {
    engine.dispose()
  }
}

interface Begun {
  readonly run: Run
  readonly plan: SessionPlan
  readonly engine: TrainingEngine
  readonly host: EngineHost
  readonly from: ResumePoint | null
}

async function learn(
  { run: begun, plan, engine, host, from }: Begun,
  { dataset, out, signal, progress }: TrainStageOptions,
): Promise<Result<TrainedModel>> {
  let run = begun
  let best = from?.best ?? null
  const line = progressLine(plan, progress)
  const control = { signal, wantsProfile: () => false }
  const events = train(engine, plan, dataset.train, host, control, from)
  for (;;) {
    const next = await events.next()
    if (next.done) {
      if (next.value.kind === 'stopped') return stoppedAt(run)
      if (next.value.stoppedEarly !== null) progress.say(next.value.stoppedEarly)
      const effort = wholeEffort(next.value, from?.epochs ?? [], engine.batch)
      return done({ run, outcome: { ...next.value, ...effort } })
    }
    const event = next.value
    switch (event.kind) {
      case 'steps':
        line.steps(event.steps)
        break
      case 'profile':
        break
      case 'validating':
        progress.show(`Epoch ${event.epoch} of ${plan.params.epochs}: validating`)
        break
      case 'epoch': {
        const { metrics, checkpoint } = event
        const { epoch, weights, average } = checkpoint
        if (event.best && plan.params.final_weights === 'best') best = { epoch, weights: average ?? weights }
        run = reduceRun(run, { kind: 'epoch', metrics })
        await saveCheckpoint(out, run, { checkpoint, best: best?.epoch === epoch ? null : best })
        line.epoch(metrics)
        break
      }
    }
  }
}

/** A plan with an engine for it; with a smaller batch where memory is short. */
async function prepare(
  dataset: Dataset,
  params: RecipeParams,
  host: EngineHost,
): Promise<Result<{ plan: SessionPlan; engine: TrainingEngine; notes: readonly string[] }>> {
  try {
    const { made, notes } = await fitBatch(params.train.batch_size, async (batch_size) => {
      const plan = planOf(dataset, { ...params, train: { ...params.train, batch_size } })
      return plan.ok ? done({ plan: plan.value, engine: await engineFor(plan.value, host) }) : plan
    })
    return made.ok ? done({ ...made.value, notes }) : made
  } catch (error) {
    if (error instanceof EngineUnavailableError) return usage('unsupported', error.message)
    if (error instanceof RangeError) return usage('bad-params', error.message)
    throw error
  }
}

function engineFor(plan: SessionPlan, host: EngineHost): Promise<TrainingEngine> {
  const { spec, preprocess, params } = plan
  const recipe = recipeOf({ train: params, augment: plan.augment })
  const { engine, threads, convolution, mixed_precision: mixedPrecision } = params
  const choice = { engine, threads, convolution, mixedPrecision, like: null }
  return createTrainingEngine({ spec, batch: params.batch_size, preprocess, recipe }, host, choice)
}

function planOf(dataset: Dataset, params: RecipeParams): Result<SessionPlan> {
  const search = findPreset(params.train.preset)
  if (search.kind === 'unknown') return usage('bad-params', search.message)
  try {
    return done(planSession(dataset, params, search.spec, dataset.record.preprocess))
  } catch (error) {
    return usage('bad-params', reasonOf(error))
  }
}

function newRun(dataset: Dataset, plan: SessionPlan, engine: EngineRecord, notes: readonly string[]): Run {
  const { id, name, digest } = dataset.record
  return {
    id: runIdFromBytes(randomBytes(16)),
    name: friendlyRunName(randomBytes(RUN_NAME_BYTES)),
    status: { state: 'running', startedAt: epochMillis(Date.now()) },
    params: plan.params,
    augment: plan.augment,
    spec: plan.spec,
    parameterCount: parameterCount(plan.spec),
    dataset: { id, name, digest },
    preprocess: plan.preprocess,
    engine,
    appVersion: APP_VERSION,
    host: `Node ${process.version} · ${platform()} ${arch()}`,
    epochs: [],
    ...(notes.length > 0 ? { notes } : {}),
  }
}

function stoppedAt(run: Run): ReturnType<typeof interrupted> {
  const epochs = run.epochs.length
  const kept = epochs === 0 ? 'No epoch was finished' : `${epochs} finished epochs are kept`
  return interrupted(`Training was interrupted. ${kept}; --resume continues from there.`)
}

/** What a person sees of a training: rate and time left while it runs, one line an epoch that stays. */
function progressLine(plan: SessionPlan, progress: Progress) {
  const { epochs, batch_size: batch } = plan.params
  return {
    steps({ firstStep, loss, imagesPerSecond }: StepMetrics): void {
      const step = firstStep + loss.length
      const epoch = Math.min(epochs, Math.floor((step - 1) / plan.stepsPerEpoch) + 1)
      const left = ((plan.totalSteps - step) * batch) / imagesPerSecond
      const latest = loss.at(-1)?.toFixed(4) ?? '–'
      progress.show(
        `Epoch ${epoch} of ${epochs}, step ${step} of ${plan.totalSteps}: loss ${latest}, ` +
          `${Math.round(imagesPerSecond)} images/s, ${duration(left)} left`,
      )
    },
    epoch({ epoch, trainLoss, validation, imagesPerSecond }: EpochMetrics): void {
      const validated =
        validation === null ? '' : `, validation accuracy ${(100 * validation.accuracy).toFixed(2)} %`
      progress.say(
        `Epoch ${epoch} of ${epochs}: training loss ${trainLoss.toFixed(4)}${validated}, ` +
          `${Math.round(imagesPerSecond)} images/s`,
      )
    },
  }
}
