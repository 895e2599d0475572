/** Stock tf.layers, given what the studio exports, answers as the studio does. */
import { describe, it } from 'vitest'
import { presetNames } from '../../../src/domain/model/presets'
import type { ModelSpec } from '../../../src/domain/model/spec'
import { DIGITS_NAME, interopDigits, presetSpec, trainedWeights, vividWeights } from '../interop.testing'
import { expectStockLogits } from './layers-export.testing'

const images = await interopDigits()

describe(`stock tfjs gives the studio's logits on 1,000 ${DIGITS_NAME}`, () => {
  it.each(presetNames)('%s', async (name) => {
    const spec = presetSpec(name)
    await expectStockLogits(spec, vividWeights(spec, 7), images)
  })

  it('rf5-13k after some training', async () => {
    const spec = presetSpec('rf5-13k')
    await expectStockLogits(spec, await trainedWeights(spec), images)
  })

  it('layers that no preset has', async () => {
    const spec: ModelSpec = {
      name: 'odd',
      input: { height: 28, width: 28, channels: 1 },
      layers: [
        { kind: 'conv', filters: 4, kernel: 5, padding: 1, bias: true },
        { kind: 'leaky-relu', slope: 0.25 },
        { kind: 'average-pool', size: 2 },
        { kind: 'dropout-2d', rate: 0.25 },
        { kind: 'adaptive-average-pool', size: 5 },
        { kind: 'flatten' },
        { kind: 'batch-norm' },
        { kind: 'conv', filters: 12, kernel: 1, padding: 0, bias: false },
        { kind: 'global-average-pool' },
        { kind: 'dense', units: 10, bias: false },
      ],
    }
    await expectStockLogits(spec, vividWeights(spec, 7), images)
  })
})
