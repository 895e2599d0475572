import { parameterTable } from './parameters'
import { inferShapes, inputShapes, shapeSize } from './shapes'
import type { LayerSpec, ModelSpec, Shape } from './spec'

/** One row of a model's summary table. */
export interface LayerSummary {
  readonly index: number
  /** In words: "3×3 convolution to 16". */
  readonly kind: string
  /** Output for one image. */
  readonly output: Shape
  /** Trainable values. */
  readonly parameters: number
  /** Multiply-adds of one image's forward pass. */
  readonly multiplyAdds: number
}

/** Trainable values: the number presets are known by. @throws RangeError when the spec cannot be built. */
export function parameterCount(spec: ModelSpec): number {
  return parameterTable(spec).trainable
}

/**
 * Multiply-adds of one image's forward pass, counted as the field does: convolutions and dense layers, zero padding
 * included, biases, pools and normalisation left out.
 * @throws RangeError when the spec cannot be built.
 */
export function multiplyAdds(spec: ModelSpec): number {
  return layerSummary(spec).reduce((sum, row) => sum + row.multiplyAdds, 0)
}

/** The model's layer table. @throws RangeError when the spec cannot be built. */
export function layerSummary(spec: ModelSpec): readonly LayerSummary[] {
  const outputs = inferShapes(spec)
  const inputs = inputShapes(spec)
  const { tensors } = parameterTable(spec)
  return spec.layers.map((layer, index) => {
    const output = outputs[index] ?? spec.input
    const input = inputs[index] ?? spec.input
    const parameters = tensors
      .filter((tensor) => tensor.layer === index && !tensor.role.startsWith('running'))
      .reduce((sum, tensor) => sum + tensor.size, 0)
    return {
      index,
      kind: describeLayer(layer),
      output,
      parameters,
      multiplyAdds: layerMultiplyAdds(layer, input, output),
    }
  })
}

/** A layer in words, sentence case. */
function describeLayer(layer: LayerSpec): string {
  switch (layer.kind) {
    case 'conv': {
      const extras = [layer.padding > 0 ? `padding ${layer.padding}` : '', layer.bias ? 'bias' : '']
      const tail = extras.filter((extra) => extra !== '').join(', ')
      return `${layer.kernel}×${layer.kernel} convolution to ${layer.filters}${tail === '' ? '' : ` (${tail})`}`
    }
    case 'dense':
      return `Dense to ${layer.units}${layer.bias ? ' (bias)' : ''}`
    case 'batch-norm':
      return 'Batch norm'
    case 'relu':
      return 'ReLU'
    case 'leaky-relu':
      return `Leaky ReLU (slope ${layer.slope})`
    case 'dropout':
      return `Dropout ${layer.rate}`
    case 'dropout-2d':
      return `Channel dropout ${layer.rate}`
    case 'max-pool':
      return `Max pool ${layer.size}×${layer.size}`
    case 'average-pool':
      return `Average pool ${layer.size}×${layer.size}`
    case 'global-average-pool':
      return 'Global average pool'
    case 'adaptive-average-pool':
      return `Adaptive average pool to ${layer.size}×${layer.size}`
    case 'flatten':
      return 'Flatten'
  }
}

function layerMultiplyAdds(layer: LayerSpec, input: Shape, output: Shape): number {
  if (layer.kind === 'conv') return shapeSize(output) * layer.kernel * layer.kernel * input.channels
  if (layer.kind === 'dense') return input.channels * layer.units
  return 0
}
