import type { LabelledImages } from '../../src/domain/dataset/dataset'
import type { Sha256 } from '../../src/domain/ids'
import { initialWeights } from '../../src/domain/model/initialise'
import { parameterTable } from '../../src/domain/model/parameters'
import type { EpochMetrics, ResumePoint, TrainEvent, TrainOutcome } from '../../src/domain/training/events'
import { advance, type Progress, progressAfter } from '../../src/domain/training/progress'
import { optimizerSlots, recipeOf } from '../../src/domain/training/recipe'
import { learningRateAt } from '../../src/domain/training/schedule'
import type { SessionPlan } from '../../src/domain/training/session'
import type { EngineHost, EngineState, TrainingEngine } from './contract'
import type { TrainControl } from './train-control'
import { epochJob, type EpochJob, type EpochTotals, rate, runEpoch } from './train-epoch'
import { createValidator, type Validator } from './validate'

/**
 * Trains from a seed, or from a checkpoint, to the same bits. Between breaths it does not let go of the thread; a stop is
 * obeyed after the steps under way. An epoch answers with the moving average of the weights where the recipe keeps one: that is
 * what is validated, hashed and handed back. The run ends with its last epoch, or where the recipe says so with its best.
 *
 * @param engine made for the plan's model and batch; its weights are written here
 * @param images the training split that the plan's indices point into
 * @param from an earlier epoch's end; the run continues as if it had never been interrupted
 * @yields what happened, a few times a second
 * @throws RangeError when the engine does not fit the plan, or the best epoch's weights are missing where the run goes on;
 * DivergedError when the loss stops being a number; EngineLostError when the engine is gone
 */
export async function* train(
  engine: TrainingEngine,
  plan: SessionPlan,
  images: LabelledImages,
  host: EngineHost,
  control: TrainControl,
  from: ResumePoint | null = null,
): AsyncGenerator<TrainEvent, TrainOutcome> {
  const { params, stepsPerEpoch } = plan
  if (engine.batch !== params.batch_size)
    throw new RangeError(`the plan's batch is ${params.batch_size}, the engine's is ${engine.batch}`)
  let progress = progressAfter(from?.epochs ?? [], params)
  let best = bestOf(from, plan, progress)
  await engine.attach(images)
  await begin(engine, plan, from)
  const job = epochJob(engine, plan, host, control)
  const { clock } = job
  const first = from?.checkpoint.epoch ?? 0
  let epoch = first
  const validator = createValidator(engine, plan, images, host)
  try {
    while (epoch < params.epochs && progress.stop === null && !control.signal.aborted) {
      const seconds = clock.seconds()
      const totals = yield* runEpoch(job, epoch, progress.drops)
      if (totals.steps < stepsPerEpoch) break
      const figures = figuresOf(job, epoch, progress.drops, totals, clock.seconds() - seconds)
      const ended = yield* endEpoch(job, validator, figures, progress)
      epoch++
      progress = ended.progress
      if (params.final_weights === 'best' && progress.bestEpoch === epoch)
        best = { epoch, weights: ended.weights }
    }
  } finally {
    validator.dispose()
  }
  const { epoch: weightsEpoch, weights } = best ?? { epoch, weights: answerOf(await engine.readState()) }
  return {
    kind: epoch < params.epochs && progress.stop === null ? 'stopped' : 'completed',
    stoppedEarly: epoch < params.epochs ? progress.stop : null,
    weightsEpoch,
    weights,
    weightsSha256: await digestWeights(weights, host),
    stepsDone: first * stepsPerEpoch + clock.steps,
    epochsDone: epoch,
    seconds: clock.seconds(),
    imagesPerSecond: rate(clock.steps * engine.batch, clock.seconds()),
  }
}

/** SHA-256 of the flat weights as little-endian float32: what a run is compared by. */
export function digestWeights(weights: Float32Array, host: Pick<EngineHost, 'digest'>): Promise<Sha256> {
  const bytes = new Uint8Array(weights.length * 4)
  const view = new DataView(bytes.buffer)
  for (let i = 0; i < weights.length; i++) view.setFloat32(i * 4, weights[i] ?? 0, true)
  return host.digest(bytes)
}

/** The weights that an epoch answers with. */
function answerOf({ weights, average }: EngineState): Float32Array {
  return average ?? weights
}

/** The best epoch's weights so far where the run is to end with them; null otherwise, and before there are any. */
function bestOf(
  from: ResumePoint | null,
  { params }: SessionPlan,
  { bestEpoch }: Progress,
): ResumePoint['best'] {
  if (from === null || params.final_weights === 'last' || bestEpoch === null) return null
  if (bestEpoch === from.checkpoint.epoch) return { epoch: bestEpoch, weights: answerOf(from.checkpoint) }
  if (from.best?.epoch === bestEpoch) return from.best
  throw new RangeError(
    `a run that ends with its best weights goes on with those of epoch ${bestEpoch}, found ` +
      (from.best === null ? 'none' : `those of epoch ${from.best.epoch}`),
  )
}

async function begin(engine: TrainingEngine, plan: SessionPlan, from: ResumePoint | null): Promise<void> {
  if (from !== null) return engine.writeState(from.checkpoint)
  const { optimizer, averageDecay } = recipeOf({ train: plan.params, augment: plan.augment })
  const weights = initialWeights(plan.spec, plan.params.seed)
  await engine.writeState({
    weights,
    optimizer: new Float32Array(optimizerSlots(optimizer) * parameterTable(plan.spec).trainable),
    average: averageDecay === null ? null : weights,
  })
}

/** An epoch's figures before it is validated. */
type EpochFigures = Omit<EpochMetrics, 'validation' | 'weightsSha256'>

function figuresOf(
  { engine, plan }: EpochJob,
  epoch: number,
  drops: number,
  { steps, loss, correct, gradientNorm }: EpochTotals,
  seconds: number,
): EpochFigures {
  const { params, stepsPerEpoch } = plan
  return {
    epoch: epoch + 1,
    trainLoss: loss / steps,
    trainAccuracy: correct / (steps * engine.batch),
    learningRate: learningRateAt(params, (epoch + 1) * stepsPerEpoch - 1, stepsPerEpoch, drops),
    gradientNorm: gradientNorm / steps,
    seconds,
    imagesPerSecond: rate(steps * engine.batch, seconds),
  }
}

/**
 * Validates where it is due, and takes the checkpoint a run can continue from.
 * @yields the epoch's beginning validation and its figures
 */
async function* endEpoch(
  { engine, plan, host }: EpochJob,
  validator: Validator,
  figures: EpochFigures,
  before: Progress,
): AsyncGenerator<TrainEvent, { readonly progress: Progress; readonly weights: Float32Array }> {
  const { params, validationIndices } = plan
  const state = await engine.readState()
  const weights = answerOf(state)
  const unvalidated = { ...figures, validation: null, weightsSha256: await digestWeights(weights, host) }
  const { epoch } = figures
  // A run that its training loss ends here has its last epoch here, and the last one is always validated.
  const last = epoch === params.epochs || advance(before, unvalidated, params).stop !== null
  let metrics: EpochMetrics = unvalidated
  if (validationIndices.length > 0 && (last || epoch % params.validation_frequency === 0)) {
    yield { kind: 'validating', epoch }
    metrics = { ...unvalidated, validation: await validator.score(weights) }
  }
  const progress = advance(before, metrics, params)
  const best = progress.bestEpoch === epoch
  yield { kind: 'epoch', metrics, checkpoint: { epoch, ...state }, best }
  return { progress, weights }
}
