import type { BenchSetup } from '../../../src/domain/bench/report'
import type { BenchEngine, BenchSubject, BenchTask } from '../../../src/domain/bench/task'
import { IMAGE_PIXELS, MNIST_PREPROCESS } from '../../../src/domain/image/preprocess'
import { initialWeights } from '../../../src/domain/model/initialise'
import { parameterTable } from '../../../src/domain/model/parameters'
import { findPreset } from '../../../src/domain/model/presets'
import type { ModelSpec } from '../../../src/domain/model/spec'
import { DEFAULT_PARAMS } from '../../../src/domain/params/defaults'
import { engineBuild, engineThreads } from '../../../src/domain/registry/engine'
import type { EngineRecord } from '../../../src/domain/registry/records'
import { optimizerSlots, recipeOf } from '../../../src/domain/training/recipe'
import type { EngineHost, StepResult, TrainingEngine } from '../contract'
import { EngineUnavailableError } from '../contract'
import { createTrainingEngine } from '../create'
import { createWasmPredictor } from '../wasm/predictor'
import { createWasmTrainingEngine } from '../wasm/training'
import type { Contender, Turn, Work } from './contender'
import { stripedDigits } from './digits'

/** The recipe that is measured: the default one. */
const RECIPE = recipeOf(DEFAULT_PARAMS)
const LEARNING_RATE = DEFAULT_PARAMS.train.lr
const DIGITS = 2048
/** A call of an engine that takes several steps at once lasts this share of a turn. */
const CALL_SHARE = 0.2

/** The studio's engines (tfjs among them) as contenders. @throws RangeError for an unknown preset */
export function engineContenders(task: BenchTask, host: EngineHost): readonly Contender[] {
  return task.subjects.map((subject) => {
    const search = findPreset(subject.preset)
    if (search.kind === 'unknown') throw new RangeError(search.message)
    const open = task.task === 'train' ? openTraining : openPrediction
    return { subject, open: () => open(search.spec, subject, task, host) }
  })
}

/** An engine's record as a row of the table tells it. */
function setupOf(record: EngineRecord): BenchSetup {
  return {
    backend: engineBuild(record),
    device: record.device,
    threads: engineThreads(record),
    record,
  }
}

function createEngine(
  spec: ModelSpec,
  { engine, convolution }: BenchSubject<BenchEngine>,
  { batch, build, threads }: BenchTask,
  host: EngineHost,
): Promise<TrainingEngine> {
  const job = { spec, batch, preprocess: MNIST_PREPROCESS, recipe: RECIPE }
  const chosen = convolution ?? 'auto'
  // Only a benchmark chooses kernels by name.
  if (engine === 'wasm') return createWasmTrainingEngine(job, host, { build, threads, convolution: chosen })
  const choice = { engine, threads, convolution: chosen, mixedPrecision: false, like: null }
  return createTrainingEngine(job, host, choice)
}

async function openTraining(
  spec: ModelSpec,
  subject: BenchSubject<BenchEngine>,
  task: BenchTask,
  host: EngineHost,
): Promise<Work> {
  const engine = await createEngine(spec, subject, task, host)
  const weights = initialWeights(spec, 1)
  await engine.attach(stripedDigits(DIGITS))
  await engine.writeState({
    weights,
    optimizer: new Float32Array(optimizerSlots(RECIPE.optimizer) * parameterTable(spec).trainable),
    average: null,
  })
  let step = 0
  let msPerStep = Number.POSITIVE_INFINITY

  function call(steps: number): Promise<readonly StepResult[]> {
    const first = step
    step += steps
    const indices = Uint32Array.from(
      { length: steps * task.batch },
      (_, i) => (first * task.batch + i) % DIGITS,
    )
    const options = Array.from({ length: steps }, (_, i) => ({
      learningRate: LEARNING_RATE,
      seed: 1,
      step: first + i,
    }))
    return engine.run(indices, options)
  }

  return {
    get setup() {
      return setupOf(engine.record)
    },
    get memoryBytes() {
      return engine.memoryBytes
    },
    async turn(seconds) {
      const wanted = Math.floor((CALL_SHARE * seconds * 1000) / msPerStep)
      const steps = Math.max(1, Math.min(engine.stepsPerRun, wanted))
      const turn = await takeTurn(() => call(steps), engine.stepsPerRun > 1 ? 2 : 1, seconds, host)
      msPerStep = (turn.seconds * 1000) / turn.steps
      return turn
    },
    one: null,
    dispose: () => engine.dispose(),
  }
}

/** Calls one after another, so many of them under way at once; all are waited for. */
async function takeTurn(
  call: () => Promise<readonly StepResult[]>,
  underWay: number,
  seconds: number,
  host: EngineHost,
): Promise<Turn> {
  const losses: number[] = []
  const pending: Promise<readonly StepResult[]>[] = []
  async function settle(atMost: number): Promise<void> {
    while (pending.length > atMost) for (const { loss } of (await pending.shift()) ?? []) losses.push(loss)
  }
  await host.breathe()
  const started = host.now()
  const elapsed = (): number => (host.now() - started) / 1000
  try {
    do {
      pending.push(call())
      await settle(underWay - 1)
    } while (elapsed() < seconds)
    await settle(0)
  } finally {
    // When one fails, those behind it fail too, and somebody has to hear of it.
    await Promise.allSettled(pending)
  }
  return { steps: losses.length, seconds: elapsed(), losses }
}

async function openPrediction(
  spec: ModelSpec,
  { engine, convolution }: BenchSubject<BenchEngine>,
  { batch, build, threads }: BenchTask,
  host: EngineHost,
): Promise<Work> {
  if (engine !== 'wasm')
    throw new EngineUnavailableError(`predictions are made by the wasm engine: measure wasm, not ${engine}`)
  const options = { build, threads, convolution: convolution ?? 'auto' } as const
  const predictor = await createWasmPredictor(spec, initialWeights(spec, 1), MNIST_PREPROCESS, host, options)
  const { images } = stripedDigits(batch)
  const digit = images.subarray(0, IMAGE_PIXELS)
  return {
    get setup() {
      return setupOf(predictor.record)
    },
    memoryBytes: 0,
    async turn(seconds) {
      await host.breathe()
      const started = host.now()
      const elapsed = (): number => (host.now() - started) / 1000
      let steps = 0
      do {
        await predictor.predict(images)
        steps++
      } while (elapsed() < seconds)
      return { steps, seconds: elapsed(), losses: [] }
    },
    one: () => predictor.predict(digit),
    dispose: () => predictor.dispose(),
  }
}
