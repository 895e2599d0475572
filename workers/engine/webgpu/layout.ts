/**
 * Where things lie in the engine's flat buffers. Kernels read weights from a packed copy, channels in fours, which the update
 * writes along with the weights; gradients and statistics arrive as partial sums that are added in order.
 */
import { findTensor, type ParameterTable, type ParameterTensor } from '../../../src/domain/model/parameters'
import { backwardGrid, filterGrid, forwardGrid, inputLanes, sumRows, type Tiles } from './tiles'
import { fours, isLinear, readsImages, type LinearStage, type Network } from './stages'

/** Places are counted in fours of float32. */
export interface LinearPlaces {
  /** [taps][input channels][output channels]; the input channels of images are not rounded up. */
  readonly forward: number
  /** [taps turned][output channels][input channels], or [output channels][pixels][input channels] where it is flat. */
  readonly backward: number | null
  readonly bias: number | null
  /** Partial gradients: `rows` times kernel and bias, laid out as `forward`. */
  readonly gradient: number
  readonly rows: number
  readonly rowSize: number
}

export interface NormPlaces {
  /** In the packed weights, one four a channel group each. */
  readonly scale: number
  readonly shift: number
  /** The running mean, subtracted before squares are added up. */
  readonly pivot: number
  /** In the statistics: [rows][channels][sum, sum of squares]. */
  readonly forwardSums: number
  readonly forwardRows: number
  /** [channels][scale, shift, mean, 1 / deviation, variance] */
  readonly constants: number
  /** [rows][channels][sum of gradients, sum of gradients × normalised values] */
  readonly backwardSums: number
  readonly backwardRows: number
  /** Of scale and of shift, in the partial gradients. */
  readonly scaleGradient: number
  readonly shiftGradient: number
}

/** What a trainable tensor's gradient is added up from. */
export interface GradientTensor {
  readonly offset: number
  readonly size: number
  /** Add this to a value's place in the packed weights for its place in the first partial gradient, in float32. */
  readonly shift: number
  readonly rows: number
  /** Float32 from one partial gradient to the next. */
  readonly rowSize: number
}

export interface Layout {
  readonly linear: ReadonlyMap<number, LinearPlaces>
  readonly norm: ReadonlyMap<number, NormPlaces>
  /** The 256 normalised bytes, in the packed weights. */
  readonly table: number
  /** An image's loss and whether it was right, in the statistics. */
  readonly scores: number
  /** Partial sums of squares of the gradient, in the statistics. */
  readonly squares: number
  /** The batch's loss and right answers, in the statistics. */
  readonly total: number
  readonly packedSize: number
  readonly statisticsSize: number
  readonly partialSize: number
  /** Of every flat weight: its place in the packed weights, in float32, forward and backward; `NOWHERE` for none. */
  readonly positions: Uint32Array<ArrayBuffer>
  readonly gradients: readonly GradientTensor[]
}

export const NOWHERE = 0xffffffff
/** Fours that a normalised channel group's constants take. */
export const CONSTANTS = 5
/** Workgroups that add up gradients, at most: the update adds up their sums of squares. */
export const GRADIENT_GROUPS = 256

export function layoutOf(network: Network, table: ParameterTable, tiles: Tiles, batch: number): Layout {
  const packed = allocator()
  const statistics = allocator()
  const partial = allocator()
  const linear = new Map<number, LinearPlaces>()
  const norm = new Map<number, NormPlaces>()
  for (const stage of network.stages) {
    if (isLinear(stage)) {
      const size = kernelSize(stage)
      const outputs = fours(stage.output.channels)
      const { rows } = filterGrid(tiles, batch, stage)
      const forward = packed.take(size)
      const bias = stage.operation.bias ? packed.take(outputs) : null
      const rowSize = size + (bias === null ? 0 : outputs)
      linear.set(stage.index, {
        forward,
        bias,
        backward: readsImages(stage) ? null : packed.take(backwardSize(stage)),
        gradient: partial.take(rows * rowSize),
        rows,
        rowSize,
      })
    }
    if (stage.view.norm !== null) {
      const channels = fours(stage.output.channels)
      const forwardRows = sumRows(forwardGrid(tiles, batch, stage))
      const reader = network.stages[stage.index + 1] ?? null
      const backwardRows = sumRows(backwardGrid(tiles, batch, stage, reader))
      norm.set(stage.index, {
        scale: packed.take(channels),
        shift: packed.take(channels),
        pivot: packed.take(channels),
        forwardSums: statistics.take(forwardRows * channels * 2),
        forwardRows,
        constants: statistics.take(channels * CONSTANTS),
        backwardSums: statistics.take(backwardRows * channels * 2),
        backwardRows,
        scaleGradient: partial.take(channels),
        shiftGradient: partial.take(channels),
      })
    }
  }
  const places = { linear, norm }
  return {
    ...places,
    table: packed.take(64),
    scores: statistics.take(batch),
    squares: statistics.take(GRADIENT_GROUPS),
    total: statistics.take(1),
    packedSize: packed.size(),
    statisticsSize: statistics.size(),
    partialSize: partial.size(),
    positions: positionsOf(network, table, places),
    gradients: gradientsOf(network, table, places),
  }
}

