import * as tf from '@tensorflow/tfjs'
import { CLASS_COUNT } from '../../../src/domain/dataset/dataset'
import {
  IMAGE_PIXELS,
  IMAGE_SIDE,
  normalisationTable,
  type Preprocess,
} from '../../../src/domain/image/preprocess'
import type { EngineHost, Predictor } from '../contract'
import { openBackend } from './backend'
import type { BackendName } from './devices'
import { readLayersModel, type LayersModelFiles, type LayersModelParts } from './layers-model-files'
import { recordOf } from './record'

/** Answers with a model whose weights are its own for good. */
export type LayersModelPredictor = Pick<Predictor, 'record' | 'predict' | 'dispose'>

/** Images that go through the network together. */
const BATCH = 64

/** Below this a probability's logarithm says no more than that it is none. */
const LEAST_PROBABILITY = 1e-30

/**
 * A predictor over somebody else's tf.layers model, which takes images of 28×28 (×1) or 784 values and answers with ten logits or ten
 * probabilities, whose logarithms are as good as logits. Nothing in the files is run.
 *
 * @param preprocess what the model was trained on
 * @throws RangeError that says what is wrong with the model; EngineUnavailableError when the backend cannot be had here
 */
export async function createLayersModelPredictor(
  files: LayersModelFiles,
  preprocess: Preprocess,
  name: BackendName,
  host: Pick<EngineHost, 'requestGpu'>,
): Promise<LayersModelPredictor> {
  const parts = readLayersModel(files)
  requireDigits(parts)
  // Made by the processor, which is always there; the first prediction moves the weights.
  const processor = await openBackend('cpu', host)
  const model = await processor.inside(() => build(parts, files.weights))
  processor.close()
  const backend = await openBackend(name, host).catch((error: unknown) => {
    model.dispose()
    throw error
  })
  const table = normalisationTable(preprocess)

  function logitsOf(images: Uint8Array): tf.Tensor {
    const pixels = Float32Array.from(images, (byte) => table[byte] ?? Number.NaN)
    const input = tf.tensor(pixels, [images.length / IMAGE_PIXELS, ...parts.input])
    const output = model.predict(input)
    if (Array.isArray(output)) throw new RangeError('the model has more than one output')
    return parts.head === 'softmax' ? output.maximum(LEAST_PROBABILITY).log() : output
  }

  return {
    record: recordOf(backend, 'the model is one of tf.layers'),
    async predict(images) {
      if (images.length % IMAGE_PIXELS !== 0)
        throw new RangeError(
          `images must be whole ones of ${IMAGE_PIXELS} bytes, found ${images.length} bytes`,
        )
      const logits = new Float32Array((images.length / IMAGE_PIXELS) * CLASS_COUNT)
      for (let at = 0; at < images.length; at += BATCH * IMAGE_PIXELS) {
        const batch = images.subarray(at, at + BATCH * IMAGE_PIXELS)
        logits.set(await backend.compute(() => logitsOf(batch)), (at / IMAGE_PIXELS) * CLASS_COUNT)
      }
      return logits
    },
    dispose() {
      model.dispose()
      backend.close()
    },
  }
}

/** Leaves nothing behind when it fails. */
async function build(
  { model: config, weightSpecs }: LayersModelParts,
  weights: Uint8Array,
): Promise<tf.LayersModel> {
  const before = new Set(Object.keys(tf.engine().state.registeredVariables))
  let model: tf.LayersModel
  try {
    model = await tf.models.modelFromJSON({ modelTopology: { model_config: config } })
  } catch (error) {
    for (const [name, variable] of Object.entries(tf.engine().state.registeredVariables))
      if (!before.has(name)) variable.dispose()
    throw new RangeError(`tfjs cannot make this model: ${messageOf(error)}`, { cause: error })
  }
  const tensors = tf.io.decodeWeights(weights.slice().buffer, [...weightSpecs])
  try {
    model.loadWeights(tensors, true)
  } catch (error) {
    model.dispose()
    throw new RangeError(`the weights do not fit the model's layers: ${messageOf(error)}`, { cause: error })
  } finally {
    tf.dispose(tensors)
  }
  return model
}

/** @throws RangeError when the model takes or gives something else than digits */
function requireDigits({ input, output, head }: LayersModelParts): void {
  const taken = [[IMAGE_SIDE, IMAGE_SIDE, 1], [IMAGE_SIDE, IMAGE_SIDE], [IMAGE_PIXELS]].map(String)
  if (!taken.includes(String(input)))
    throw new RangeError(`the model must take images of 28×28×1, 28×28 or 784, found ${input.join('×')}`)
  if (String(output) !== String(CLASS_COUNT))
    throw new RangeError(`the model must answer with ${CLASS_COUNT} values, found ${output.join('×')}`)
  if (head !== 'linear' && head !== 'softmax')
    throw new RangeError(`the model must end in logits or softmax, found ${head}`)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
