import type { LabelledImages } from '../../../src/domain/dataset/dataset'
import { IMAGE_PIXELS, normalisationTable, type Preprocess } from '../../../src/domain/image/preprocess'
import type { ModelSpec } from '../../../src/domain/model/spec'
import { dropoutKey } from '../../../src/domain/training/dropout'
import { compilePlan } from '../compile'
import type { EngineHost, StepOptions, StepResult, TrainingEngine } from '../contract'
import { type Build, engineRecord, loadKernels } from './build'
import { createRuntime, type Profile, type Runtime } from './runtime'

/** The WebAssembly engine, with what its benchmark and profile need besides. */
export interface WasmTrainingEngine extends TrainingEngine {
  /** One step of the staged batch with time taken around every kernel. */
  profile(now: () => number, into: Profile): void
}

/**
 * Makes a training engine of WebAssembly SIMD kernels.
 *
 * @param build which kernels; `auto` takes relaxed SIMD where the host has it
 * @throws RangeError when the model, the batch or the memory is impossible
 */
export async function createWasmTrainingEngine(
  spec: ModelSpec,
  batch: number,
  preprocess: Preprocess,
  host: EngineHost,
  build: Build | 'auto' = 'auto',
): Promise<WasmTrainingEngine> {
  const plan = compilePlan(spec, batch, 'train')
  const kernels = await loadKernels(host, build)
  const runtime = await createRuntime(plan, kernels.module)
  const { roots, parameters } = plan
  runtime.floats(roots.table).set(normalisationTable(preprocess))
  return {
    record: engineRecord(kernels, build),
    batch,
    writeWeights(weights) {
      requireLength(weights, parameters.total, 'weights')
      runtime.floats(roots.weights).set(weights)
      runtime.update('pack')
    },
    readWeights: () => runtime.floats(roots.weights).slice(),
    writeOptimizer(state) {
      requireLength(state, parameters.trainable, 'optimizer state')
      runtime.floats(roots.momenta).set(state)
    },
    readOptimizer: () => runtime.floats(roots.momenta).slice(0, parameters.trainable),
    async step(data, indices, options) {
      stage(runtime, data, indices, options)
      runtime.run(batch)
      runtime.update('sgd')
      return readLoss(runtime)
    },
    async gradients(data, indices, options) {
      const weights = runtime.floats(roots.weights)
      const before = weights.slice()
      stage(runtime, data, indices, options)
      runtime.run(batch)
      // A step moves the running statistics; looking at its gradients must not.
      weights.set(before)
      const logits = new Float32Array(batch * plan.logits.channels)
      runtime.readLogits(batch, logits)
      const gradient = runtime.floats(roots.gradient).slice(0, parameters.trainable)
      return { loss: readLoss(runtime).loss, logits, gradient }
    },
    profile: (now, into) => runtime.profile(batch, now, into),
    dispose: () => runtime.dispose(),
  }
}

/** Copies a batch and a step's numbers to where the kernels look for them. */
function stage(runtime: Runtime, data: LabelledImages, indices: Uint32Array, options: StepOptions): void {
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
  rates[1] = options.momentum
  rates[2] = options.weightDecay
  const keys = runtime.integers(plan.roots.maskKeys)
  for (const { layer } of plan.masks) keys[layer] = dropoutKey(options.seed, options.step, layer)
}

/** Slices' sums added in slice order. */
function readLoss(runtime: Runtime): StepResult {
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
