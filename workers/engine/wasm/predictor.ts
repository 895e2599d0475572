import { IMAGE_PIXELS, normalisationTable, type Preprocess } from '../../../src/domain/image/preprocess'
import { findTensor, parameterTable } from '../../../src/domain/model/parameters'
import { EPSILON, type ModelSpec } from '../../../src/domain/model/spec'
import { compilePlan } from '../compile'
import type { EngineHost, Predictor } from '../contract'
import { foldBatchNorm } from '../fold'
import { engineRecord, loadKernels, type WasmOptions } from './build'
import { ThreadLostError } from './crew'
import { createRuntime, type Runtime } from './runtime'
import { startRuntime } from './start'

/** Images of one pass; more are done one pass after another. */
const BATCH = 256
/** Images a thread takes at a time: a dense layer does them at once, and so few that threads end nearly together. */
const SLICE = 16

/**
 * Makes a predictor of WebAssembly SIMD kernels: running statistics in place of the batch's, folded into the convolutions where
 * that is exact, no dropout. What a slice or less holds is done by the calling thread alone: for one digit no thread is woken.
 * Where threads cannot start or one is lost, it goes on with one, to the same bits, and its record says why.
 *
 * @param weights flat, by `parameterTable(spec)`
 * @throws RangeError when the model or the weights are impossible
 */
export async function createWasmPredictor(
  spec: ModelSpec,
  weights: Float32Array,
  preprocess: Preprocess,
  host: EngineHost,
  { build = 'auto', threads = 0, convolution }: WasmOptions = {},
): Promise<Predictor> {
  let folded = foldWeights(spec, weights)
  const plan = compilePlan(folded.spec, BATCH, 'predict', BATCH / SLICE, convolution)
  const kernels = await loadKernels(host, build)
  let { runtime, choice } = await startRuntime(plan, kernels.module, host.threads, threads)
  const table = normalisationTable(preprocess)
  load(runtime)

  function load(into: Runtime): void {
    into.floats(plan.roots.table).set(table)
    into.floats(plan.roots.weights).set(folded.weights)
    into.pack()
    writeNorms(into, folded.weights)
  }

  /** New memory for one thread: a lost one might still write into the old. */
  async function goOnAlone(reason: string): Promise<void> {
    runtime.dispose()
    runtime = await createRuntime(plan, kernels.module, host.threads, 1)
    choice = { threads: 1, reason: `one thread: ${reason}` }
    load(runtime)
  }

  /** @param images at most a pass */
  async function pass(images: Uint8Array, logits: Float32Array): Promise<void> {
    const count = images.length / IMAGE_PIXELS
    const lost = runtime.lost()
    if (lost !== null) await goOnAlone(lost)
    try {
      run(runtime, images, count)
    } catch (error) {
      if (!(error instanceof ThreadLostError)) throw error
      await goOnAlone(error.message)
      run(runtime, images, count)
    }
    runtime.readLogits(count, logits)
  }

  return {
    get record() {
      return engineRecord(kernels, build, choice, plan)
    },
    async writeWeights(next) {
      folded = foldWeights(spec, next)
      load(runtime)
    },
    async predict(images) {
      const count = images.length / IMAGE_PIXELS
      if (!Number.isInteger(count))
        throw new RangeError(`images take ${IMAGE_PIXELS} bytes each, found ${images.length} bytes`)
      const logits = new Float32Array(count * plan.logits.channels)
      for (let first = 0; first < count; first += BATCH) {
        const end = Math.min(first + BATCH, count)
        const bytes = images.subarray(first * IMAGE_PIXELS, end * IMAGE_PIXELS)
        await pass(bytes, logits.subarray(first * plan.logits.channels))
      }
      return logits
    },
    dispose: () => runtime.dispose(),
  }
}

function run(runtime: Runtime, images: Uint8Array, count: number): void {
  runtime.bytes(runtime.plan.roots.images).set(images)
  if (count <= SLICE) runtime.runAlone(count)
  else runtime.run(count)
}

/** @throws RangeError when there are more or fewer weights than the model has */
function foldWeights(spec: ModelSpec, weights: Float32Array): ReturnType<typeof foldBatchNorm> {
  const { total } = parameterTable(spec)
  if (weights.length !== total)
    throw new RangeError(`${spec.name} has ${total} values of weights, found ${weights.length}`)
  return foldBatchNorm(spec, weights)
}

/** Constants of the batch norms that could not be folded: scale = γ/√(v + ε), shift = β − m·scale. */
function writeNorms(runtime: Runtime, weights: Float32Array): void {
  const { plan } = runtime
  for (const norm of plan.norms) {
    const at = (role: Parameters<typeof findTensor>[2], channel: number): number =>
      weights[findTensor(plan.parameters, norm.layer, role).offset + channel] ?? 0
    const scale = runtime.floats(norm.scale)
    const shift = runtime.floats(norm.shift)
    for (let channel = 0; channel < norm.channels; channel++) {
      const factor = at('scale', channel) / Math.sqrt(at('running-variance', channel) + EPSILON)
      scale[channel] = factor
      shift[channel] = at('shift', channel) - at('running-mean', channel) * factor
    }
  }
}
