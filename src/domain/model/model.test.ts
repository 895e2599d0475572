import { describe, expect, it } from 'vitest'
import { REFERENCE_RECIPES } from '../params/recipes'
import { layerSummary, multiplyAdds, parameterCount } from './counts'
import { initialWeights } from './initialise'
import { findTensor, parameterTable } from './parameters'
import { findPreset, presetNames } from './presets'
import { inferShapes, modelProblem } from './shapes'
import type { LayerSpec, ModelSpec } from './spec'

function preset(name: string): ModelSpec {
  const search = findPreset(name)
  if (search.kind === 'unknown') throw new Error(search.message)
  return search.spec
}

function model(layers: LayerSpec[]): ModelSpec {
  return { name: 'test', input: { height: 28, width: 28, channels: 1 }, layers }
}

describe('presets', () => {
  it.each([
    ['lenet-512', 440_812],
    ['skeleton', 194_884],
    ['lite', 10_790],
    ['lite-bn', 10_970],
    ['lite-bn-drop', 10_970],
    ['gap', 6_070],
    ['gap-wide', 11_994],
    ['rf5-13k', 13_808],
    ['pytorch-basic', 21_840],
    ['cnn-32-64-128', 652_618],
    ['cnn-64-128-256', 2_603_658],
  ])('%s has %i parameters', (name, count) => {
    expect(parameterCount(preset(name))).toBe(count)
  })

  it('names eleven presets, rf5-13k first, each ending in ten logits', () => {
    expect(presetNames).toHaveLength(11)
    expect(presetNames[0]).toBe('rf5-13k')
    for (const name of presetNames)
      expect(inferShapes(preset(name)).at(-1)).toEqual({ height: 1, width: 1, channels: 10 })
  })

  it('has the preset of every reference recipe', () => {
    for (const { train } of REFERENCE_RECIPES)
      if (train.preset !== undefined) expect(presetNames).toContain(train.preset)
  })

  it('names the known presets when asked for another', () => {
    expect(findPreset('resnet')).toEqual({
      kind: 'unknown',
      message: `unknown preset "resnet"; known presets: ${presetNames.join(', ')}`,
    })
    expect(findPreset('toString').kind).toBe('unknown')
  })

  it('counts the published multiply-adds of rf5-13k', () => {
    expect(multiplyAdds(preset('rf5-13k'))).toBe(3_393_376)
  })
})

describe('layerSummary', () => {
  it('gives words, shape, parameters and multiply-adds of each layer', () => {
    const rows = layerSummary(preset('rf5-13k'))
    expect(rows[0]).toEqual({
      index: 0,
      kind: '3×3 convolution to 16',
      output: { height: 26, width: 26, channels: 16 },
      parameters: 144,
      multiplyAdds: 97_344,
    })
    expect(rows[2]).toMatchObject({ kind: 'Batch norm', parameters: 32, multiplyAdds: 0 })
    expect(rows.map((row) => row.kind)).toContain('3×3 convolution to 16 (padding 1)')
  })
})

describe('parameterTable', () => {
  it('puts trainable tensors first and without gaps, running statistics last', () => {
    for (const name of presetNames) {
      const { tensors, trainable, total } = parameterTable(preset(name))
      let next = 0
      for (const tensor of tensors) {
        expect(tensor.offset).toBe(next)
        expect(tensor.role.startsWith('running')).toBe(next >= trainable)
        next += tensor.size
      }
      expect(next).toBe(total)
    }
  })

  it('finds a tensor by layer and role', () => {
    const table = parameterTable(preset('rf5-13k'))
    expect(findTensor(table, 4, 'kernel')).toMatchObject({
      shape: [3, 3, 16, 32],
      fanIn: 144,
      name: '4.kernel',
    })
    expect(() => findTensor(table, 4, 'bias')).toThrow('layer 4 has no bias')
  })
})

describe('inferShapes', () => {
  it.each<[string, LayerSpec[], string]>([
    [
      'a dense layer over an image',
      [{ kind: 'dense', units: 10, bias: true }],
      'layer 0 (dense) needs a vector (1×1×n), found 28×28×1; put flatten before it',
    ],
    [
      'a kernel larger than the field',
      [{ kind: 'conv', filters: 4, kernel: 29, padding: 0, bias: false }],
      'layer 0 (conv): a 29×29 kernel with padding 0 does not fit into 28×28×1',
    ],
    [
      'a window larger than the field',
      [{ kind: 'max-pool', size: 29 }],
      'layer 0 (max-pool): a 29×29 window does not fit into 28×28×1',
    ],
    [
      'a slope that turns the sign',
      [{ kind: 'leaky-relu', slope: -0.1 }],
      'layer 0 (leaky-relu): slope must lie in [0, 1], found -0.1',
    ],
    ['a rate of one', [{ kind: 'dropout', rate: 1 }], 'layer 0 (dropout): rate must lie in [0, 1), found 1'],
    [
      'no single vector at the end',
      [{ kind: 'relu' }],
      'the last layer must give one vector of logits (1×1×classes), found 28×28×1; end with a convolution over the whole field, a global pool or a dense layer',
    ],
    [
      'half a filter',
      [{ kind: 'conv', filters: 1.5, kernel: 3, padding: 0, bias: false }],
      'layer 0 (conv): filters must be a whole number ≥ 1, found 1.5',
    ],
    ['no layer', [], 'a model needs at least one layer, found none'],
  ])('refuses %s', (_case, layers, message) => {
    expect(() => inferShapes(model(layers))).toThrow(new RangeError(message))
    expect(modelProblem(model(layers))).toBe(message)
  })

  it('leaves out rows that do not fill a window', () => {
    expect(inferShapes(model([{ kind: 'max-pool', size: 3 }, { kind: 'global-average-pool' }]))[0]).toEqual({
      height: 9,
      width: 9,
      channels: 1,
    })
  })
})

describe('initialWeights', () => {
  const spec = preset('cnn-32-64-128')
  const table = parameterTable(spec)
  const weights = initialWeights(spec, 7)

  it('draws kernels and biases within ±1/√fanIn with the variance of a uniform distribution', () => {
    for (const { role, offset, size, fanIn } of table.tensors) {
      if (role !== 'kernel' && role !== 'bias') continue
      const values = weights.subarray(offset, offset + size)
      const bound = 1 / Math.sqrt(fanIn)
      let squares = 0
      let largest = 0
      for (const value of values) {
        largest = Math.max(largest, Math.abs(value))
        squares += value * value
      }
      expect(largest).toBeLessThanOrEqual(Math.fround(bound))
      if (size > 5000) expect(squares / size / ((bound * bound) / 3)).toBeCloseTo(1, 1)
    }
  })

  it('starts batch norm at the identity', () => {
    for (const { role, offset, size } of table.tensors) {
      const values = [...weights.subarray(offset, offset + size)]
      if (role === 'scale' || role === 'running-variance') expect(values.every((v) => v === 1)).toBe(true)
      if (role === 'shift' || role === 'running-mean') expect(values.every((v) => v === 0)).toBe(true)
    }
  })

  it('depends on the seed only', () => {
    const small = preset('rf5-13k')
    expect(initialWeights(small, 7)).toEqual(initialWeights(small, 7))
    expect(initialWeights(small, 8)).not.toEqual(initialWeights(small, 7))
  })
})
