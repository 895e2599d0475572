/**
 * A training step as a list of dispatches: pure data, made from a model, a batch, a recipe and a block table. What runs it is
 * `engine.ts`; what it costs (dispatches, uploads, memory) can be told without a GPU.
 */
import { normalisationTable } from '../../../src/domain/image/preprocess'
import { parameterTable, type ParameterTable, findTensor } from '../../../src/domain/model/parameters'
import { shapeSize } from '../../../src/domain/model/shapes'
import { elasticAmplitude } from '../../../src/domain/training/augment'
import { optimizerSlots } from '../../../src/domain/training/recipe'
import type { TrainingJob } from '../contract'
import { layoutOf, type Layout } from './layout'
import { fours, networkOf, pixels, type Network, type Stage } from './stages'
import { backwardKernel } from './backward-kernel'
import { forwardKernel } from './forward-kernel'
import { hasSlopes, type KernelContext } from './kernel-context'
import { lossKernel } from './loss-kernel'
import { keyWord, scalarWord, stepLayout, type StepLayout } from './steps'
import type { Tiles } from './tiles'
import { augmentKernel } from './wgsl/augment'
import type { Kernel } from './wgsl/kernel'
import { gradientKernel, packKernel, updateKernel, type RunningTensor, type UpdateShape } from './wgsl/update'
import { placesOf, slopesOf, valuesOf, type ImageSource } from './wgsl/values'

export interface Dispatch {
  /** "convolution", "gradient of max pool", …: for profiles. */
  readonly operation: string
  /** Index in the spec; null for what belongs to no layer. */
  readonly layer: number | null
  readonly kernel: Kernel
}

export interface GpuPlan {
  readonly network: Network
  readonly layout: Layout
  readonly tiles: Tiles
  readonly table: ParameterTable
  readonly steps: StepLayout
  /** Up to the gradient of every weight. */
  readonly gradient: readonly Dispatch[]
  /** What follows, and changes weights. */
  readonly update: Dispatch
  /** Writes the packed weights. */
  readonly pack: Dispatch
  /** Bytes of every buffer but those of the data, the step records and the figures. */
  readonly buffers: ReadonlyMap<string, number>
}

/**
 * The plan of a job.
 * @throws RangeError when the spec cannot be built, or is beyond what the kernels can address
 */
export function gpuPlan({ spec, batch, recipe }: TrainingJob, tiles: Tiles): GpuPlan {
  const table = parameterTable(spec)
  const network = networkOf(spec)
  const layout = layoutOf(network, table, tiles, batch)
  const dropoutLayers = network.stages.flatMap(({ view }) =>
    view.dropout === null ? [] : [view.dropout.layer],
  )
  const steps = stepLayout(dropoutLayers, batch, recipe.augment !== null)
  const index = (image: string): string => `step_word(${steps.indices}u + ${image})`
  const images: ImageSource =
    steps.draws === null ? { buffer: 'data', start: index } : { buffer: 'augmented', start: (image) => image }
  const context: KernelContext = {
    network,
    layout,
    tiles,
    batch,
    stepWords: steps.words,
    images,
    keyWord: (layer) => keyWord(steps, layer),
    index,
    labelSmoothing: recipe.labelSmoothing,
  }
  const shape: UpdateShape = {
    trainable: table.trainable,
    total: table.total,
    batch,
    width: tiles.width,
    stepWords: steps.words,
    most: tiles.weightGroups,
    scores: layout.scores,
    squares: layout.squares,
    totals: layout.total,
  }
  const gradient = [
    ...augmentation({ recipe }, steps, tiles),
    ...forward(context),
    { operation: 'loss', layer: null, kernel: lossKernel(context) },
    ...backward(context),
    { operation: 'sum of gradients', layer: null, kernel: gradientKernel(shape, layout.gradients) },
  ]
  const update = updateKernel(shape, runningTensors(network, layout, table, batch), {
    optimizer: recipe.optimizer,
    averaged: recipe.averageDecay !== null,
    clipped: recipe.clipNorm !== null,
    word: scalarWord,
  })
  return {
    network,
    layout,
    tiles,
    table,
    steps,
    gradient,
    update: { operation: 'update', layer: null, kernel: update },
    pack: { operation: 'packing', layer: null, kernel: packKernel(shape) },
    buffers: bufferSizes({ batch, recipe }, network, layout, table),
  }
}

