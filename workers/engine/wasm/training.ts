import type { LabelledImages } from '../../../src/domain/dataset/dataset'
import { normalisationTable } from '../../../src/domain/image/preprocess'
import type { Recipe } from '../../../src/domain/training/recipe'
import { compilePlan } from '../compile'
import type { EngineHost, StepOptions, StepResult, TrainingEngine, TrainingJob } from '../contract'
import { sumByName } from '../profile'
import { engineRecord, loadKernels, type WasmOptions } from './build'
import { type LastingRuntime, startLastingRuntime } from './lasting'
import { readLoss, readResult, readState, stageStep, writeState } from './stage'

/** What a step is done with and on. */
interface Tools {
  readonly lasting: LastingRuntime
  readonly recipe: Recipe
  readonly data: LabelledImages
}

/**
 * Makes a training engine of WebAssembly SIMD kernels. Where threads cannot start or one is lost, it goes on with one, to the
 * same bits, and its record says why.
 *
 * @throws RangeError when the model, the batch or the memory is impossible
 */
export async function createWasmTrainingEngine(
  { spec, batch, preprocess, recipe }: TrainingJob,
  host: EngineHost,
  { build = 'auto', threads = 0, convolution }: WasmOptions = {},
): Promise<TrainingEngine> {
  const plan = compilePlan(spec, batch, 'train', undefined, convolution, recipe)
  const kernels = await loadKernels(host, build)
  const table = normalisationTable(preprocess)
  const lasting = await startLastingRuntime(plan, kernels.module, host.threads, threads, table)
  let data: LabelledImages | null = null

  function tools(): Tools {
    if (data === null) throw new Error('a step needs images: attach them first')
    return { lasting, recipe, data }
  }

  return {
    get record() {
      return engineRecord(kernels, build, lasting.choice, plan)
    },
    batch,
    stepsPerRun: 1,
    get memoryBytes() {
      return bytesHeld(lasting)
    },
    attach(images) {
      data = images
      return Promise.resolve()
    },
    async writeState(state) {
      writeState(lasting.runtime, state)
    },
    async readState() {
      return readState(lasting.runtime)
    },
    async run(indices, steps) {
      const results: StepResult[] = []
      for (const [i, options] of steps.entries())
        results.push(await takeStep(tools(), indices.subarray(i * batch, (i + 1) * batch), options))
      return results
    },
    profile: async (indices, options) => profileStep(tools(), indices, options, host.now),
    gradients: async (indices, options) => lookAtGradients(tools(), indices, options),
    dispose: () => lasting.runtime.dispose(),
  }
}

function bytesHeld({ runtime, choice }: LastingRuntime): number {
  const { sharedBytes, scratchBytes } = runtime.plan.memory
  return sharedBytes + scratchBytes * choice.threads
}

async function takeStep(
  { lasting, recipe, data }: Tools,
  indices: Uint32Array,
  options: StepOptions,
): Promise<StepResult> {
  await lasting.attempt((runtime) => {
    stageStep(runtime, data, indices, options, recipe)
    runtime.run(runtime.plan.batch)
    runtime.update()
  })
  return readResult(lasting.runtime)
}

/** On this thread alone: what threads do at once cannot be told apart by the clock. */
async function profileStep(
  { lasting, recipe, data }: Tools,
  indices: Uint32Array,
  options: StepOptions,
  now: () => number,
): ReturnType<TrainingEngine['profile']> {
  let times: ReturnType<LastingRuntime['runtime']['profile']> = new Map()
  let milliseconds = 0
  await lasting.attempt((runtime) => {
    stageStep(runtime, data, indices, options, recipe)
    const start = now()
    times = runtime.profile(now)
    milliseconds = now() - start
  })
  const profile = {
    step: options.step,
    operations: sumByName(lasting.runtime.plan, times),
    milliseconds,
    memoryBytes: bytesHeld(lasting),
    stepsInFlight: 1,
  }
  return { result: readResult(lasting.runtime), profile }
}

async function lookAtGradients(
  { lasting, recipe, data }: Tools,
  indices: Uint32Array,
  options: StepOptions,
): ReturnType<TrainingEngine['gradients']> {
  const { batch, roots, logits: output, parameters } = lasting.runtime.plan
  const weights = lasting.runtime.floats(roots.weights).slice()
  await lasting.attempt((runtime) => {
    stageStep(runtime, data, indices, options, recipe)
    runtime.run(batch)
  })
  const { runtime } = lasting
  // A step moves the running statistics; looking at its gradients must not.
  runtime.floats(roots.weights).set(weights)
  const logits = new Float32Array(batch * output.channels)
  runtime.readLogits(batch, logits)
  const gradient = runtime.floats(roots.gradient).slice(0, parameters.trainable)
  return { loss: readLoss(runtime).loss, logits, gradient }
}
