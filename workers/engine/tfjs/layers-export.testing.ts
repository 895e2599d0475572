// The fastest backend that stock tfjs has in Node: on its plain one the wide presets take minutes.
import '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs'
import { expect } from 'vitest'
import { layersModel } from '../../../src/domain/bundle/layers-model'
import type { ModelSpec } from '../../../src/domain/model/spec'
import { farthest, normalised, ownLogits, TOLERANCE } from '../interop.testing'

/** Images that go through the network together. */
const TOGETHER = 50

interface WrittenModel {
  readonly modelTopology: object
  readonly weightsManifest: readonly [{ readonly weights: tf.io.WeightsManifestEntry[] }]
}

/** Loads what the studio writes with stock tf.layers, and compares all logits with the studio's own. */
export async function expectStockLogits(
  spec: ModelSpec,
  weights: Float32Array,
  images: Uint8Array,
): Promise<void> {
  const written = layersModel(spec, weights, 'MNIST Studio')
  const { modelTopology, weightsManifest } = JSON.parse(JSON.stringify(written.json)) as WrittenModel
  const [{ weights: weightSpecs }] = weightsManifest
  if (!(await tf.setBackend('wasm'))) throw new Error('the wasm backend of tfjs did not start')
  const handler = tf.io.fromMemory({ modelTopology, weightSpecs, weightData: written.weights.buffer })
  const model = await tf.loadLayersModel(handler)
  try {
    const inputs = normalised(images)
    const found: number[] = []
    for (let at = 0; at < inputs.length; at += TOGETHER * 784) {
      const values = inputs.slice(at, at + TOGETHER * 784)
      const logits = tf.tidy(
        () => model.predict(tf.tensor(values, [values.length / 784, 28, 28, 1])) as tf.Tensor,
      )
      found.push(...(await logits.data()))
      logits.dispose()
    }
    expect(farthest(found, await ownLogits(spec, weights, images))).toBeLessThan(TOLERANCE)
  } finally {
    model.dispose()
  }
}
