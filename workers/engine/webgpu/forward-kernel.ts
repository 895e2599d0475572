/** The kernel that computes one stage. */
import {
  assembled,
  constantsOf,
  inputReader,
  placesPiece,
  storedPlaces,
  sumsAt,
  windowPiece,
  type Body,
  type KernelContext,
  type Store,
} from './kernel-context'
import { isLinear, type LinearStage, type Stage } from './stages'
import { forwardGrid, type Grid } from './tiles'
import { activated, type Kernel, type Piece } from './wgsl/kernel'
import { average, maximum, pointOf, reshaped } from './wgsl/planes'
import { imageProduct, pooledProduct, rowProduct, type Product } from './wgsl/product'
import { gridLoop, NOTHING, workgroupsOf } from './wgsl/statistics'
import { packedBinding, valueWriter, type Reader } from './wgsl/values'

/** Reads the stage before through its view, and leaves values and, for a batch norm, their sums. */
export function forwardKernel(context: KernelContext, stage: Stage): Kernel {
  const { tiles, batch, layout } = context
  const previous = context.network.stages[stage.index - 1]
  const norm = layout.norm.get(stage.index)
  const grid = forwardGrid(tiles, batch, stage)
  const before = previous === undefined ? NOTHING : constantsOf(context, previous)
  const sums = norm === undefined ? NOTHING : sumsAt(norm.forwardSums, stage, grid, tiles)
  const reader = inputReader(context, stage, 'workgroup')
  const { dropout } = stage.view
  const writer = valueWriter(stage, norm, dropout === null ? null : context.keyWord(dropout.layer))
  const { body, pieces } = isLinear(stage)
    ? product(context, stage, reader, writer.store, grid)
    : plane(stage, reader, writer.store)
  return assembled(context, [reader, writer, ...pieces], [before, sums], workgroupsOf(grid), [
    before.text,
    'let place = workgroup;',
    gridLoop(grid, tiles.width, norm !== undefined, writer, body),
    sums.text,
  ])
}

function product(context: KernelContext, stage: LinearStage, reader: Reader, store: Store, grid: Grid): Body {
  const { operation, input, output } = stage
  const places = context.layout.linear.get(stage.index)
  if (places === undefined) throw new Error(`stage ${stage.index} has no weights`)
  const { bias } = places
  const biased = (value: string): string =>
    activated(operation.activation, bias === null ? value : `(${value} + packed[${bias}u + channels])`)
  const packed: Piece = { bindings: [packedBinding()], declarations: '' }
  const whole: Product = {
    reader,
    input,
    output,
    weights: places.forward,
    store: (value, index) => store(biased(value), index),
  }
  if (operation.flat) return { body: imageProduct(whole, context.batch, true, grid), pieces: [packed] }
  if (operation.pool === null) return { body: rowProduct(whole, operation, grid), pieces: [packed] }
  const pool = { size: operation.pool, places: () => storedPlaces(stage) }
  return { body: pooledProduct(whole, pool, grid), pieces: [packed, placesPiece(stage)] }
}

function plane(stage: Stage, reader: Reader, store: Store): Body {
  const { operation, input, output } = stage
  const point = pointOf(output)
  switch (operation.kind) {
    case 'max-pool':
      return {
        body: `${point}\n${maximum(reader, operation.size)}\n${storedPlaces(stage)}\n${store('best', 0)}`,
        pieces: [placesPiece(stage)],
      }
    case 'average-pool':
      return {
        body: `${point}\n${average(reader)}\n${store('value', 0)}`,
        pieces: [windowPiece(stage, operation.size)],
      }
    case 'copy':
    case 'gather':
      return { body: `${point}\n${reshaped(reader, input, output)}\n${store('value', 0)}`, pieces: [] }
    case 'linear':
      throw new Error('a product is no plane')
  }
}
