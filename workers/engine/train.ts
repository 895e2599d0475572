import type { LabelledImages } from '../../src/domain/dataset/dataset'
import type { Sha256 } from '../../src/domain/ids'
import { initialWeights } from '../../src/domain/model/initialise'
import { parameterTable } from '../../src/domain/model/parameters'
import { permutation, PURPOSE, streamKey } from '../../src/domain/random'
import type { ResumePoint, StepMetrics, TrainEvent, TrainOutcome } from '../../src/domain/training/events'
import { optimizerSlots, recipeOf } from '../../src/domain/training/recipe'
import { learningRateAt } from '../../src/domain/training/schedule'
import type { SessionPlan } from '../../src/domain/training/session'
import type { EngineHost, StepResult, TrainingEngine } from './contract'
import { createValidator, type Validator } from './validate'

/** Milliseconds between two looks at the message queue, which are also two `steps` events. */
const BREATH_MILLISECONDS = 200

/** A loss that is no number: nothing learned from here on would mean anything. The epochs before it stand. */
export class DivergedError extends Error {
  readonly step: number

  constructor(step: number, epoch: number, rate: number) {
    super(
      `the loss of step ${step + 1} (epoch ${epoch + 1}) is not a finite number: the learning rate ${rate} is too high for ` +
        'this model. Lower it and train again; the epochs completed before are kept',
    )
    this.name = 'DivergedError'
    this.step = step
  }
}

/**
 * Trains from a seed, or from a checkpoint, to the same bits. Between breaths it does not let go of the thread; a stop is
 * obeyed after the step under way.
 *
 * @param engine made for the plan's model and batch; its weights are written here
 * @param images the training split that the plan's indices point into
 * @param from an earlier epoch's end; the run continues as if it had never been interrupted
 * @yields what happened, a few times a second
 * @throws RangeError when the engine does not fit the plan; {@link DivergedError} when the loss stops being a number
 */
export async function* train(
  engine: TrainingEngine,
  plan: SessionPlan,
  images: LabelledImages,
  host: EngineHost,
  signal: AbortSignal,
  from: ResumePoint | null = null,
): AsyncGenerator<TrainEvent, TrainOutcome> {
  if (engine.batch !== plan.params.batch_size)
    throw new RangeError(`the plan's batch is ${plan.params.batch_size}, the engine's is ${engine.batch}`)
  await engine.attach(images)
  await begin(engine, plan, from)
  const clock: Clock = { seconds: 0, steps: 0 }
  const first = from?.checkpoint.epoch ?? 0
  let epoch = first
  const validator = createValidator(engine, plan, images, host)
  try {
    for (; epoch < plan.params.epochs && !signal.aborted; epoch++) {
      const totals = { loss: 0, correct: 0, steps: 0, seconds: clock.seconds }
      yield* runEpoch({ engine, plan, host, signal }, epoch, clock, totals)
      if (totals.steps < plan.stepsPerEpoch) break
      yield* endEpoch({ engine, plan, host }, validator, epoch, clock, totals)
    }
  } finally {
    validator.dispose()
  }
  const { weights } = await engine.readState()
  return {
    kind: epoch < plan.params.epochs ? 'stopped' : 'completed',
    stoppedEarly: null,
    weightsEpoch: epoch,
    weights,
    weightsSha256: await digestWeights(weights, host),
    stepsDone: first * plan.stepsPerEpoch + clock.steps,
    epochsDone: epoch,
    seconds: clock.seconds,
    imagesPerSecond: rate(clock.steps * engine.batch, clock.seconds),
  }
}

/** SHA-256 of the flat weights as little-endian float32: what a run is compared by. */
export function digestWeights(weights: Float32Array, host: Pick<EngineHost, 'digest'>): Promise<Sha256> {
  const bytes = new Uint8Array(weights.length * 4)
  const view = new DataView(bytes.buffer)
  for (let i = 0; i < weights.length; i++) view.setFloat32(i * 4, weights[i] ?? 0, true)
  return host.digest(bytes)
}

/** Time and steps spent training since `train` was called. */
interface Clock {
  seconds: number
  steps: number
}

