import type { Preprocess } from '../image/preprocess'
import { findTensor, parameterTable, type ParameterTable, type ParameterTensor } from '../model/parameters'
import { inferShapes, inputShapes, shapeSize } from '../model/shapes'
import { EPSILON, type LayerSpec, type ModelSpec, type Shape } from '../model/spec'
import { poolingMatrix, turnedPoolingMatrix } from './adaptive-pool'
import { joined } from './bytes'
import { permuted } from './layouts'
import { graphFields, type OnnxAttribute, type OnnxNode, type OnnxTensor } from './onnx-graph'
import { messageField, textField, wholeField } from './protobuf'

export interface OnnxOptions {
  /** Of the program that writes. */
  readonly producerVersion: string
  /** For whoever loads the model; ASCII. */
  readonly metadata: Readonly<Record<string, string>>
  /** Null: the input is normalised already; else the graph takes pixels in [0, 1] and normalises them. */
  readonly normalise: Preprocess | null
}

export const ONNX_INPUT = 'input'
export const ONNX_OUTPUT = 'logits'

const IR_VERSION = 8
const OPSET = 13
/** The axes of a field, channels first, in the order that rows of a kernel behind a flatten have here. */
const CHANNELS_LAST = [0, 2, 3, 1]

/**
 * A model for ONNX runtimes: N × channels × height × width → N × classes logits. Dropout is left out, as in any inference.
 *
 * @param weights flat, by `parameterTable`
 * @throws RangeError when the spec cannot be built
 */
export function onnxModel(
  spec: ModelSpec,
  weights: Float32Array,
  options: OnnxOptions,
): Uint8Array<ArrayBuffer> {
  const { height, width, channels } = spec.input
  const graph = draftGraph(spec, weights, options.normalise)
  const fields = graphFields({
    name: spec.name.replaceAll(/[^ -~]/g, '_'),
    nodes: graph.nodes,
    constants: graph.constants,
    input: { name: ONNX_INPUT, dims: ['N', channels, height, width] },
    output: { name: ONNX_OUTPUT, dims: ['N', inferShapes(spec).at(-1)?.channels ?? 0] },
  })
  return joined([
    wholeField(1, IR_VERSION),
    textField(2, 'mnist-studio'),
    textField(3, options.producerVersion),
    messageField(7, fields),
    messageField(8, [textField(1, ''), wholeField(2, OPSET)]),
    ...Object.entries(options.metadata).map(([key, value]) =>
      messageField(14, [textField(1, key), textField(2, value)]),
    ),
  ])
}

/** What is written so far, and what it has come to. */
interface Draft {
  readonly nodes: OnnxNode[]
  readonly constants: OnnxTensor[]
  /** Name of the tensor that the next node takes. */
  current: string
  /** N × channels × height × width, or N × values. */
  rank: 'field' | 'vector'
}

function draftGraph(spec: ModelSpec, weights: Float32Array, normalise: Preprocess | null): Draft {
  const draft: Draft = { nodes: [], constants: [], current: ONNX_INPUT, rank: 'field' }
  const table = parameterTable(spec)
  const inputs = inputShapes(spec)
  if (normalise !== null) addNormalisation(draft, normalise)
  spec.layers.forEach((layer, index) => {
    addLayer(draft, layer, inputs[index] ?? spec.input, tensorsOf(table, weights, index))
  })
  if (draft.rank === 'field') add(draft, 'Flatten', [], [{ name: 'axis', kind: 'int', value: 1 }])
  const last = draft.nodes.at(-1)
  if (last === undefined) throw new RangeError('a model needs at least one layer that computes something')
  draft.nodes[draft.nodes.length - 1] = { ...last, output: ONNX_OUTPUT }
  return draft
}

type Tensors = (role: ParameterTensor['role']) => {
  readonly name: string
  readonly shape: readonly number[]
  readonly values: Float32Array
}

function tensorsOf(table: ParameterTable, weights: Float32Array, layer: number): Tensors {
  return (role) => {
    const { name, shape, offset, size } = findTensor(table, layer, role)
    return { name, shape, values: weights.subarray(offset, offset + size) }
  }
}

function addLayer(draft: Draft, layer: LayerSpec, input: Shape, tensors: Tensors): void {
  switch (layer.kind) {
    case 'conv':
      return addConvolution(draft, layer, input, tensors)
    case 'dense':
      return addDense(draft, layer, tensors)
    case 'batch-norm': {
      const parts = (['scale', 'shift', 'running-mean', 'running-variance'] as const).map((role) =>
        constantOf(draft, tensors(role)),
      )
      return add(draft, 'BatchNormalization', parts, [{ name: 'epsilon', kind: 'float', value: EPSILON }])
    }
    case 'relu':
      return add(draft, 'Relu')
    case 'leaky-relu':
      return add(draft, 'LeakyRelu', [], [{ name: 'alpha', kind: 'float', value: layer.slope }])
    case 'dropout':
    case 'dropout-2d':
      return
    case 'max-pool':
      return addPool(draft, 'MaxPool', [layer.size, layer.size])
    case 'average-pool':
      return addPool(draft, 'AveragePool', [layer.size, layer.size])
    case 'global-average-pool':
      requireField(draft, input)
      return add(draft, 'GlobalAveragePool')
    case 'adaptive-average-pool':
      return addAdaptivePool(draft, layer.size, input)
    case 'flatten':
      return addFlatten(draft, input)
  }
}

