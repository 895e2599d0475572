/** Writes a convolution's operations the Winograd way: see plan.ts for what they are made of, and convolutions.ts for when. */
import type { PlanBuilder } from './builder'
import type { LinearNode } from './nodes'
import type { Algorithm, Ending, FilterTransform, Region, Tensor, Tiling } from './plan'
import { pointsOf } from './plan'

type Winograd = Exclude<Algorithm, 'direct'>

/** The tiles of a node's output plane. */
export function tilingOf({ output, padding }: LinearNode, algorithm: Winograd): Tiling {
  const tile = tileOf(algorithm)
  return {
    tile,
    rows: Math.ceil(output.height / tile),
    columns: Math.ceil(output.width / tile),
    padding,
  }
}

/** How a node's filters are transformed. */
export function filterOf({ input, output }: LinearNode, algorithm: Winograd): FilterTransform {
  return { tile: tileOf(algorithm), tapStride: input.channels * output.channels }
}

function tileOf(algorithm: Winograd): 2 | 4 {
  return algorithm === 'winograd-2' ? 2 : 4
}

/** One convolution's forward pass: tiles, products, pixels. */
export function writeWinogradForward(
  builder: PlanBuilder,
  of: {
    readonly input: Tensor
    readonly output: Tensor
    readonly weights: Region
    readonly tiling: Tiling
    readonly ending: Ending | null
  },
): void {
  const { input, output, weights, tiling, ending } = of
  const transformed = writeInput(builder, input, tiling)
  const products = multiply(builder, transformed, output, weights, tiling)
  const between = betweenTensor(builder, output, tiling.tile, pointColumns(tiling))
  builder.slice({ kind: 'winograd-output', input: products, output, between, tiling, ending }, false)
}

/** What both gradients begin with: the tiles of the output's gradient at every point. */
export function writeWinogradGradient(builder: PlanBuilder, gradient: Tensor, tiling: Tiling): Tensor {
  const output = pointsTensor(builder, gradient, tiling)
  const between = betweenTensor(builder, gradient, tiling.tile + 2 + ZERO_ROW, tiling.columns * tiling.tile)
  builder.slice({ kind: 'winograd-gradient', input: gradient, output, between, tiling }, false)
  return output
}

/**
 * The filter gradient's sums at every point, a partial sum a slice.
 *
 * @param of `gradient`: the tiles of the output's gradient at every point
 */
export function writeWinogradFilterGradient(
  builder: PlanBuilder,
  of: {
    readonly input: Tensor
    readonly gradient: Tensor
    readonly tiling: Tiling
    readonly partial: Region
    readonly partialBytes: number
  },
): void {
  const input = writeInput(builder, of.input, of.tiling)
  builder.slice({ ...of, kind: 'winograd-filter-gradient', input }, false)
}

/**
 * The input gradient: products with the exchanged weights, and the transposed transform of the input.
 *
 * @param of `gradient`: the tiles of the output's gradient at every point
 */
export function writeWinogradInputGradient(
  builder: PlanBuilder,
  of: {
    readonly gradient: Tensor
    readonly output: Tensor
    readonly weights: Region
    readonly tiling: Tiling
  },
): void {
  const { gradient, output, weights, tiling } = of
  const products = multiply(builder, gradient, output, weights, tiling)
  const between = betweenTensor(builder, output, tiling.tile + 2, pointColumns(tiling))
  builder.slice({ kind: 'winograd-input-gradient', input: products, output, between, tiling }, false)
}

/** A row that is never written to stands for those outside the image. */
const ZERO_ROW = 1

function writeInput(builder: PlanBuilder, input: Tensor, tiling: Tiling): Tensor {
  const { tile, columns } = tiling
  const output = pointsTensor(builder, input, tiling)
  const between = betweenTensor(builder, input, tile + 2 + ZERO_ROW, columns * tile + 2)
  builder.slice({ kind: 'winograd-input', input, output, between, tiling }, false)
  return output
}

function multiply(
  builder: PlanBuilder,
  input: Tensor,
  like: Tensor,
  weights: Region,
  tiling: Tiling,
): Tensor {
  const output = pointsTensor(builder, like, tiling)
  builder.slice({ kind: 'winograd-multiply', input, output, tiling, weights }, false)
  return output
}

/** Columns of a row of tiles that is still one of points across. */
function pointColumns({ tile, columns }: Tiling): number {
  return columns * (tile + 2)
}

function pointsTensor(builder: PlanBuilder, like: Tensor, { tile, rows, columns }: Tiling): Tensor {
  const shape = { height: pointsOf(tile), width: rows * columns, channels: like.channels }
  return builder.tensor(`points of ${like.name}`, shape, 0, like.lanes)
}

function betweenTensor(builder: PlanBuilder, like: Tensor, height: number, width: number): Tensor {
  return builder.tensor(`rows of ${like.name}`, { height, width, channels: like.channels }, 0, like.lanes)
}