function allocator(): { take: (fours: number) => number; size: () => number } {
  let end = 0
  return {
    take(count) {
      const at = end
      end += count
      return at
    },
    size: () => end,
  }
}

/** Channels of the input as the packed kernel counts them. */
export function packedInputs(stage: LinearStage): number {
  return inputLanes(stage) === 1 ? stage.input.channels : fours(stage.input.channels) * 4
}

function taps({ operation }: LinearStage): number {
  return operation.kernel.height * operation.kernel.width
}

function kernelSize(stage: LinearStage): number {
  return taps(stage) * packedInputs(stage) * fours(stage.output.channels)
}

function backwardSize(stage: LinearStage): number {
  return taps(stage) * fours(stage.output.channels) * 4 * fours(stage.input.channels)
}

type Places = Pick<Layout, 'linear' | 'norm'>

function positionsOf({ stages }: Network, table: ParameterTable, places: Places): Uint32Array<ArrayBuffer> {
  const positions = new Uint32Array(2 * table.total).fill(NOWHERE)
  for (const stage of stages) {
    const linear = places.linear.get(stage.index)
    const norm = places.norm.get(stage.index)
    if (isLinear(stage) && linear !== undefined) packLinear(stage, linear, table, positions)
    if (norm !== undefined && stage.view.norm !== null) {
      const layer = stage.view.norm
      packVector(findTensor(table, layer, 'scale'), norm.scale, positions)
      packVector(findTensor(table, layer, 'shift'), norm.shift, positions)
      packVector(findTensor(table, layer, 'running-mean'), norm.pivot, positions)
    }
  }
  return positions
}

function packVector({ offset, size }: ParameterTensor, place: number, positions: Uint32Array): void {
  for (let i = 0; i < size; i++) positions[2 * (offset + i)] = 4 * place + i
}

function packLinear(
  stage: LinearStage,
  places: LinearPlaces,
  table: ParameterTable,
  positions: Uint32Array,
): void {
  const { layer, flat, bias } = stage.operation
  const kernel = findTensor(table, layer, 'kernel')
  const outputs = stage.output.channels
  const inputs = stage.input.channels
  const outputFours = fours(outputs)
  const inputFours = fours(inputs)
  const count = taps(stage)
  for (let i = 0; i < kernel.size; i++) {
    const output = i % outputs
    const input = Math.floor(i / outputs) % inputs
    const tap = Math.floor(i / (outputs * inputs))
    const at = 2 * (kernel.offset + i)
    positions[at] = 4 * (places.forward + (tap * packedInputs(stage) + input) * outputFours) + output
    if (places.backward === null) continue
    const row = flat
      ? output * count * inputFours + tap * inputFours
      : ((count - 1 - tap) * outputFours * 4 + output) * inputFours
    positions[at + 1] = 4 * (places.backward + row) + input
  }
  if (bias && places.bias !== null) packVector(findTensor(table, layer, 'bias'), places.bias, positions)
}

function gradientsOf({ stages }: Network, table: ParameterTable, places: Places): GradientTensor[] {
  const found: GradientTensor[] = []
  function add(tensor: ParameterTensor, shift: number, rows: number, rowSize: number): void {
    const { offset, size } = tensor
    found.push({ offset, size, shift: 4 * shift, rows, rowSize: 4 * rowSize })
  }
  for (const stage of stages) {
    const linear = places.linear.get(stage.index)
    const norm = places.norm.get(stage.index)
    if (isLinear(stage) && linear !== undefined) {
      const { layer, bias } = stage.operation
      const shift = linear.gradient - linear.forward
      add(findTensor(table, layer, 'kernel'), shift, linear.rows, linear.rowSize)
      // The bias follows its kernel in both.
      if (bias) add(findTensor(table, layer, 'bias'), shift, linear.rows, linear.rowSize)
    }
    if (norm !== undefined && stage.view.norm !== null) {
      add(findTensor(table, stage.view.norm, 'scale'), norm.scaleGradient - norm.scale, 1, 0)
      add(findTensor(table, stage.view.norm, 'shift'), norm.shiftGradient - norm.shift, 1, 0)
    }
  }
  return found.toSorted((one, other) => one.offset - other.offset)
}
