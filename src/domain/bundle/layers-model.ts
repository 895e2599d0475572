import { parameterTable } from '../model/parameters'
import { inputShapes, shapeSize } from '../model/shapes'
import { EPSILON, RUNNING_MOMENTUM, type LayerSpec, type ModelSpec, type Shape } from '../model/spec'
import type { JsonValue } from '../registry/canonical-json'
import { poolingMatrix } from './adaptive-pool'
import { floatBytes, joined } from './bytes'

/** A tf.layers model: the text of its `model.json` as a value, and its one weight file. */
export interface LayersModel {
  readonly json: JsonValue
  /** First the flat array as it is, then the constants of layers that tf.layers has no name for. */
  readonly weights: Uint8Array<ArrayBuffer>
}

export const LAYERS_WEIGHTS = 'weights.bin'

interface Weight {
  readonly name: string
  readonly shape: readonly number[]
  /** Null: these are the next values of the flat array. */
  readonly constant: Float32Array | null
}

interface Draft {
  readonly layers: { readonly class_name: string; readonly config: Readonly<Record<string, JsonValue>> }[]
  readonly constants: Weight[]
  /** Height × width × channels, or one vector. */
  rank: 'field' | 'vector'
}

const ROLE_NAMES = {
  kernel: 'kernel',
  bias: 'bias',
  scale: 'gamma',
  shift: 'beta',
  'running-mean': 'moving_mean',
  'running-variance': 'moving_variance',
} as const

/**
 * The same network in stock tf.layers, Sequential and channels-last, which any tfjs loads. Kernels have the same layout here and
 * there, so the weight file begins with the flat array, unchanged.
 *
 * @param weights flat, by `parameterTable`
 * @throws RangeError when the spec cannot be built
 */
export function layersModel(spec: ModelSpec, weights: Float32Array, generatedBy: string): LayersModel {
  const draft: Draft = { layers: [], constants: [], rank: 'field' }
  const inputs = inputShapes(spec)
  const table = parameterTable(spec)
  const { height, width, channels } = spec.input
  push(draft, 'InputLayer', 'input', {
    batch_input_shape: [null, height, width, channels],
    dtype: 'float32',
    sparse: false,
  })
  spec.layers.forEach((layer, index) => addLayer(draft, layer, index, inputs[index] ?? spec.input))
  if (draft.rank === 'field') push(draft, 'Flatten', 'logits', {})

  const flat = table.tensors.map(({ layer, role, shape }) => ({
    name: `${layerName(spec.layers[layer], layer)}/${ROLE_NAMES[role]}`,
    shape,
    constant: null,
  }))
  const manifest: readonly Weight[] = [...flat, ...draft.constants]
  return {
    json: {
      format: 'layers-model',
      generatedBy,
      convertedBy: null,
      modelTopology: {
        class_name: 'Sequential',
        config: { name: 'sequential', layers: draft.layers },
        keras_version: 'tfjs-layers 4.22.0',
        backend: 'tensor_flow.js',
      },
      weightsManifest: [
        {
          paths: [LAYERS_WEIGHTS],
          weights: manifest.map(({ name, shape }) => ({ name, shape, dtype: 'float32' })),
        },
      ],
    },
    weights: joined([
      floatBytes(weights),
      ...draft.constants.map(({ constant }) => floatBytes(constant ?? [])),
    ]),
  }
}

