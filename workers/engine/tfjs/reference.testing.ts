/**
 * A plain float64 forward pass of one training batch, written as loops from the definitions in `spec.ts`. It checks the tfjs
 * engine: its loss directly, its gradients by finite differences. For tiny nets only.
 */
import { normalisationTable } from '../../../src/domain/image/preprocess'
import { findTensor, parameterTable } from '../../../src/domain/model/parameters'
import type { LayerSpec, Shape } from '../../../src/domain/model/spec'
import type { LabelledImages } from '../../../src/domain/dataset/dataset'
import type { TrainingJob } from '../contract'
import type { DropoutFactors } from './layers'

interface Activation {
  readonly shape: Shape
  /** batch × height × width × channels, C order. */
  readonly values: Float64Array
}

interface Context {
  readonly batch: number
  /** Value `index` of a layer's tensor. */
  readonly weight: (layer: number, role: Parameters<typeof findTensor>[2], index: number) => number
  readonly dropout: DropoutFactors
  readonly runningAfter: Map<string, number[]>
}

export interface Reference {
  readonly loss: number
  /** batch × classes. */
  readonly logits: Float64Array
  /** By `<layer>.running-mean` and `<layer>.running-variance`. */
  readonly runningAfter: ReadonlyMap<string, readonly number[]>
}

/**
 * @param weights the model's flat array in float64, so that a difference quotient is not drowned by rounding
 * @param batch all of its images
 */
export function referenceStep(
  { spec, preprocess }: Pick<TrainingJob, 'spec' | 'preprocess'>,
  weights: Float64Array,
  { images, labels }: LabelledImages,
  dropout: DropoutFactors,
): Reference {
  const table = parameterTable(spec)
  const bytes = normalisationTable(preprocess)
  const context: Context = {
    batch: labels.length,
    weight: (layer, role, index) => weights[findTensor(table, layer, role).offset + index]!,
    dropout,
    runningAfter: new Map(),
  }
  let activation: Activation = {
    shape: spec.input,
    values: Float64Array.from(images, (byte) => bytes[byte]!),
  }
  for (const [index, layer] of spec.layers.entries()) activation = apply(layer, index, activation, context)
  return {
    loss: meanLoss(activation, labels),
    logits: activation.values,
    runningAfter: context.runningAfter,
  }
}

function apply(layer: LayerSpec, index: number, x: Activation, context: Context): Activation {
  switch (layer.kind) {
    case 'conv':
      return conv(layer, index, x, context)
    case 'dense':
      return dense(layer, index, x, context)
    case 'batch-norm':
      return batchNorm(index, x, context)
    case 'relu':
      return { shape: x.shape, values: x.values.map((value) => Math.max(0, value)) }
    case 'leaky-relu':
      return { shape: x.shape, values: x.values.map((value) => (value > 0 ? value : layer.slope * value)) }
    case 'dropout': {
      const factors = context.dropout(index, layer.rate, context.batch, x.shape)
      return { shape: x.shape, values: x.values.map((value, at) => value * factors[at]!) }
    }
    case 'dropout-2d': {
      const { channels } = x.shape
      const perImage = x.values.length / context.batch
      const factors = context.dropout(index, layer.rate, context.batch, { height: 1, width: 1, channels })
      return {
        shape: x.shape,
        values: x.values.map(
          (value, at) => value * factors[Math.floor(at / perImage) * channels + (at % channels)]!,
        ),
      }
    }
    case 'max-pool':
      return pool(layer.size, x, context.batch, (cell) => Math.max(...cell))
    case 'average-pool':
      return pool(layer.size, x, context.batch, average)
    case 'global-average-pool':
      return gather(
        x,
        context.batch,
        1,
        1,
        () => [0, x.shape.height],
        () => [0, x.shape.width],
        average,
      )
    case 'adaptive-average-pool': {
      const { size } = layer
      const span = (extent: number) => (cell: number) =>
        [Math.floor((cell * extent) / size), Math.ceil(((cell + 1) * extent) / size)] as const
      return gather(x, context.batch, size, size, span(x.shape.height), span(x.shape.width), average)
    }
    case 'flatten':
      return { shape: { height: 1, width: 1, channels: x.values.length / context.batch }, values: x.values }
  }
}

