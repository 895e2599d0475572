/** The shapes of a Sequential model, worked out before anything is allocated by them. */
import { isRecord, type JsonRecord } from './layers-model-json'

/** Shapes without the batch: [height, width, channels], or [values]. */
type Extents = readonly number[]

/** More than any image of 28×28 makes: an activation of a million values is a mistake, or malice. */
const MOST_VALUES = 2 ** 20

/**
 * Walks from the input to the answer.
 *
 * @param kernels shape of each kernel in the files, by its name
 * @returns the input's shape and the answer's
 * @throws RangeError for a layer that is not known here, or whose kernel in the files has another shape than its layer
 */
export function walkShapes(
  layers: readonly JsonRecord[],
  kernels: ReadonlyMap<string, Extents>,
): { readonly input: Extents; readonly output: Extents } {
  const first = layers[0] === undefined ? {} : configOf(layers[0])
  const batch = first['batch_input_shape'] ?? first['batch_shape']
  if (!Array.isArray(batch))
    throw new RangeError('the first layer must name its batch_input_shape, found none')
  const input = batch.slice(1).map((extent) => whole(extent, 'batch_input_shape'))
  let shape: Extents = input
  for (const layer of layers) {
    shape = shapeAfter(layer, shape, kernels)
    if (size(shape) > MOST_VALUES)
      throw new RangeError(`layer ${nameOf(layer)} makes ${shape.join('×')} values, more than ${MOST_VALUES}`)
  }
  return { input, output: shape }
}

function shapeAfter(layer: JsonRecord, shape: Extents, kernels: ReadonlyMap<string, Extents>): Extents {
  const config = configOf(layer)
  switch (layer['class_name']) {
    case 'InputLayer':
    case 'Activation':
    case 'ReLU':
    case 'LeakyReLU':
    case 'PReLU':
    case 'ELU':
    case 'Softmax':
    case 'Dropout':
    case 'BatchNormalization':
    case 'Rescaling':
      return shape
    case 'Dense': {
      const units = whole(config['units'], 'units')
      requireKernel(layer, [shape.at(-1) ?? 0, units], kernels)
      return [...shape.slice(0, -1), units]
    }
    case 'Conv2D': {
      const filters = whole(config['filters'], 'filters')
      const window = pair(config['kernel_size'], 'kernel_size')
      requireKernel(layer, [...window, shape.at(-1) ?? 0, filters], kernels)
      return slide(layer, shape, window, pair(config['strides'] ?? 1, 'strides'), filters)
    }
    case 'MaxPooling2D':
    case 'AveragePooling2D': {
      const window = pair(config['pool_size'] ?? 2, 'pool_size')
      return slide(layer, shape, window, pair(config['strides'] ?? window, 'strides'), shape.at(-1) ?? 0)
    }
    case 'GlobalAveragePooling2D':
    case 'GlobalMaxPooling2D':
      return shape.slice(-1)
    case 'Flatten':
      return [size(shape)]
    case 'Permute': {
      const dims = Array.isArray(config['dims']) ? config['dims'].map((axis) => whole(axis, 'dims')) : []
      if (String(dims.toSorted((a, b) => a - b)) !== String(shape.map((_, axis) => axis + 1)))
        throw new RangeError(`layer ${nameOf(layer)} turns axes ${dims.join(', ')} of ${shape.length}`)
      return dims.map((axis) => shape[axis - 1] ?? 0)
    }
    case 'ZeroPadding2D':
      return padded(layer, shape)
    case 'Reshape': {
      const target = config['target_shape']
      const extents = Array.isArray(target) ? target.map((extent) => whole(extent, 'target_shape')) : []
      if (size(extents) !== size(shape))
        throw new RangeError(`layer ${nameOf(layer)} makes ${extents.join('×')} of ${shape.join('×')} values`)
      return extents
    }
    case 'Lambda':
      throw new RangeError(
        `layer ${nameOf(layer)} is a Lambda, which holds code: nothing in a file is run here`,
      )
    default:
      throw new RangeError(
        `layer ${nameOf(layer)} is a ${String(layer['class_name'])}, which is not among those that run here`,
      )
  }
}

function slide(
  layer: JsonRecord,
  [height = 0, width = 0, ...rest]: Extents,
  window: readonly [number, number],
  strides: readonly [number, number],
  channels: number,
): Extents {
  const { padding = 'valid', dilation_rate: dilation = 1, data_format: format } = configOf(layer)
  const plain = pair(dilation, 'dilation_rate').every((rate) => rate === 1) && format !== 'channels_first'
  if (rest.length !== 1 || !plain || (padding !== 'valid' && padding !== 'same'))
    throw new RangeError(`layer ${nameOf(layer)} must go over channels-last images without dilation`)
  const extent = (before: number, at: 0 | 1): number =>
    Math.max(0, Math.ceil((padding === 'same' ? before : before - window[at] + 1) / strides[at]))
  return [extent(height, 0), extent(width, 1), channels]
}

/** Rows above and below, columns left and right, or one number for all. */
function padded(layer: JsonRecord, [height = 0, width = 0, ...rest]: Extents): Extents {
  const { padding = 1 } = configOf(layer)
  const [rows, columns] = Array.isArray(padding) ? (padding as unknown[]) : [padding, padding]
  const [above, below] = pair(rows, 'padding')
  const [left, right] = pair(columns, 'padding')
  return [height + above + below, width + left + right, ...rest]
}

function requireKernel(layer: JsonRecord, expected: Extents, kernels: ReadonlyMap<string, Extents>): void {
  const found = kernels.get(`${nameOf(layer)}/kernel`)
  if (String(found) !== String(expected))
    throw new RangeError(
      `layer ${nameOf(layer)} needs a kernel of ${expected.join('×')}, found ${found?.join('×') ?? 'none'}`,
    )
}

function configOf({ config }: JsonRecord): JsonRecord {
  return isRecord(config) ? config : {}
}

function nameOf(layer: JsonRecord): string {
  const { name } = configOf(layer)
  return typeof name === 'string' ? name : 'without a name'
}

/** One number for both directions, or two. */
function pair(value: unknown, what: string): [number, number] {
  if (!Array.isArray(value)) return [whole(value, what), whole(value, what)]
  return [whole(value[0], what), whole(value[1], what)]
}

function whole(value: unknown, what: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value
  throw new RangeError(`${what} must be of whole numbers above 0, found ${JSON.stringify(value)}`)
}

function size(shape: Extents): number {
  return shape.reduce((product, extent) => product * extent, 1)
}
