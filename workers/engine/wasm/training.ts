import type { LabelledImages } from '../../../src/domain/dataset/dataset'
import { normalisationTable } from '../../../src/domain/image/preprocess'
import type { StepProfile } from '../../../src/domain/training/events'
import { compilePlan } from '../compile'
import { sumByName } from '../profile'
import type { EngineHost, StepOptions, StepResult, TrainingEngine, TrainingJob } from '../contract'
import { engineRecord, loadKernels, type WasmOptions } from './build'
import { ThreadLostError } from './crew'
import { createRuntime } from './runtime'
import { readLoss, readResult, readState, rememberState, stageStep, writeState } from './stage'
import { startRuntime } from './start'

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
  let { runtime, choice } = await startRuntime(plan, kernels.module, host.threads, threads)
  const { roots, parameters } = plan
  runtime.floats(roots.table).set(normalisationTable(preprocess))

  const before = readState(runtime)

  /** New memory for one thread: a lost one might still write into the old. */
  async function goOnAlone(reason: string): Promise<void> {
    const table = runtime.floats(roots.table).slice()
    runtime.dispose()
    runtime = await createRuntime(plan, kernels.module, host.threads, 1)
    choice = { threads: 1, reason: `one thread: ${reason}` }
    runtime.floats(roots.table).set(table)
    writeState(runtime, before)
  }

  /** Does something with a batch; if a thread is lost on the way, once more without it. */
  async function withBatch(act: () => void): Promise<void> {
    if (choice.threads === 1) return act()
    rememberState(runtime, before)
    const lost = runtime.lost()
    if (lost === null)
      try {
        return act()
      } catch (error) {
        if (!(error instanceof ThreadLostError)) throw error
        await goOnAlone(error.message)
      }
    else await goOnAlone(lost)
    act()
  }

  let data: LabelledImages | null = null

  async function step(indices: Uint32Array, options: StepOptions): Promise<StepResult> {
    const images = attached(data)
    await withBatch(() => {
      stageStep(runtime, images, indices, options, recipe)
      runtime.run(batch)
      runtime.update()
    })
    return readResult(runtime)
  }

  function memoryBytes(): number {
    return plan.memory.sharedBytes + plan.memory.scratchBytes * choice.threads
  }

  return {
    get record() {
      return engineRecord(kernels, build, choice, plan)
    },
    batch,
    stepsPerRun: 1,
    get memoryBytes() {
      return memoryBytes()
    },
    attach(images) {
      data = images
      return Promise.resolve()
    },
    async writeState(state) {
      writeState(runtime, state)
    },
    async readState() {
      return readState(runtime)
    },
    async run(indices, steps) {
      const results: StepResult[] = []
      for (const [i, options] of steps.entries())
        results.push(await step(indices.subarray(i * batch, (i + 1) * batch), options))
      return results
    },
    /** On this thread alone: what threads do at once cannot be told apart by the clock. */
    async profile(indices, options) {
      const images = attached(data)
      let operations: StepProfile['operations'] = []
      let milliseconds = 0
      await withBatch(() => {
        stageStep(runtime, images, indices, options, recipe)
        const start = host.now()
        const times = runtime.profile(host.now)
        milliseconds = host.now() - start
        operations = sumByName(plan, times)
      })
      const { step: at } = options
      const profile = { step: at, operations, milliseconds, memoryBytes: memoryBytes(), stepsInFlight: 1 }
      return { result: readResult(runtime), profile }
    },
    async gradients(indices, options) {
      const images = attached(data)
      const weights = runtime.floats(roots.weights).slice()
      await withBatch(() => {
        stageStep(runtime, images, indices, options, recipe)
        runtime.run(batch)
      })
      // A step moves the running statistics; looking at its gradients must not.
      runtime.floats(roots.weights).set(weights)
      const logits = new Float32Array(batch * plan.logits.channels)
      runtime.readLogits(batch, logits)
      const gradient = runtime.floats(roots.gradient).slice(0, parameters.trainable)
      return { loss: readLoss(runtime).loss, logits, gradient }
    },
    dispose: () => runtime.dispose(),
  }
}

function attached(data: LabelledImages | null): LabelledImages {
  if (data === null) throw new Error('a step needs images: attach them first')
  return data
}
