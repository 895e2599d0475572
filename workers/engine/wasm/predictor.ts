import { IMAGE_PIXELS, normalisationTable, type Preprocess } from '../../../src/domain/image/preprocess'
import { findTensor, parameterTable } from '../../../src/domain/model/parameters'
import { EPSILON, type ModelSpec } from '../../../src/domain/model/spec'
import { compilePlan } from '../compile'
import type { EngineHost, Predictor } from '../contract'
import { foldBatchNorm } from '../fold'
import { type Build, engineRecord, loadKernels } from './build'
import type { Runtime } from './runtime'
import { startRuntime } from './start'

/** Images of one pass; more are done one pass after another. */
const BATCH = 64

/**
 * Makes a predictor of WebAssembly SIMD kernels: running statistics in place of the batch's, folded into the convolutions where
 * that is exact, no dropout.
 *
 * @param weights flat, by `parameterTable(spec)`
 * @throws RangeError when the model or the weights are impossible
 */
export async function createWasmPredictor(
  spec: ModelSpec,
  weights: Float32Array,
  preprocess: Preprocess,
  host: EngineHost,
  build: Build | 'auto' = 'auto',
): Promise<Predictor> {
  const { total } = parameterTable(spec)
  if (weights.length !== total)
    throw new RangeError(`${spec.name} has ${total} values of weights, found ${weights.length}`)
  const folded = foldBatchNorm(spec, weights)
  const plan = compilePlan(folded.spec, BATCH, 'predict')
  const kernels = await loadKernels(host, build)
  const { runtime, choice } = await startRuntime(plan, kernels.module, host.threads, 1)
  runtime.floats(plan.roots.table).set(normalisationTable(preprocess))
  runtime.floats(plan.roots.weights).set(folded.weights)
  runtime.pack()
  writeNorms(runtime, folded.weights)
  return {
    record: engineRecord(kernels, build, choice),
    async predict(images) {
      const count = images.length / IMAGE_PIXELS
      if (!Number.isInteger(count))
        throw new RangeError(`images take ${IMAGE_PIXELS} bytes each, found ${images.length} bytes`)
      const logits = new Float32Array(count * plan.logits.channels)
      for (let first = 0; first < count; first += BATCH) {
        const size = Math.min(BATCH, count - first)
        const bytes = images.subarray(first * IMAGE_PIXELS, (first + size) * IMAGE_PIXELS)
        runtime.bytes(plan.roots.images).set(bytes)
        runtime.run(size)
        runtime.readLogits(size, logits.subarray(first * plan.logits.channels))
      }
      return logits
    },
    dispose: () => runtime.dispose(),
  }
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
