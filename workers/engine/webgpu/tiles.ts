/**
 * Block tables: how much of a result one invocation computes in registers, and how many workgroups share a dispatch. Real
 * GPUs spill beyond about a hundred values an invocation; a software adapter, whose registers are memory anyway, gains from
 * much larger blocks and from few workgroups.
 */
import type { Shape } from '../../../src/domain/model/spec'
import { fours, isLinear, pixels, readsImages, type LinearStage, type Stage } from './stages'

export interface Tiles {
  /** Recorded with a run: the same tiles give the same bits on the same adapter. */
  readonly name: string
  /** Invocations of a workgroup. */
  readonly width: number
  /** Pixels of a row an invocation computes, at most. */
  readonly pixels: number
  /** What it computes of a row, pixels times channels in fours, at most. */
  readonly block: number
  /** Channels of an image it computes where a layer has one pixel, in fours. */
  readonly channels: number
  /** Images it computes where a layer has one pixel. */
  readonly images: number
  /** Partial sums a statistic is added up from, at most. */
  readonly rows: number
  /** Accumulators of a filter gradient, in fours. */
  readonly filter: number
  /** Invocations that share a filter gradient, at least. */
  readonly filterInvocations: number
  /** Partial sums a filter gradient is added up from, at most. */
  readonly filterRows: number
  /** Pixels a filter gradient takes at once. */
  readonly filterPixels: number
  /** Workgroups that go over all weights, at most: each adds up the gradient's norm for itself. */
  readonly weightGroups: number
}

export const SOFTWARE_TILES: Tiles = {
  name: 'software',
  width: 16,
  pixels: 24,
  block: 52,
  channels: 2,
  images: 8,
  rows: 64,
  filter: 24,
  filterInvocations: 512,
  filterRows: 64,
  filterPixels: 2,
  weightGroups: 64,
}

/** What is tried on a real GPU, the first where nothing is known yet. */
export const GPU_TILES: readonly [Tiles, ...Tiles[]] = [
  {
    name: 'gpu-4x8',
    width: 64,
    pixels: 4,
    block: 8,
    channels: 2,
    images: 2,
    rows: 256,
    filter: 12,
    filterInvocations: 32_768,
    filterRows: 128,
    filterPixels: 4,
    weightGroups: 1024,
  },
  {
    name: 'gpu-4x4',
    width: 128,
    pixels: 4,
    block: 4,
    channels: 1,
    images: 1,
    rows: 192,
    filter: 12,
    filterInvocations: 65_536,
    filterRows: 256,
    filterPixels: 2,
    weightGroups: 1024,
  },
  {
    name: 'gpu-8x8',
    width: 64,
    pixels: 8,
    block: 16,
    channels: 2,
    images: 4,
    rows: 192,
    filter: 24,
    filterInvocations: 16_384,
    filterRows: 128,
    filterPixels: 4,
    weightGroups: 1024,
  },
]

/** The table of this name, or null: for runs that go on with the tiles they began with. */
export function findTiles(name: string): Tiles | null {
  return [SOFTWARE_TILES, ...GPU_TILES].find((tiles) => tiles.name === name) ?? null
}

/** How a tensor's values are shared among invocations. A workgroup leaves one partial sum a channel: `rows` of them. */
export interface Grid {
  /** Pixels of a row, or images, that an invocation computes at once. */
  readonly pixels: number
  /** Channels in fours that it computes. */
  readonly channels: number
  /** How often `channels` must be taken for all of them. */
  readonly groups: number
  /** Pixels that workgroups take one each; 1 where a block holds several. */
  readonly planes: number
  /** Blocks of one group, over the batch. */
  readonly blocks: number
  /** Blocks that an invocation computes one after the other. */
  readonly turns: number
  /** Workgroups of one group and plane. */
  readonly rows: number
}

/** Partial sums of a statistic. */
export function sumRows({ rows, planes }: Grid): number {
  return rows * planes
}

/**
 * Blocks of neighbouring pixels of a row.
 * @param kernel width of the kernel: neighbours share what they read through a wide one, channels through a narrow one
 */
function rowGrid(tiles: Tiles, batch: number, shape: Shape, kernel: number): Grid {
  const most = kernel === 1 ? Math.ceil(tiles.pixels / 4) : tiles.pixels
  const perRow = Math.ceil(shape.width / most)
  const block = Math.ceil(shape.width / perRow)
  const channels = Math.max(1, Math.floor(tiles.block / block))
  return grid(tiles, batch * shape.height * perRow, block, fours(shape.channels), channels)
}

