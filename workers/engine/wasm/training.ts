import type { LabelledImages } from '../../../src/domain/dataset/dataset'
import { IMAGE_PIXELS, normalisationTable } from '../../../src/domain/image/preprocess'
import { dropoutKey } from '../../../src/domain/training/dropout'
import type { Recipe } from '../../../src/domain/training/recipe'
import { compilePlan } from '../compile'
import type {
  EngineHost,
  EngineState,
  StepOptions,
  StepResult,
  TrainingEngine,
  TrainingJob,
} from '../contract'
import { engineRecord, loadKernels, type WasmOptions } from './build'
import { ThreadLostError } from './crew'
import { createRuntime, type Profile, type Runtime } from './runtime'
import { startRuntime } from './start'

/** The WebAssembly engine, with what its benchmark and profile need besides. */
export interface WasmTrainingEngine extends TrainingEngine {
  /** One step of the staged batch with time taken around every kernel. */
  profileKernels(now: () => number, into: Profile): void
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
): Promise<WasmTrainingEngine> {
  const plan = compilePlan(spec, batch, 'train', undefined, convolution)
  const kernels = await loadKernels(host, build)
  let { runtime, choice } = await startRuntime(plan, kernels.module, host.threads, threads)
  const { roots, parameters } = plan
  const before = { weights: new Float32Array(parameters.total), momenta: new Float32Array(parameters.total) }
  runtime.floats(roots.table).set(normalisationTable(preprocess))

  function remember(): void {
    before.weights.set(runtime.floats(roots.weights))
    before.momenta.set(runtime.floats(roots.momenta))
  }

  /** New memory for one thread: a lost one might still write into the old. */
  async function goOnAlone(reason: string): Promise<void> {
    const table = runtime.floats(roots.table).slice()
    runtime.dispose()
    runtime = await createRuntime(plan, kernels.module, host.threads, 1)
    choice = { threads: 1, reason: `one thread: ${reason}` }
    runtime.floats(roots.table).set(table)
    runtime.floats(roots.weights).set(before.weights)
    runtime.floats(roots.momenta).set(before.momenta)
    runtime.pack()
  }

  /** Does something with a batch; if a thread is lost on the way, once more without it. */
  async function withBatch(act: () => void): Promise<void> {
    if (choice.threads === 1) return act()
    remember()
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

  const { optimizer } = recipe
  if (optimizer.kind !== 'sgd' || optimizer.nesterov)
    throw new RangeError(`the wasm engine trains with sgd, found ${optimizer.kind}`)
  let data: LabelledImages | null = null

  async function step(indices: Uint32Array, options: StepOptions): Promise<StepResult> {
    const images = attached(data)
    await withBatch(() => {
      stage(runtime, images, indices, options, recipe.optimizer)
      runtime.run(batch)
      runtime.update()
    })
    return { ...readLoss(runtime), gradientNorm: 0 }
  }

  return {
    get record() {
      return engineRecord(kernels, build, choice, plan)
    },
    batch,
    stepsPerRun: 1,
    get memoryBytes() {
      return plan.memory.sharedBytes + plan.memory.scratchBytes * choice.threads
    },
    attach(images) {
      data = images
      return Promise.resolve()
    },
    writeState({ weights, optimizer: momenta }: EngineState) {
      requireLength(weights, parameters.total, 'weights')
      requireLength(momenta, parameters.trainable, 'optimizer state')
      runtime.floats(roots.weights).set(weights)
      runtime.floats(roots.momenta).set(momenta)
      runtime.pack()
      return Promise.resolve()
    },
    readState: () =>
      Promise.resolve({
        weights: runtime.floats(roots.weights).slice(),
        optimizer: runtime.floats(roots.momenta).slice(0, parameters.trainable),
        average: null,
      }),
    async run(indices, steps) {
      const results: StepResult[] = []
      for (const [i, options] of steps.entries())
        results.push(await step(indices.subarray(i * batch, (i + 1) * batch), options))
      return results
    },
    profile: () => Promise.resolve(null),
    async gradients(indices, options) {
      const images = attached(data)
      const weights = runtime.floats(roots.weights).slice()
      await withBatch(() => {
        stage(runtime, images, indices, options, recipe.optimizer)
        runtime.run(batch)
      })
      // A step moves the running statistics; looking at its gradients must not.
      runtime.floats(roots.weights).set(weights)
      const logits = new Float32Array(batch * plan.logits.channels)
      runtime.readLogits(batch, logits)
      const gradient = runtime.floats(roots.gradient).slice(0, parameters.trainable)
      return { loss: readLoss(runtime).loss, logits, gradient }
    },
    profileKernels: (now, into) => runtime.profile(batch, now, into),
    dispose: () => runtime.dispose(),
  }
}

function attached(data: LabelledImages | null): LabelledImages {
  if (data === null) throw new Error('a step needs images: attach them first')
  return data
}

/** Copies a batch and a step's numbers to where the kernels look for them. */
function stage(
  runtime: Runtime,
  data: LabelledImages,
  indices: Uint32Array,
  options: StepOptions,
  optimizer: Recipe['optimizer'],
): void {
  const { plan } = runtime
  if (indices.length !== plan.batch)
    throw new RangeError(`a step takes ${plan.batch} images, found ${indices.length} indices`)
  const images = runtime.bytes(plan.roots.images)
  const labels = runtime.bytes(plan.roots.labels)
  const { channels } = plan.logits
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i] ?? 0
    const label = data.labels[index]
    if (label === undefined || label >= channels)
      throw new RangeError(
        `image ${index} of ${data.count} must have a label below ${channels}, found ${String(label)}`,
      )
    images.set(data.images.subarray(index * IMAGE_PIXELS, (index + 1) * IMAGE_PIXELS), i * IMAGE_PIXELS)
    labels[i] = label
  }
  const rates = runtime.floats(plan.roots.rates)
  rates[0] = options.learningRate
  rates[1] = optimizer.kind === 'sgd' ? optimizer.momentum : 0
  rates[2] = optimizer.weightDecay
  const keys = runtime.integers(plan.roots.maskKeys)
  for (const { layer } of plan.masks) keys[layer] = dropoutKey(options.seed, options.step, layer)
}

/** Slices' sums added in slice order. */
function readLoss(runtime: Runtime): Pick<StepResult, 'loss' | 'correct'> {
  const { plan } = runtime
  const partial = runtime.doubles(plan.roots.lossPartial)
  let loss = 0
  let correct = 0
  for (let slice = 0; slice < plan.slices.length; slice++) {
    loss += partial[2 * slice] ?? 0
    correct += partial[2 * slice + 1] ?? 0
  }
  return { loss: loss / plan.batch, correct }
}

function requireLength(values: Float32Array, length: number, what: string): void {
  if (values.length !== length)
    throw new RangeError(`this model has ${length} values of ${what}, found ${values.length}`)
}