/** (x − mean) / std of pixels in [0, 1]. */
function addNormalisation(draft: Draft, { mean, std }: Preprocess): void {
  add(draft, 'Sub', [scalar(draft, 'mean', mean)])
  add(draft, 'Div', [scalar(draft, 'std', std)])
}

function addConvolution(
  draft: Draft,
  layer: Extract<LayerSpec, { kind: 'conv' }>,
  input: Shape,
  tensors: Tensors,
): void {
  requireField(draft, input)
  const { name, shape, values } = tensors('kernel')
  const [height = 1, width = 1, inputs = 1, outputs = 1] = shape
  const kernel = constant(
    draft,
    name,
    [outputs, inputs, height, width],
    permuted(values, shape, [3, 2, 0, 1]),
  )
  const bias = layer.bias ? [constantOf(draft, tensors('bias'))] : []
  const { kernel: side, padding } = layer
  add(
    draft,
    'Conv',
    [kernel, ...bias],
    [
      { name: 'kernel_shape', kind: 'ints', values: [side, side] },
      { name: 'strides', kind: 'ints', values: [1, 1] },
      { name: 'pads', kind: 'ints', values: [padding, padding, padding, padding] },
      { name: 'dilations', kind: 'ints', values: [1, 1] },
    ],
  )
}

function addDense(draft: Draft, layer: Extract<LayerSpec, { kind: 'dense' }>, tensors: Tensors): void {
  if (draft.rank === 'field') {
    add(draft, 'Flatten', [], [{ name: 'axis', kind: 'int', value: 1 }])
    draft.rank = 'vector'
  }
  const kernel = constantOf(draft, tensors('kernel'))
  const bias = layer.bias ? [constantOf(draft, tensors('bias'))] : []
  add(draft, 'Gemm', [kernel, ...bias])
}

function addPool(draft: Draft, operation: 'MaxPool' | 'AveragePool', window: readonly number[]): void {
  add(
    draft,
    operation,
    [],
    [
      { name: 'kernel_shape', kind: 'ints', values: window },
      { name: 'strides', kind: 'ints', values: window },
    ],
  )
}

/** Equal cells are an average pool; others two matrix products, along the columns and along the rows. */
function addAdaptivePool(draft: Draft, size: number, input: Shape): void {
  requireField(draft, input)
  const { height, width } = input
  if (height % size === 0 && width % size === 0)
    return addPool(draft, 'AveragePool', [height / size, width / size])
  const at = draft.nodes.length
  const across = constant(draft, `pool_${at}.columns`, [width, size], poolingMatrix(width, size))
  const down = constant(draft, `pool_${at}.rows`, [size, height], turnedPoolingMatrix(height, size))
  add(draft, 'MatMul', [across])
  add(draft, 'MatMul', [], [], [down])
}

function addFlatten(draft: Draft, input: Shape): void {
  if (draft.rank === 'vector') return
  const spatial = shapeSize(input) !== input.channels && input.channels > 1
  if (spatial) add(draft, 'Transpose', [], [{ name: 'perm', kind: 'ints', values: CHANNELS_LAST }])
  add(draft, 'Flatten', [], [{ name: 'axis', kind: 'int', value: 1 }])
  draft.rank = 'vector'
}

/** A vector is a field of one pixel. */
function requireField(draft: Draft, { channels }: Shape): void {
  if (draft.rank === 'field') return
  const name = `shape_${draft.nodes.length}`
  draft.constants.push({ name, kind: 'int64', values: [0, channels, 1, 1] })
  add(draft, 'Reshape', [name])
  draft.rank = 'field'
}

/** @param before inputs that come before the current tensor */
function add(
  draft: Draft,
  operation: string,
  inputs: readonly string[] = [],
  attributes: readonly OnnxAttribute[] = [],
  before: readonly string[] = [],
): void {
  const output = `t${draft.nodes.length}`
  draft.nodes.push({ operation, inputs: [...before, draft.current, ...inputs], output, attributes })
  draft.current = output
}

function constantOf(draft: Draft, { name, shape, values }: ReturnType<Tensors>): string {
  return constant(draft, name, shape, values)
}

function scalar(draft: Draft, name: string, value: number): string {
  return constant(draft, name, [], Float32Array.of(value))
}

function constant(draft: Draft, name: string, dims: readonly number[], values: Float32Array): string {
  draft.constants.push({ name, kind: 'float', dims, values })
  return name
}
