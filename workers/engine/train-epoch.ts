import { permutation, PURPOSE, streamKey } from '../../src/domain/random'
import type { StepMetrics, StepProfile, TrainEvent } from '../../src/domain/training/events'
import { learningRateAt } from '../../src/domain/training/schedule'
import type { SessionPlan } from '../../src/domain/training/session'
import type { EngineHost, StepOptions, StepResult, TrainingEngine } from './contract'
import { type Clock, createClock, createProfiling, type Profiling, type TrainControl } from './train-control'

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

/** What all epochs of a training share. */
export interface EpochJob {
  readonly engine: TrainingEngine
  readonly plan: SessionPlan
  readonly host: EngineHost
  readonly control: TrainControl
  readonly clock: Clock
  readonly profiling: Profiling
}

export function epochJob(
  engine: TrainingEngine,
  plan: SessionPlan,
  host: EngineHost,
  control: TrainControl,
): EpochJob {
  const clock = createClock(host.now)
  return { engine, plan, host, control, clock, profiling: createProfiling(engine, host, control, clock) }
}

/** Sums over an epoch's steps; fewer steps than planned when it was left early. */
export interface EpochTotals {
  readonly steps: number
  readonly loss: number
  readonly correct: number
  readonly gradientNorm: number
}

type DoneStep = StepResult & StepOptions

/**
 * The steps of one epoch. Leaves early, after what is under way, when the signal says so.
 *
 * @param epoch 0 for the first
 * @param drops of the plateau schedule before this epoch
 * @yields the steps' figures a few times a second, and profiles while they are wanted
 * @throws DivergedError when a loss is no number
 */
export async function* runEpoch(
  job: EpochJob,
  epoch: number,
  drops: number,
): AsyncGenerator<TrainEvent, EpochTotals> {
  const { engine, host, clock } = job
  const stretches = stretchesOf(job, epoch, drops)
  const totals = { steps: 0, loss: 0, correct: 0, gradientNorm: 0 }
  let unreported: DoneStep[] = []
  let breath = host.now()
  for (let done = await stretches.next(); done !== null; done = await stretches.next()) {
    for (const step of done.steps) {
      if (!Number.isFinite(step.loss)) throw new DivergedError(step.step, epoch, step.learningRate)
      totals.loss += step.loss
      totals.correct += step.correct
      totals.gradientNorm += step.gradientNorm
    }
    totals.steps += done.steps.length
    clock.steps += done.steps.length
    unreported.push(...done.steps)
    if (done.profile !== null) yield { kind: 'profile', profile: done.profile }
    if (host.now() - breath >= BREATH_MILLISECONDS) {
      yield report(unreported, engine.batch, clock)
      unreported = []
      await host.breathe()
      breath = host.now()
    }
  }
  if (unreported.length > 0) yield report(unreported, engine.batch, clock)
  return totals
}

interface DoneStretch {
  readonly steps: readonly DoneStep[]
  readonly profile: StepProfile | null
}

/**
 * An epoch in stretches that never cross its end. Two are under way where the engine asks for stretches of several steps, so
 * that a device never waits for this thread; an engine that is given one step at a time computes on this thread, or takes
 * longer over it than waiting costs. A profiled step is a stretch of its own.
 */
function stretchesOf(job: EpochJob, epoch: number, drops: number) {
  const { engine, plan, control, clock, profiling } = job
  const { stepsPerEpoch } = plan
  const batches = batchesOf(plan, epoch, drops)
  const depth = engine.stepsPerRun > 1 ? 2 : 1
  const underWay: { steps: readonly StepOptions[]; results: Promise<readonly StepResult[]> }[] = []
  let begun = 0
  const goesOn = () => begun < stepsPerEpoch && !control.signal.aborted

  function launch(): void {
    const { indices, steps } = batches(begun, Math.min(engine.stepsPerRun, stepsPerEpoch - begun))
    clock.start()
    const results = engine.run(indices, steps)
    // It is awaited below, unless the one before it fails: then that one's error is the one to tell.
    results.catch(() => {})
    underWay.push({ steps, results })
    begun += steps.length
  }

  /** The next steps done, in order; null when all are, or the signal ended it. */
  async function next(): Promise<DoneStretch | null> {
    const profileIsDue = profiling.due()
    if (profileIsDue && underWay.length === 0 && goesOn()) {
      const { indices, steps } = batches(begun, 1)
      const profiled = await profiling.take(indices, steps)
      if (profiled !== null) {
        begun++
        return { steps: doneSteps(steps, [profiled.result]), profile: profiled.profile }
      }
    }
    // What is under way ends before a profiled step begins: its time is then its own.
    const most = profileIsDue ? 1 : depth
    while (underWay.length < most && goesOn()) launch()
    const oldest = underWay.shift()
    if (oldest === undefined) return null
    const results = await oldest.results
    if (underWay.length === 0) clock.stop()
    return { steps: doneSteps(oldest.steps, results), profile: null }
  }

  return { next }
}

function doneSteps(steps: readonly StepOptions[], results: readonly StepResult[]): readonly DoneStep[] {
  return steps.map((options, index) => {
    const result = results[index]
    if (result === undefined) throw new Error(`the engine gave no result for step ${options.step}`)
    return { ...result, ...options }
  })
}

/** Images and numbers of `count` steps from the epoch's step `first` on. */
function batchesOf(plan: SessionPlan, epoch: number, drops: number) {
  const { params, trainIndices, stepsPerEpoch } = plan
  const { seed, batch_size: batch } = params
  const order = permutation(trainIndices.length, streamKey(seed, PURPOSE.shuffle, epoch))
  return (first: number, count: number): { indices: Uint32Array; steps: readonly StepOptions[] } => {
    const indices = Uint32Array.from(
      order.subarray(first * batch, (first + count) * batch),
      (position) => trainIndices[position] ?? 0,
    )
    const steps = Array.from({ length: count }, (_, index) => {
      const step = epoch * stepsPerEpoch + first + index
      return { learningRate: learningRateAt(params, step, stepsPerEpoch, drops), seed, step }
    })
    return { indices, steps }
  }
}

function report(steps: readonly DoneStep[], batch: number, clock: Clock): TrainEvent {
  const metrics: StepMetrics = {
    firstStep: steps[0]?.step ?? 0,
    loss: Float32Array.from(steps, ({ loss }) => loss),
    accuracy: Float32Array.from(steps, ({ correct }) => correct / batch),
    learningRate: Float32Array.from(steps, ({ learningRate }) => learningRate),
    gradientNorm: Float32Array.from(steps, ({ gradientNorm }) => gradientNorm),
    imagesPerSecond: rate(clock.steps * batch, clock.seconds()),
  }
  return { kind: 'steps', steps: metrics }
}

/** Images a second; 0 where no time has passed. */
export function rate(images: number, seconds: number): number {
  return seconds > 0 ? images / seconds : 0
}
