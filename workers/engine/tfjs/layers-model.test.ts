import * as tf from '@tensorflow/tfjs'
import { afterEach, describe, expect, it } from 'vitest'
import { IMAGE_PIXELS, MNIST_PREPROCESS } from '../../../src/domain/image/preprocess'
import type { ModelSpec } from '../../../src/domain/model/spec'
import { softmaxPrediction } from '../../../src/domain/metrics/softmax'
import { livedInWeights, relativeError, seededDigits } from '../agreement.testing'
import { nodeHost } from '../node-host.testing'
import { createLayersModelPredictor, type LayersModelPredictor } from './layers-model'
import type { LayersModelFiles } from './layers-model-files'
import { oraclePredict } from './oracle.testing'

const SPEC: ModelSpec = {
  name: 'small',
  input: { height: 28, width: 28, channels: 1 },
  layers: [
    { kind: 'conv', filters: 3, kernel: 5, padding: 0, bias: true },
    { kind: 'relu' },
    { kind: 'batch-norm' },
    { kind: 'max-pool', size: 4 },
    { kind: 'flatten' },
    { kind: 'dense', units: 10, bias: true },
  ],
}
const WEIGHTS = livedInWeights(SPEC, 5)
const { images } = seededDigits(70, 5)

function layer(kind: string, config: Record<string, unknown>): Record<string, unknown> {
  return { class_name: kind, config: { name: kind.toLowerCase(), ...config } }
}

/** The files of the same network as Keras would write it. */
function files({
  layers = [
    layer('Conv2D', {
      batch_input_shape: [null, 28, 28, 1],
      filters: 3,
      kernel_size: [5, 5],
      activation: 'relu',
      kernel_initializer: { class_name: 'GlorotUniform', config: {} },
    }),
    layer('BatchNormalization', { epsilon: 1e-5 }),
    layer('MaxPooling2D', { pool_size: [4, 4] }),
    layer('Flatten', {}),
    layer('Dense', { units: 10, activation: 'linear' }),
  ],
  shapes = [
    ['conv2d/kernel', [5, 5, 1, 3]],
    ['conv2d/bias', [3]],
    ['batchnormalization/gamma', [3]],
    ['batchnormalization/beta', [3]],
    ['dense/kernel', [108, 10]],
    ['dense/bias', [10]],
    ['batchnormalization/moving_mean', [3]],
    ['batchnormalization/moving_variance', [3]],
  ] as readonly (readonly [string, readonly number[]])[],
} = {}): LayersModelFiles {
  return {
    json: {
      format: 'layers-model',
      modelTopology: { model_config: { class_name: 'Sequential', config: { name: 'theirs', layers } } },
      weightsManifest: [
        { paths: ['w.bin'], weights: shapes.map(([name, shape]) => ({ name, shape, dtype: 'float32' })) },
      ],
    },
    weights: new Uint8Array(WEIGHTS.slice().buffer),
  }
}

function open(given: LayersModelFiles): Promise<LayersModelPredictor> {
  return createLayersModelPredictor(given, MNIST_PREPROCESS, 'cpu', nodeHost)
}

afterEach(() => {
  expect(tf.memory().numTensors, 'tensors left behind').toBe(0)
})

describe("somebody else's layers model", () => {
  it('answers as the same network does here, in any number of batches', async () => {
    const predictor = await open(files())
    const expected = await oraclePredict(
      { spec: SPEC, weights: WEIGHTS, preprocess: MNIST_PREPROCESS },
      images,
    )
    const held = tf.memory().numTensors
    expect(relativeError(await predictor.predict(images), expected)).toBeLessThan(1e-5)
    expect(tf.memory().numTensors).toBe(held)
    expect(predictor.record).toMatchObject({ kind: 'tfjs', backend: 'cpu' })
    await expect(predictor.predict(new Uint8Array(IMAGE_PIXELS + 1))).rejects.toThrow('found 785 bytes')
    predictor.dispose()
  })

  it('takes the logarithm of probabilities for logits', async () => {
    const given = files()
    const plain = await open(given)
    const logits = await plain.predict(images.subarray(0, IMAGE_PIXELS))
    plain.dispose()
    const soft = JSON.parse(JSON.stringify(given.json).replace('"linear"', '"softmax"')) as unknown
    const predictor = await open({ ...given, json: soft })
    const found = await predictor.predict(images.subarray(0, IMAGE_PIXELS))
    predictor.dispose()
    expect(found).not.toEqual(logits)
    const probabilities = (values: Float32Array) => softmaxPrediction(values, 0).probabilities
    expect(relativeError(probabilities(found), probabilities(logits))).toBeLessThan(1e-5)
  })

  const START = { batch_input_shape: [null, 28, 28, 1] }

  it.each([
    ['holds code', files({ layers: [layer('Lambda', { ...START, function: ['4wEA', null, null] })] })],
    ['is not among those', files({ layers: [layer('LSTM', { ...START, units: 3 })] })],
    ['must name its batch_input_shape', files({ layers: [layer('Flatten', {})] })],
    [
      'conv2d needs a kernel of 5×5×1×4, found 5×5×1×3',
      files({ layers: [layer('Conv2D', { ...START, filters: 4, kernel_size: 5 })] }),
    ],
    [
      'dense needs a kernel of 784×1000000, found 108×10',
      files({ layers: [layer('Flatten', START), layer('Dense', { units: 1e6 })] }),
    ],
    ['more than 1048576', files({ layers: [layer('ReLU', { batch_input_shape: [null, 1e5, 1e5, 1] })] })],
    [
      'must go over channels-last images',
      files({ layers: [layer('MaxPooling2D', { ...START, padding: 'causal' })] }),
    ],
    ['must answer with 10 values, found 784', files({ layers: [layer('Flatten', START)] })],
    ['found 28×14×2', files({ layers: [layer('ReLU', { batch_input_shape: [null, 28, 14, 2] })] })],
    [
      'take 4000000000016 bytes, found',
      files({
        shapes: [
          ['dense/kernel', [1e6, 1e6]],
          ['dense/bias', [4]],
        ],
      }),
    ],
    ['must be of whole numbers, found -1', files({ shapes: [['dense/kernel', [-1]]] })],
    [
      'must be Sequential, found "Functional"',
      { ...files(), json: { modelTopology: { class_name: 'Functional' } } },
    ],
    ['modelTopology must be an object, found nothing', { ...files(), json: {} }],
    ['model.json must be an object, found null', { ...files(), json: null }],
  ])('is refused: %s', async (message, given) => {
    await expect(open(given)).rejects.toThrow(message)
  })

  it.each([
    ['tfjs cannot make this model', '"pool_size":[4,4]', '"pool_size":[4,4],"data_format":"sideways"'],
    ['the weights do not fit', 'moving_mean', 'standing_mean'],
    ['must end in logits or softmax, found sigmoid', '"linear"', '"sigmoid"'],
  ])('is refused and leaves nothing behind: %s', async (message, theirs, other) => {
    const given = files()
    const json = JSON.parse(JSON.stringify(given.json).replace(theirs, other)) as unknown
    expect(json).not.toEqual(given.json)
    await expect(open({ ...given, json })).rejects.toThrow(message)
  })
})
