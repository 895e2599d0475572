/** An ONNX runtime, given what the studio exports, answers as the studio does. */
import * as ort from 'onnxruntime-web/wasm'
import { describe, expect, it } from 'vitest'
import { onnxModel } from '../../src/domain/bundle/onnx'
import { MNIST_PREPROCESS } from '../../src/domain/image/preprocess'
import { presetNames } from '../../src/domain/model/presets'
import type { ModelSpec } from '../../src/domain/model/spec'
import {
  DIGITS_NAME,
  farthest,
  interopDigits,
  normalised,
  ownLogits,
  presetSpec,
  TOLERANCE,
  trainedWeights,
  vividWeights,
} from './interop.testing'

ort.env.wasm.numThreads = 1

const images = await interopDigits()
const inputs = normalised(images)

async function runtimeLogits(model: Uint8Array, values: Float32Array): Promise<Float32Array> {
  const session = await ort.InferenceSession.create(model, { executionProviders: ['wasm'] })
  try {
    const input = new ort.Tensor('float32', values, [values.length / 784, 1, 28, 28])
    const { logits } = await session.run({ input })
    return logits!.data as Float32Array
  } finally {
    await session.release()
  }
}

function plain(spec: ModelSpec, weights: Float32Array): Uint8Array {
  return onnxModel(spec, weights, { producerVersion: '9.9.9', metadata: {}, normalise: null })
}

describe(`onnxruntime gives the studio's logits on 1,000 ${DIGITS_NAME}`, () => {
  it.each(presetNames)('%s', async (name) => {
    const spec = presetSpec(name)
    const weights = vividWeights(spec, 7)
    const found = await runtimeLogits(plain(spec, weights), inputs)
    expect(farthest(found, await ownLogits(spec, weights, images))).toBeLessThan(TOLERANCE)
  })

  it('rf5-13k after some training, and with pixels that the graph normalises itself', async () => {
    const spec = presetSpec('rf5-13k')
    const weights = await trainedWeights(spec)
    const expected = await ownLogits(spec, weights, images)
    expect(farthest(await runtimeLogits(plain(spec, weights), inputs), expected)).toBeLessThan(TOLERANCE)
    const raw = onnxModel(spec, weights, {
      producerVersion: '9.9.9',
      metadata: { classes: '["0"]' },
      normalise: MNIST_PREPROCESS,
    })
    const pixels = Float32Array.from(images, (byte) => byte / 255)
    expect(farthest(await runtimeLogits(raw, pixels), expected)).toBeLessThan(TOLERANCE)
  })

  it('layers that no preset has', async () => {
    const spec: ModelSpec = {
      name: 'odd',
      input: { height: 28, width: 28, channels: 1 },
      layers: [
        { kind: 'conv', filters: 4, kernel: 5, padding: 1, bias: true },
        { kind: 'leaky-relu', slope: 0.25 },
        { kind: 'average-pool', size: 2 },
        { kind: 'adaptive-average-pool', size: 5 },
        { kind: 'flatten' },
        { kind: 'batch-norm' },
        { kind: 'conv', filters: 12, kernel: 1, padding: 0, bias: false },
        { kind: 'global-average-pool' },
        { kind: 'dense', units: 10, bias: false },
      ],
    }
    const weights = vividWeights(spec, 7)
    const found = await runtimeLogits(plain(spec, weights), inputs)
    expect(farthest(found, await ownLogits(spec, weights, images))).toBeLessThan(TOLERANCE)
  })
})