/** All dispatches of a training step, in order. */
export function stepDispatches({ gradient, update }: GpuPlan): readonly Dispatch[] {
  return [...gradient, update]
}

/** Bytes that a step uploads: its record, the batch's indices in it. */
export function uploadedBytes({ steps }: GpuPlan): number {
  return 4 * steps.words
}

/** What the packed weights hold besides weights: the normalised bytes at `layout.table`. */
export function packedStart({ layout }: GpuPlan, { preprocess }: TrainingJob): Float32Array<ArrayBuffer> {
  const start = new Float32Array(4 * layout.packedSize)
  start.set(normalisationTable(preprocess), 4 * layout.table)
  return start
}

function augmentation({ recipe }: Pick<TrainingJob, 'recipe'>, steps: StepLayout, tiles: Tiles): Dispatch[] {
  if (recipe.augment === null || steps.draws === null) return []
  const kernel = augmentKernel({
    batch: steps.batch,
    width: tiles.width,
    stepWords: steps.words,
    draws: steps.draws,
    indices: steps.indices,
    elastic: elasticAmplitude(recipe.augment),
  })
  return [{ operation: 'augmentation', layer: null, kernel }]
}

function forward(context: KernelContext): Dispatch[] {
  const { stages, headInLoss } = context.network
  return (headInLoss ? stages.slice(0, -1) : stages).map((stage) => ({
    operation: operationName(stage),
    layer: layerOf(stage),
    kernel: forwardKernel(context, stage),
  }))
}

function backward(context: KernelContext): Dispatch[] {
  return context.network.stages
    .filter(hasSlopes)
    .toReversed()
    .map((stage) => ({
      operation: `gradient of ${operationName(stage)}`,
      layer: layerOf(stage),
      kernel: backwardKernel(context, stage),
    }))
}

function operationName({ operation }: Stage): string {
  switch (operation.kind) {
    case 'linear':
      return operation.flat ? 'matrix product' : 'convolution'
    case 'max-pool':
      return 'max pool'
    case 'average-pool':
      return 'average pool'
    case 'copy':
      return 'copy'
    case 'gather':
      return 'images'
  }
}

function layerOf({ operation, view }: Stage): number | null {
  return operation.kind === 'linear' ? operation.layer : view.norm
}

function runningTensors(
  { stages }: Network,
  layout: Layout,
  table: ParameterTable,
  batch: number,
): RunningTensor[] {
  return stages.flatMap(({ index, view, output }) => {
    const norm = layout.norm.get(index)
    if (view.norm === null || norm === undefined) return []
    const mean = findTensor(table, view.norm, 'running-mean')
    const variance = findTensor(table, view.norm, 'running-variance')
    const count = batch * pixels(output)
    const { constants } = norm
    return [{ mean: mean.offset, variance: variance.offset, size: mean.size, constants, count }]
  })
}

function bufferSizes(
  { batch, recipe }: Pick<TrainingJob, 'batch' | 'recipe'>,
  { stages, classes, headInLoss }: Network,
  layout: Layout,
  table: ParameterTable,
): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>([
    ['packed', 16 * layout.packedSize],
    ['statistics', 16 * layout.statisticsSize],
    ['partials', 16 * layout.partialSize],
    ['positions', 4 * layout.positions.length],
    ['gradient', 4 * table.trainable],
    ['weights', 4 * table.total],
    ['optimizer', 4 * table.trainable * optimizerSlots(recipe.optimizer)],
    ['logits', 4 * batch * classes],
  ])
  if (recipe.averageDecay !== null) sizes.set('average', 4 * table.total)
  if (recipe.augment !== null && stages[0] !== undefined)
    sizes.set('augmented', batch * shapeSize(stages[0].input))
  for (const stage of stages) {
    const groups = batch * pixels(stage.output) * fours(stage.output.channels)
    if (!(headInLoss && stage === stages.at(-1))) sizes.set(valuesOf(stage), 16 * groups)
    if (hasSlopes(stage)) sizes.set(slopesOf(stage), 16 * groups)
    if (keepsPlaces(stage)) sizes.set(placesOf(stage), 4 * groups)
  }
  return sizes
}

function keepsPlaces({ operation }: Stage): boolean {
  return operation.kind === 'max-pool' || (operation.kind === 'linear' && operation.pool !== null)
}