interface EpochTotals {
  loss: number
  correct: number
  steps: number
  /** The clock's seconds when the epoch began. */
  readonly seconds: number
}

interface Job {
  readonly engine: TrainingEngine
  readonly plan: SessionPlan
  readonly host: EngineHost
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

/**
 * The steps of one epoch. Leaves early when the signal says so.
 * @yields the steps of a stretch, a few times a second
 */
async function* runEpoch(
  { engine, plan, host, signal }: Job & { readonly signal: AbortSignal },
  epoch: number,
  clock: Clock,
  totals: EpochTotals,
): AsyncGenerator<TrainEvent> {
  const { params, trainIndices, stepsPerEpoch } = plan
  const order = permutation(trainIndices.length, streamKey(params.seed, PURPOSE.shuffle, epoch))
  const indices = new Uint32Array(engine.batch)
  let pending: (StepResult & { readonly learningRate: number })[] = []
  let breath = host.now()
  for (let index = 0; index < stepsPerEpoch && !signal.aborted; index++) {
    for (let i = 0; i < indices.length; i++)
      indices[i] = trainIndices[order[index * engine.batch + i] ?? 0] ?? 0
    const step = epoch * stepsPerEpoch + index
    const started = host.now()
    const learningRate = learningRateAt(params, step, stepsPerEpoch, 0)
    const [result] = await engine.run(indices, [{ learningRate, seed: params.seed, step }])
    if (result === undefined) throw new Error(`the engine gave no result for step ${step}`)
    const ended = host.now()
    clock.seconds += (ended - started) / 1000
    clock.steps++
    if (!Number.isFinite(result.loss)) throw new DivergedError(step, epoch, learningRate)
    totals.loss += result.loss
    totals.correct += result.correct
    totals.steps++
    pending.push({ ...result, learningRate })
    if (ended - breath >= BREATH_MILLISECONDS) {
      yield report(pending, step, engine.batch, clock)
      pending = []
      await host.breathe()
      breath = host.now()
    }
  }
  if (pending.length > 0) yield report(pending, epoch * stepsPerEpoch + totals.steps - 1, engine.batch, clock)
}

function report(
  results: readonly (StepResult & { readonly learningRate: number })[],
  lastStep: number,
  batch: number,
  clock: Clock,
): TrainEvent {
  const steps: StepMetrics = {
    firstStep: lastStep - results.length + 1,
    loss: Float32Array.from(results, ({ loss }) => loss),
    accuracy: Float32Array.from(results, ({ correct }) => correct / batch),
    learningRate: Float32Array.from(results, ({ learningRate }) => learningRate),
    gradientNorm: Float32Array.from(results, ({ gradientNorm }) => gradientNorm),
    imagesPerSecond: rate(clock.steps * batch, clock.seconds),
  }
  return { kind: 'steps', steps }
}

/**
 * Validates with running statistics, and takes the checkpoint a run can continue from.
 * @yields the epoch's beginning validation and its figures
 */
async function* endEpoch(
  { engine, plan, host }: Job,
  validator: Validator,
  epoch: number,
  clock: Clock,
  totals: EpochTotals,
): AsyncGenerator<TrainEvent> {
  const state = await engine.readState()
  const { weights } = state
  let validation = null
  if (plan.validationIndices.length > 0) {
    yield { kind: 'validating', epoch: epoch + 1 }
    validation = await validator.score(weights)
  }
  const seconds = clock.seconds - totals.seconds
  const metrics = {
    epoch: epoch + 1,
    trainLoss: totals.loss / totals.steps,
    trainAccuracy: totals.correct / (totals.steps * engine.batch),
    validation,
    learningRate: learningRateAt(plan.params, (epoch + 1) * plan.stepsPerEpoch - 1, plan.stepsPerEpoch, 0),
    seconds,
    imagesPerSecond: rate(totals.steps * engine.batch, seconds),
    weightsSha256: await digestWeights(weights, host),
  }
  yield {
    kind: 'epoch',
    metrics,
    checkpoint: { epoch: epoch + 1, ...state },
    best: false,
  }
}

function rate(images: number, seconds: number): number {
  return seconds > 0 ? images / seconds : 0
}
