import { inputShapes } from './shapes'
import type { LayerSpec, ModelSpec, Shape } from './spec'

/**
 * Where each tensor of a model lies in its one flat Float32Array. The trainable tensors stand first, in layer order, so that
 * an optimizer is one pass over `[0, trainable)`; the running statistics of batch normalisation follow.
 */
export interface ParameterTensor {
  /** `<layer index>.<role>`, for example `4.kernel`. */
  readonly name: string
  readonly layer: number
  readonly role: 'kernel' | 'bias' | 'scale' | 'shift' | 'running-mean' | 'running-variance'
  /** conv kernel [kh, kw, in, out]; dense kernel [in, out]; everything else [channels]. C order. */
  readonly shape: readonly number[]
  /** First element in the flat array. */
  readonly offset: number
  readonly size: number
  /** Inputs feeding one output, for the initialisation; 0 where it has none. */
  readonly fanIn: number
}

export interface ParameterTable {
  readonly tensors: readonly ParameterTensor[]
  /** Number of trainable values: the parameter count that presets are known by. */
  readonly trainable: number
  /** Length of the flat array: trainable values and running statistics. */
  readonly total: number
}

type Draft = Pick<ParameterTensor, 'layer' | 'role' | 'shape' | 'fanIn'>

/**
 * Lays out a model's flat array: kernel before bias, scale before shift, running mean before running variance.
 * @throws RangeError when the spec cannot be built (see `inferShapes`).
 */
export function parameterTable(spec: ModelSpec): ParameterTable {
  const inputs = inputShapes(spec)
  const drafts = spec.layers.flatMap((layer, index) =>
    layerTensors(layer, index, inputs[index] ?? spec.input),
  )
  const running = drafts.filter(isRunning)
  const tensors: ParameterTensor[] = []
  let offset = 0
  for (const draft of [...drafts.filter((tensor) => !isRunning(tensor)), ...running]) {
    const size = draft.shape.reduce((product, extent) => product * extent, 1)
    tensors.push({ ...draft, name: `${draft.layer}.${draft.role}`, offset, size })
    offset += size
  }
  const runningSize = tensors.filter(isRunning).reduce((sum, tensor) => sum + tensor.size, 0)
  return { tensors, trainable: offset - runningSize, total: offset }
}

/** The tensor of one layer and role. @throws RangeError when the layer has none. */
export function findTensor(
  table: ParameterTable,
  layer: number,
  role: ParameterTensor['role'],
): ParameterTensor {
  const found = table.tensors.find((tensor) => tensor.layer === layer && tensor.role === role)
  if (found === undefined) throw new RangeError(`layer ${layer} has no ${role}`)
  return found
}

function isRunning(tensor: Draft): boolean {
  return tensor.role === 'running-mean' || tensor.role === 'running-variance'
}

function layerTensors(spec: LayerSpec, layer: number, input: Shape): Draft[] {
  switch (spec.kind) {
    case 'conv': {
      const fanIn = spec.kernel * spec.kernel * input.channels
      const kernel = [spec.kernel, spec.kernel, input.channels, spec.filters]
      return affine(layer, kernel, spec.filters, fanIn, spec.bias)
    }
    case 'dense':
      return affine(layer, [input.channels, spec.units], spec.units, input.channels, spec.bias)
    case 'batch-norm':
      return (['scale', 'shift', 'running-mean', 'running-variance'] as const).map((role) => ({
        layer,
        role,
        shape: [input.channels],
        fanIn: 0,
      }))
    case 'relu':
    case 'leaky-relu':
    case 'dropout':
    case 'dropout-2d':
    case 'max-pool':
    case 'average-pool':
    case 'global-average-pool':
    case 'adaptive-average-pool':
    case 'flatten':
      return []
  }
}

function affine(layer: number, kernel: number[], outputs: number, fanIn: number, bias: boolean): Draft[] {
  const weights: Draft = { layer, role: 'kernel', shape: kernel, fanIn }
  return bias ? [weights, { layer, role: 'bias', shape: [outputs], fanIn }] : [weights]
}