function addLayer(draft: Draft, layer: LayerSpec, index: number, input: Shape): void {
  const name = layerName(layer, index)
  switch (layer.kind) {
    case 'conv':
      return addConvolution(draft, layer, index, input)
    case 'dense':
      if (draft.rank === 'field') flatten(draft, `${name}_input`)
      return push(draft, 'Dense', name, { units: layer.units, activation: 'linear', use_bias: layer.bias })
    case 'batch-norm':
      return push(draft, 'BatchNormalization', name, {
        axis: -1,
        momentum: 1 - RUNNING_MOMENTUM,
        epsilon: EPSILON,
        center: true,
        scale: true,
      })
    case 'relu':
      return push(draft, 'Activation', name, { activation: 'relu' })
    case 'leaky-relu':
      return push(draft, 'LeakyReLU', name, { alpha: layer.slope })
    case 'dropout':
      return push(draft, 'Dropout', name, { rate: layer.rate })
    case 'dropout-2d': {
      const shape = draft.rank === 'field' ? [null, 1, 1, input.channels] : [null, input.channels]
      return push(draft, 'Dropout', name, { rate: layer.rate, noise_shape: shape })
    }
    case 'max-pool':
    case 'average-pool':
      requireField(draft, input, name)
      return addPool(draft, layer.kind, name, [layer.size, layer.size])
    case 'global-average-pool':
      requireField(draft, input, name)
      draft.rank = 'vector'
      return push(draft, 'GlobalAveragePooling2D', name, {})
    case 'adaptive-average-pool':
      return addAdaptivePool(draft, layer.size, name, input)
    case 'flatten':
      if (draft.rank === 'field') flatten(draft, name)
      return
  }
}

/** Padding that keeps the size is tf.layers's own; any other is a layer of zeros before it. */
function addConvolution(
  draft: Draft,
  layer: Extract<LayerSpec, { kind: 'conv' }>,
  index: number,
  input: Shape,
): void {
  const name = layerName(layer, index)
  requireField(draft, input, name)
  const { filters, kernel, padding, bias } = layer
  const same = padding > 0 && 2 * padding === kernel - 1
  if (padding > 0 && !same)
    push(draft, 'ZeroPadding2D', `${name}_padding`, {
      padding: [
        [padding, padding],
        [padding, padding],
      ],
    })
  push(draft, 'Conv2D', name, {
    filters,
    kernel_size: [kernel, kernel],
    strides: [1, 1],
    padding: same ? 'same' : 'valid',
    dilation_rate: [1, 1],
    activation: 'linear',
    use_bias: bias,
    data_format: 'channels_last',
  })
}

function addPool(
  draft: Draft,
  kind: 'max-pool' | 'average-pool',
  name: string,
  window: readonly number[],
): void {
  push(draft, kind === 'max-pool' ? 'MaxPooling2D' : 'AveragePooling2D', name, {
    pool_size: window,
    strides: window,
    padding: 'valid',
    data_format: 'channels_last',
  })
}

/** Equal cells are an average pool; others two dense layers of constants over the rows and over the columns. */
function addAdaptivePool(draft: Draft, size: number, name: string, input: Shape): void {
  requireField(draft, input, name)
  const { height, width } = input
  if (height % size === 0 && width % size === 0)
    return addPool(draft, 'average-pool', name, [height / size, width / size])
  push(draft, 'Permute', `${name}_rows`, { dims: [3, 2, 1] })
  addConstantDense(draft, `${name}_over_rows`, height, size)
  push(draft, 'Permute', `${name}_columns`, { dims: [1, 3, 2] })
  addConstantDense(draft, `${name}_over_columns`, width, size)
  push(draft, 'Permute', `${name}_field`, { dims: [2, 3, 1] })
}

function addConstantDense(draft: Draft, name: string, extent: number, size: number): void {
  push(draft, 'Dense', name, { units: size, activation: 'linear', use_bias: false, trainable: false })
  draft.constants.push({
    name: `${name}/kernel`,
    shape: [extent, size],
    constant: poolingMatrix(extent, size),
  })
}

function flatten(draft: Draft, name: string): void {
  push(draft, 'Flatten', name, {})
  draft.rank = 'vector'
}

/** A vector is a field of one pixel. */
function requireField(draft: Draft, input: Shape, name: string): void {
  if (draft.rank === 'field') return
  push(draft, 'Reshape', `${name}_input`, { target_shape: [1, 1, shapeSize(input)] })
  draft.rank = 'field'
}

function push(
  draft: Draft,
  className: string,
  name: string,
  config: Readonly<Record<string, JsonValue>>,
): void {
  draft.layers.push({ class_name: className, config: { name, trainable: true, ...config } })
}

function layerName(layer: LayerSpec | undefined, index: number): string {
  return `${(layer?.kind ?? 'layer').replaceAll('-', '_')}_${index}`
}
