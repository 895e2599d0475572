/** What the kernels of a plan have in common. */
import { shapeSize } from '../../../src/domain/model/shapes'
import type { Layout } from './layout'
import { fours, type Network, type Stage } from './stages'
import type { Grid, Tiles } from './tiles'
import { kernelOf, type Kernel, type Piece } from './wgsl/kernel'
import { PACKED_PLACES, windows } from './wgsl/planes'
import { forwardConstants, keptSums, sharedMemory, type Part } from './wgsl/statistics'
import { imageReader, placesOf, valueReader, type ImageSource, type Reader } from './wgsl/values'

/** What all kernels of a plan are made for. */
export interface KernelContext {
  readonly network: Network
  readonly layout: Layout
  readonly tiles: Tiles
  readonly batch: number
  readonly stepWords: number
  readonly images: ImageSource
  /** The word that keys a layer's dropout. */
  readonly keyWord: (layer: number) => number
  /** The index in the data of the batch's n-th image. */
  readonly index: (image: string) => string
  readonly labelSmoothing: number
}

/** Whether a stage's values have a gradient that something needs. */
export function hasSlopes({ operation, view }: Stage): boolean {
  return operation.kind !== 'gather' || view.norm !== null
}

/** WGSL that stores a value; the index is that of the sums it adds to. */
export type Store = (value: string, index: number) => string

/** What a loop over a grid computes. */
export interface Body {
  readonly body: string
  readonly pieces: readonly Piece[]
}

/** Stores where the maxima of `image`, `pixel` and `channels` were. */
export function storedPlaces({ output }: Stage): string {
  const { height, width, channels } = output
  return `placesOut[(image * ${height * width}u + pixel) * ${fours(channels)}u + channels] = ${PACKED_PLACES};`
}

/** The places of maxima that a stage keeps. */
export function placesPiece(stage: Stage, access: 'read' | 'read_write' = 'read_write'): Piece {
  return {
    bindings: [{ name: 'placesOut', buffer: placesOf(stage), access, element: 'u32' }],
    declarations: '',
  }
}

/** The windows of a stage's average pool. */
export function windowPiece({ input, output }: Stage, size: number): Piece {
  const rows = windows('y', input.height, output.height, size)
  const columns = windows('x', input.width, output.width, size)
  return { bindings: [], declarations: `${rows}\n${columns}` }
}

/** What a stage reads: the images, or the stage before through its view. */
export function inputReader(context: KernelContext, stage: Stage, constants: 'workgroup' | 'kept'): Reader {
  const previous = context.network.stages[stage.index - 1]
  if (previous === undefined)
    return imageReader(stage.input.width, shapeSize(stage.input), context.layout.table, context.images)
  return valueReader(previous, context.layout.norm.get(previous.index), constants)
}

/** Before a kernel that reads a stage: the constants of its batch norm. */
export function constantsOf({ layout, batch, tiles }: KernelContext, stage: Stage, whole = false): Part {
  return forwardConstants(stage, layout.norm.get(stage.index), batch, tiles.width, whole)
}

/** After a kernel: its sums for a batch norm. */
export function sumsAt(start: number, stage: Stage, grid: Grid, tiles: Tiles): Part {
  return keptSums(start, fours(stage.output.channels), grid, tiles.width)
}

/** A kernel of pieces, and of parts before and after its loop. */
export function assembled(
  { tiles, stepWords }: KernelContext,
  pieces: readonly Piece[],
  parts: readonly Part[],
  workgroups: number,
  main: readonly string[],
): Kernel {
  const shared = Math.max(...parts.map((part) => part.shared))
  const memory = shared === 0 ? [] : [sharedMemory(shared)]
  return kernelOf(
    [...memory, ...pieces, ...parts],
    { width: tiles.width, workgroups, stepWords },
    main.join('\n'),
  )
}
