import { parameterTable, type ParameterTensor } from '../model/parameters'
import type { ModelSpec, Shape } from '../model/spec'
import { flattenedFields, inverseOrder, permuted } from './layouts'

/** One entry of a PyTorch state dictionary. */
export interface TorchTensor {
  readonly name: string
  readonly shape: readonly number[]
  readonly values: Float32Array
}

/** How a tensor of the flat array becomes one of PyTorch's. */
interface Place {
  readonly tensor: ParameterTensor
  readonly name: string
  readonly shape: readonly number[]
  /** Its axes in the flat array, … */
  readonly axes: readonly number[]
  /** … and which of them each of PyTorch's is. */
  readonly order: readonly number[]
}

const SUFFIX: Readonly<Record<ParameterTensor['role'], string>> = {
  kernel: 'weight',
  bias: 'bias',
  scale: 'weight',
  shift: 'bias',
  'running-mean': 'running_mean',
  'running-variance': 'running_var',
}

/**
 * A model's weights under PyTorch's names and in its layouts: kernels [out, in, kh, kw] and [out, in], and what lies behind a
 * flatten in the order channels, rows, columns. Networks without dense layers have the names of the reference pipeline's
 * classes (`convblock1.0.weight`: one `nn.Sequential` for a convolution and what follows it); others are `layers.<index>`.
 */
export function torchState(spec: ModelSpec, weights: Float32Array): readonly TorchTensor[] {
  return placesOf(spec).map(({ tensor, name, shape, axes, order }) => ({
    name,
    shape,
    values: permuted(weights.subarray(tensor.offset, tensor.offset + tensor.size), axes, order),
  }))
}

/**
 * The flat array that a state dictionary holds: the inverse of {@link torchState}.
 * @throws RangeError when a tensor is missing or has another shape
 */
export function flatWeights(
  spec: ModelSpec,
  state: ReadonlyMap<string, Pick<TorchTensor, 'shape' | 'values'>>,
): Float32Array<ArrayBuffer> {
  const flat = new Float32Array(parameterTable(spec).total)
  for (const { tensor, name, shape, axes, order } of placesOf(spec)) {
    const found = state.get(name)
    if (found === undefined || String(found.shape) !== String(shape))
      throw new RangeError(
        `${name} must have shape ${shape.join('×')}, found ${found?.shape.join('×') ?? 'none'}`,
      )
    const turned = order.map((axis) => axes[axis] ?? 1)
    flat.set(permuted(found.values, turned, inverseOrder(order)), tensor.offset)
  }
  return flat
}

/** PyTorch's name of each batch norm: beside its tensors it counts the batches it saw. */
export function batchNormNames(spec: ModelSpec): readonly string[] {
  return moduleNames(spec).filter((_, index) => spec.layers[index]?.kind === 'batch-norm')
}

function placesOf(spec: ModelSpec): readonly Place[] {
  const modules = moduleNames(spec)
  const fields = flattenedFields(spec)
  return parameterTable(spec).tensors.map((tensor) => ({
    tensor,
    name: `${modules[tensor.layer] ?? ''}.${SUFFIX[tensor.role]}`,
    ...turnOf(tensor, fields[tensor.layer] ?? null),
  }))
}

function turnOf(
  { role, shape }: ParameterTensor,
  field: Shape | null,
): Pick<Place, 'shape' | 'axes' | 'order'> {
  if (role !== 'kernel') {
    const behindFlatten = field !== null && role !== 'bias'
    if (!behindFlatten) return { shape, axes: shape, order: [0] }
    return { shape, axes: [field.height, field.width, field.channels], order: [2, 0, 1] }
  }
  if (shape.length === 4) {
    const [height = 1, width = 1, inputs = 1, outputs = 1] = shape
    return { shape: [outputs, inputs, height, width], axes: shape, order: [3, 2, 0, 1] }
  }
  const [inputs = 1, outputs = 1] = shape
  const { height, width, channels } = field ?? { height: 1, width: 1, channels: inputs }
  return { shape: [outputs, inputs], axes: [height, width, channels, outputs], order: [3, 2, 0, 1] }
}

/** PyTorch's name of each layer. */
function moduleNames(spec: ModelSpec): readonly string[] {
  const plain = spec.layers.map((_, index) => `layers.${index}`)
  if (spec.layers.some(({ kind }) => kind === 'dense')) return plain
  let block = 0
  let inside: number | null = null
  return spec.layers.map((layer, index) => {
    switch (layer.kind) {
      case 'conv':
        block++
        inside = 0
        break
      case 'batch-norm':
      case 'relu':
      case 'leaky-relu':
      case 'dropout':
      case 'dropout-2d':
        if (inside !== null) inside++
        break
      case 'dense':
      case 'max-pool':
      case 'average-pool':
      case 'global-average-pool':
      case 'adaptive-average-pool':
      case 'flatten':
        inside = null
        break
    }
    return inside === null ? (plain[index] ?? '') : `convblock${block}.${inside}`
  })
}