function conv(
  layer: Extract<LayerSpec, { kind: 'conv' }>,
  index: number,
  x: Activation,
  { batch, weight }: Context,
): Activation {
  const { kernel, padding, filters } = layer
  const { height, width, channels } = x.shape
  const shape = {
    height: height + 2 * padding - kernel + 1,
    width: width + 2 * padding - kernel + 1,
    channels: filters,
  }
  return filled(batch, shape, (image, row, column, filter) => {
    let sum = layer.bias ? weight(index, 'bias', filter) : 0
    for (let kr = 0; kr < kernel; kr++) {
      for (let kc = 0; kc < kernel; kc++) {
        const r = row + kr - padding
        const c = column + kc - padding
        if (r < 0 || r >= height || c < 0 || c >= width) continue
        for (let channel = 0; channel < channels; channel++)
          sum +=
            x.values[((image * height + r) * width + c) * channels + channel]! *
            weight(index, 'kernel', ((kr * kernel + kc) * channels + channel) * filters + filter)
      }
    }
    return sum
  })
}

function dense(
  layer: Extract<LayerSpec, { kind: 'dense' }>,
  index: number,
  x: Activation,
  { batch, weight }: Context,
): Activation {
  const { channels } = x.shape
  return filled(batch, { height: 1, width: 1, channels: layer.units }, (image, _row, _column, unit) => {
    let sum = layer.bias ? weight(index, 'bias', unit) : 0
    for (let channel = 0; channel < channels; channel++)
      sum += x.values[image * channels + channel]! * weight(index, 'kernel', channel * layer.units + unit)
    return sum
  })
}

function batchNorm(index: number, x: Activation, { weight, runningAfter }: Context): Activation {
  const { channels } = x.shape
  const values = x.values.slice()
  const means: number[] = []
  const variances: number[] = []
  for (let channel = 0; channel < channels; channel++) {
    const own = x.values.filter((_, at) => at % channels === channel)
    const mean = average(own)
    const squares = own.reduce((sum, value) => sum + (value - mean) ** 2, 0)
    const deviation = Math.sqrt(squares / own.length + 1e-5)
    for (let at = channel; at < values.length; at += channels)
      values[at] =
        ((values[at]! - mean) / deviation) * weight(index, 'scale', channel) + weight(index, 'shift', channel)
    means.push(0.9 * weight(index, 'running-mean', channel) + 0.1 * mean)
    variances.push(0.9 * weight(index, 'running-variance', channel) + (0.1 * squares) / (own.length - 1))
  }
  runningAfter.set(`${index}.running-mean`, means)
  runningAfter.set(`${index}.running-variance`, variances)
  return { shape: x.shape, values }
}

function pool(size: number, x: Activation, batch: number, reduce: (cell: number[]) => number): Activation {
  const span = (cell: number) => [cell * size, (cell + 1) * size] as const
  const rows = Math.floor(x.shape.height / size)
  return gather(x, batch, rows, Math.floor(x.shape.width / size), span, span, reduce)
}

function gather(
  x: Activation,
  batch: number,
  rows: number,
  columns: number,
  rowSpan: (cell: number) => readonly [number, number],
  columnSpan: (cell: number) => readonly [number, number],
  reduce: (cell: number[]) => number,
): Activation {
  const { height, width, channels } = x.shape
  return filled(batch, { height: rows, width: columns, channels }, (image, row, column, channel) => {
    const cell: number[] = []
    const [top, bottom] = rowSpan(row)
    const [left, right] = columnSpan(column)
    for (let r = top; r < bottom; r++)
      for (let c = left; c < right; c++)
        cell.push(x.values[((image * height + r) * width + c) * channels + channel]!)
    return reduce(cell)
  })
}

function filled(
  batch: number,
  shape: Shape,
  valueAt: (image: number, row: number, column: number, channel: number) => number,
): Activation {
  const values = new Float64Array(batch * shape.height * shape.width * shape.channels)
  let at = 0
  for (let image = 0; image < batch; image++)
    for (let row = 0; row < shape.height; row++)
      for (let column = 0; column < shape.width; column++)
        for (let channel = 0; channel < shape.channels; channel++)
          values[at++] = valueAt(image, row, column, channel)
  return { shape, values }
}

function average(cell: ArrayLike<number>): number {
  let sum = 0
  for (let index = 0; index < cell.length; index++) sum += cell[index]!
  return sum / cell.length
}

function meanLoss({ shape, values }: Activation, labels: Uint8Array): number {
  let sum = 0
  for (const [image, label] of labels.entries()) {
    const row = values.subarray(image * shape.channels, (image + 1) * shape.channels)
    const exponentials = row.reduce((total, value) => total + Math.exp(value), 0)
    sum += Math.log(exponentials) - row[label]!
  }
  return sum / labels.length
}