/** Blocks of images, for products of whole images. */
function imageGrid(tiles: Tiles, batch: number, shape: Shape): Grid {
  const block = Math.min(tiles.images, batch)
  const one = grid(tiles, Math.ceil(batch / block), block, fours(shape.channels), tiles.channels)
  return { ...one, planes: pixels(shape) }
}

/** One image at a time with all its channels. */
export function lossGrid(tiles: Tiles, batch: number, classes: number): Grid {
  return grid(tiles, batch, 1, fours(classes), fours(classes))
}

/** One pixel and one four of channels at a time. */
function pointGrid(tiles: Tiles, batch: number, shape: Shape): Grid {
  return grid(tiles, batch * pixels(shape), 1, fours(shape.channels), 1)
}

function grid(tiles: Tiles, blocks: number, block: number, channels: number, most: number): Grid {
  const groups = Math.ceil(channels / most)
  const turns = Math.ceil(blocks / (tiles.width * tiles.rows))
  return {
    pixels: block,
    channels: Math.ceil(channels / groups),
    groups,
    planes: 1,
    blocks,
    turns,
    rows: Math.ceil(blocks / (tiles.width * turns)),
  }
}

/** How a stage's own values are computed. */
export function forwardGrid(tiles: Tiles, batch: number, { operation, output }: Stage): Grid {
  if (operation.kind !== 'linear') return pointGrid(tiles, batch, output)
  if (operation.flat) return imageGrid(tiles, batch, output)
  return rowGrid(tiles, batch, output, operation.kernel.width)
}

/** How the gradient of a stage's values is computed by the stage that reads them, or by the loss. */
export function backwardGrid(tiles: Tiles, batch: number, stage: Stage, reader: Stage | null): Grid {
  if (reader === null) return lossGrid(tiles, batch, stage.output.channels)
  if (!isLinear(reader)) return pointGrid(tiles, batch, stage.output)
  if (reader.operation.flat) return imageGrid(tiles, batch, reader.input)
  return rowGrid(tiles, batch, stage.output, reader.operation.kernel.width)
}

/** How a filter gradient is shared: an invocation adds up one combination of taps and channels over some rows of pixels. */
export interface FilterGrid {
  /** Kernel rows that one combination holds: 1 or all. */
  readonly kernelRows: number
  /** Output channels in fours. */
  readonly channels: number
  /** Times `channels` for all of them. */
  readonly groups: number
  readonly combinations: number
  /** Combinations that add up biases; they follow the others. */
  readonly biasCombinations: number
  /** Rows of output pixels, over the batch. */
  readonly units: number
  readonly unitsPerRow: number
  /** Partial sums. */
  readonly rows: number
  /** Pixels at once. */
  readonly pixels: number
}

export function filterGrid(tiles: Tiles, batch: number, stage: LinearStage): FilterGrid {
  const { kernel, bias } = stage.operation
  const lanes = inputLanes(stage)
  const outputs = fours(stage.output.channels)
  const all = kernel.height * kernel.width * lanes
  const kernelRows = all <= tiles.filter ? kernel.height : 1
  const taps = kernelRows * kernel.width * lanes
  const groups = Math.ceil(outputs / Math.max(1, Math.floor(tiles.filter / taps)))
  const inputs = Math.ceil(stage.input.channels / lanes)
  const combinations = (kernel.height / kernelRows) * inputs * groups
  const plane = productShape(stage)
  const units = batch * plane.height
  const wanted = Math.min(units, tiles.filterRows, Math.ceil(tiles.filterInvocations / combinations))
  const unitsPerRow = Math.ceil(units / wanted)
  return {
    kernelRows,
    channels: Math.ceil(outputs / groups),
    groups,
    combinations,
    biasCombinations: bias ? groups : 0,
    units,
    unitsPerRow,
    rows: Math.ceil(units / unitsPerRow),
    pixels: Math.min(tiles.filterPixels, plane.width),
  }
}

/** Channels of the input that are loaded at once: bytes one by one, stored values in fours. */
export function inputLanes(stage: LinearStage): 1 | 4 {
  return readsImages(stage) ? 1 : 4
}

/** The plane a product is computed on, before its pool. */
export function productShape({ operation, input, output }: LinearStage): Shape {
  return operation.pool === null
    ? output
    : { height: input.height, width: input.width, channels: output.channels }
}
