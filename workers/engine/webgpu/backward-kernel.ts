/** The kernel that takes gradients back through one stage. */
import {
  assembled,
  hasSlopes,
  inputReader,
  placesPiece,
  sumsAt,
  windowPiece,
  type Body,
  type KernelContext,
  type Store,
} from './kernel-context'
import { isLinear, type LinearStage, type Stage } from './stages'
import { backwardGrid, filterGrid, productShape, type Grid } from './tiles'
import { filterGradient, filterWorkgroups } from './wgsl/filter'
import type { Kernel, Piece } from './wgsl/kernel'
import { averageBack, maximumBack, pointOf, reshapedBack } from './wgsl/planes'
import { imageProduct, rowProduct, type Product } from './wgsl/product'
import { backwardConstants, gridLoop, NOTHING, workgroupsOf, type Part } from './wgsl/statistics'
import { slopeReader, slopeWriter } from './wgsl/slopes'
import { packedBinding, type Reader } from './wgsl/values'

/** The gradient of a stage's input and of its weights in one dispatch: the first workgroups do the one, the rest the other. */
export function backwardKernel(context: KernelContext, stage: Stage): Kernel {
  const { tiles, batch, layout } = context
  const previous = context.network.stages[stage.index - 1]
  const constants = backwardConstants(stage, layout.norm.get(stage.index), batch, tiles.width)
  const slopes = slopeReader(stage, layout.norm.get(stage.index))
  const input =
    previous !== undefined && hasSlopes(previous) ? inputGradient(context, stage, previous, slopes) : null
  const filter = isLinear(stage) ? kernelGradient(context, stage, slopes) : null
  const texts = [input?.text, filter?.text].filter((text) => text !== undefined)
  const first = input?.workgroups ?? 0
  const main =
    input === null || filter === null
      ? ['let place = workgroup;', ...texts]
      : [
          `if (workgroup < ${first}u) { let place = workgroup;`,
          input.text,
          `} else { let place = workgroup - ${first}u;`,
          filter.text,
          '}',
        ]
  const pieces = [...(input?.pieces ?? []), ...(filter?.pieces ?? [])]
  const workgroups = Math.max(1, first + (filter?.workgroups ?? 0))
  return assembled(context, pieces, [constants, input?.sums ?? NOTHING], workgroups, [
    constants.text,
    ...main,
  ])
}

interface Role {
  readonly text: string
  readonly pieces: readonly Piece[]
  readonly workgroups: number
}

function inputGradient(
  context: KernelContext,
  stage: Stage,
  previous: Stage,
  slopes: Reader,
): Role & { readonly sums: Part } {
  const { tiles, batch, layout } = context
  const norm = layout.norm.get(previous.index)
  const grid = backwardGrid(tiles, batch, previous, stage)
  const sums = norm === undefined ? NOTHING : sumsAt(norm.backwardSums, previous, grid, tiles)
  const writer = slopeWriter(previous, norm)
  const { body, pieces } = isLinear(stage)
    ? productBack(context, stage, slopes, writer.store, grid)
    : planeBack(stage, previous, slopes, writer.store)
  return {
    text: `${gridLoop(grid, tiles.width, norm !== undefined, writer, body)}\n${sums.text}`,
    pieces: [slopes, writer, ...pieces],
    workgroups: workgroupsOf(grid),
    sums,
  }
}

function productBack(
  context: KernelContext,
  stage: LinearStage,
  reader: Reader,
  store: Store,
  grid: Grid,
): Body {
  const { operation } = stage
  const weights = context.layout.linear.get(stage.index)?.backward
  if (weights === undefined || weights === null)
    throw new Error(`stage ${stage.index} has no weights for its input's gradient`)
  const pieces: Piece[] = [{ bindings: [packedBinding()], declarations: '' }]
  const whole: Product = { reader, input: productShape(stage), output: stage.input, weights, store }
  if (operation.flat) return { body: imageProduct(whole, context.batch, false, grid), pieces }
  const padding = operation.kernel.height - 1 - operation.padding
  return { body: rowProduct(whole, { kernel: operation.kernel, padding }, grid), pieces }
}

function planeBack(stage: Stage, previous: Stage, slopes: Reader, store: Store): Body {
  const { operation, input, output } = stage
  const point = pointOf(previous.output)
  switch (operation.kind) {
    case 'max-pool':
      return {
        body: `${point}\n${maximumBack(slopes, output, operation.size)}\n${store('slope', 0)}`,
        pieces: [placesPiece(stage, 'read')],
      }
    case 'average-pool':
      return {
        body: `${point}\n${averageBack(slopes, output)}\n${store('slope', 0)}`,
        pieces: [windowPiece(stage, operation.size)],
      }
    case 'copy':
    case 'gather':
      return { body: `${point}\n${reshapedBack(slopes, input, output)}\n${store('slope', 0)}`, pieces: [] }
    case 'linear':
      throw new Error('a product is no plane')
  }
}

function kernelGradient(context: KernelContext, stage: LinearStage, slopes: Reader): Role {
  const { tiles, batch, layout } = context
  const places = layout.linear.get(stage.index)
  if (places === undefined) throw new Error(`stage ${stage.index} has no weights`)
  const values = inputReader(context, stage, 'kept')
  const grid = filterGrid(tiles, batch, stage)
  const partials: Piece = {
    bindings: [{ name: 'partials', buffer: 'partials', access: 'read_write', element: 'vec4f' }],
    declarations: '',
  }
  return {
    text: filterGradient({ stage, places, values, slopes }, grid, tiles.width),
    pieces: [values, slopes, partials],
    workgroups: filterWorkgroups(grid, tiles.width),
  }
}
