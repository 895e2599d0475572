/**
 * Operations as descriptors: the words of assembly/descriptor.ts with every tensor and region at its address.
 * Over 250 lines because each kind of operation is written next to its kin, in the order of its words.
 */
import { dropoutScale, dropoutThreshold } from '../../../src/domain/training/dropout'
import type { Activation, OnceOperation, RangeOperation, Region, SliceOperation, Tensor } from '../plan'
import * as word from './assembly/descriptor'
import { encodeRecipe, type RecipeOperation } from './encode-recipe'
import { encodeWinograd, encodeWinogradOrder, type WinogradOperation } from './encode-winograd'
import type { Addresses, Words } from './views'
import { encodeEnding, plane, planes, regionAt, view } from './views'

/** Words of the longest descriptor, rounded up. */
export const DESCRIPTOR_WORDS = 40

/** Name of the kernel that runs an operation. */
export type KernelName =
  | 'augment'
  | 'gather'
  | 'convolve'
  | 'filterGradient'
  | 'filterGradientRange'
  | 'finish'
  | 'apply'
  | 'dropoutMask'
  | 'undo'
  | 'undoNormalised'
  | 'maxPool'
  | 'maxUnpool'
  | 'pooledFilterGradient'
  | 'pooledInputGradient'
  | 'averagePool'
  | 'averageUnpool'
  | 'flatten'
  | 'unflatten'
  | 'loss'
  | 'normForward'
  | 'normBackward'
  | 'reduce'
  | 'reduceSums'
  | 'gradientNorm'
  | 'clip'
  | 'optimize'
  | 'average'
  | 'pack'
  | 'winogradInput'
  | 'winogradGradient'
  | 'winogradMultiply'
  | 'winogradOutput'
  | 'winogradInputGradient'
  | 'winogradFilterGradient'
  | 'winogradReduce'
  | 'winogradPack'

const KERNELS: Record<(SliceOperation | OnceOperation | RangeOperation)['kind'], KernelName> = {
  augment: 'augment',
  gather: 'gather',
  convolve: 'convolve',
  'filter-gradient': 'filterGradient',
  'filter-gradient-range': 'filterGradientRange',
  finish: 'finish',
  apply: 'apply',
  'dropout-mask': 'dropoutMask',
  undo: 'undo',
  'undo-normalised': 'undoNormalised',
  'max-pool': 'maxPool',
  'max-unpool': 'maxUnpool',
  'pooled-filter-gradient': 'pooledFilterGradient',
  'pooled-input-gradient': 'pooledInputGradient',
  'average-pool': 'averagePool',
  'average-unpool': 'averageUnpool',
  flatten: 'flatten',
  unflatten: 'unflatten',
  loss: 'loss',
  'norm-forward': 'normForward',
  'norm-backward': 'normBackward',
  reduce: 'reduce',
  'reduce-sums': 'reduceSums',
  'gradient-norm': 'gradientNorm',
  clip: 'clip',
  optimize: 'optimize',
  average: 'average',
  pack: 'pack',
  'winograd-input': 'winogradInput',
  'winograd-gradient': 'winogradGradient',
  'winograd-multiply': 'winogradMultiply',
  'winograd-output': 'winogradOutput',
  'winograd-input-gradient': 'winogradInputGradient',
  'winograd-filter-gradient': 'winogradFilterGradient',
  'winograd-reduce': 'winogradReduce',
  'winograd-pack': 'winogradPack',
}

export function kernelOf(operation: SliceOperation | OnceOperation | RangeOperation): KernelName {
  return KERNELS[operation.kind]
}

/** The words of one operation. @throws RangeError when a piece of memory has no place in the plan: a bug. */
export function encode(
  operation: SliceOperation | OnceOperation | RangeOperation,
  at: Addresses,
): Int32Array {
  const integers = new Int32Array(DESCRIPTOR_WORDS)
  const words: Words = { at, integers, floats: new Float32Array(integers.buffer) }
  switch (operation.kind) {
    case 'norm-forward':
    case 'norm-backward':
      encodeNorm(words, operation)
      break
    case 'reduce':
    case 'winograd-reduce':
    case 'reduce-sums':
    case 'pack':
    case 'winograd-pack':
      encodeRange(words, operation)
      break
    case 'dropout-mask':
      integers[word.MASK_KEY] = regionAt(at, at.plan.roots.maskKeys) + operation.mask.layer * 4
      integers[word.MASK_BITS] = regionAt(at, operation.mask.region)
      integers[word.MASK_GROUPS] = operation.mask.imageBytes
      integers[word.MASK_THRESHOLD] = dropoutThreshold(operation.mask.rate)
      break
    case 'augment':
    case 'gradient-norm':
    case 'clip':
    case 'optimize':
    case 'average':
      encodeRecipe(words, operation)
      break
    case 'filter-gradient-range':
      encodeConvolution(words, operation.input, operation.gradient, operation.geometry)
      integers[word.CONV_PARTIAL] = regionAt(at, operation.partial)
      break
    case 'winograd-input':
    case 'winograd-gradient':
    case 'winograd-multiply':
    case 'winograd-output':
    case 'winograd-input-gradient':
    case 'winograd-filter-gradient':
      encodeWinograd(words, operation)
      break
    case 'gather':
    case 'convolve':
    case 'filter-gradient':
    case 'finish':
    case 'apply':
    case 'undo':
    case 'undo-normalised':
    case 'max-pool':
    case 'max-unpool':
    case 'pooled-filter-gradient':
    case 'pooled-input-gradient':
    case 'average-pool':
    case 'average-unpool':
    case 'flatten':
    case 'unflatten':
    case 'loss':
      encodeSlice(words, operation)
      break
  }
  return integers
}

function encodeSlice(
  words: Words,
  operation: Exclude<SliceOperation, { kind: 'dropout-mask' } | WinogradOperation | RecipeOperation>,
): void {
  const { at, integers } = words
  switch (operation.kind) {
    case 'gather':
      plane(words, operation.output, [operation.output])
      integers[word.GATHER_SOURCE] = regionAt(at, operation.source)
      integers[word.GATHER_TABLE] = regionAt(at, at.plan.roots.table)
      break
    case 'convolve':
      encodeConvolution(words, operation.input, operation.output, operation.geometry)
      integers[word.VECTORS] = operation.vectors
      integers[word.CONV_WEIGHTS] = regionAt(at, operation.weights)
      encodeEnding(words, operation.ending)
      break
    case 'filter-gradient':
      encodeConvolution(words, operation.input, operation.gradient, operation.geometry)
      integers[word.CONV_PARTIAL] = regionAt(at, operation.partial)
      integers[word.CONV_PARTIAL_STRIDE] = operation.partialBytes
      break
    case 'finish':
    case 'apply':
    case 'undo':
    case 'undo-normalised':
      encodePoint(words, operation)
      break
    case 'max-pool':
    case 'max-unpool':
    case 'average-pool':
    case 'average-unpool':
    case 'flatten':
    case 'unflatten':
      encodePool(words, operation)
      break
    case 'pooled-filter-gradient':
    case 'pooled-input-gradient':
      encodePooled(words, operation)
      break
    case 'loss':
      plane(words, operation.logits, [operation.logits, operation.gradient])
      integers[word.LOSS_LABELS] = regionAt(at, at.plan.roots.labels)
      integers[word.LOSS_CLASSES] = operation.logits.channels
      integers[word.LOSS_BATCH] = at.plan.batch
      integers[word.LOSS_PARTIAL] = regionAt(at, at.plan.roots.lossPartial)
      words.floats[word.LOSS_SMOOTHING] = operation.smoothing
      break
  }
}

function encodeConvolution(
  words: Words,
  input: Tensor,
  output: Tensor,
  geometry: Extract<SliceOperation, { kind: 'convolve' }>['geometry'],
): void {
  const { integers } = words
  // The kernel's window begins in the zero columns, so the input's view does too.
  view(words, word.FIRST_VIEW, input, geometry.flat, input.pad)
  view(words, word.SECOND_VIEW, output, geometry.flat, 0)
  integers[word.HEIGHT] = output.height
  integers[word.WIDTH] = output.width
  integers[word.VECTORS] = output.lanes / 4
  integers[word.FLAT] = geometry.flat ? 1 : 0
  integers[word.CONV_INPUT_HEIGHT] = geometry.inputHeight
  integers[word.CONV_ROW_PADDING] = geometry.rowPadding
  integers[word.CONV_KERNEL_ROWS] = geometry.rows
  integers[word.CONV_RUN] = geometry.run * 4
}

type PointOperation = Extract<
  SliceOperation,
  { kind: 'finish' } | { kind: 'apply' } | { kind: 'undo' } | { kind: 'undo-normalised' }
>

function encodePoint(words: Words, operation: PointOperation): void {
  const { at, integers, floats } = words
  const { activation } = operation
  let flags = activationFlag(activation)
  if (activation.kind === 'leaky-relu') floats[word.POINT_SLOPE] = activation.slope
  if (operation.kind === 'finish') {
    plane(words, operation.tensor, [operation.tensor])
    if (operation.bias !== null) {
      flags |= word.FLAG_BIAS
      integers[word.POINT_BIAS] = regionAt(at, operation.bias)
    }
  } else if (operation.kind === 'apply') plane(words, operation.input, [operation.input, operation.output])
  else plane(words, operation.value, [operation.gradient, operation.value, operation.output])
  if (operation.kind !== 'apply' && operation.sums !== null) {
    flags |= word.FLAG_SUMS
    integers[word.POINT_SUMS] = regionAt(at, operation.sums.region)
    integers[word.POINT_SUMS_STRIDE] = operation.sums.lanes * 2 * 8
  }
  if (operation.kind !== 'finish' && operation.norm !== null) {
    const { norm } = operation
    flags |= word.FLAG_NORM
    integers[word.POINT_NORM_SCALE] = regionAt(at, norm.scale)
    integers[word.POINT_NORM_SHIFT] = regionAt(at, norm.shift)
    integers[word.POINT_GRADIENT_SCALE] = regionAt(at, norm.gradientScale)
    integers[word.POINT_VALUE_SCALE] = regionAt(at, norm.valueScale)
    integers[word.POINT_OFFSET] = regionAt(at, norm.offset)
  }
  if ((operation.kind === 'apply' || operation.kind === 'undo') && operation.mask !== null) {
    const { mask } = operation
    flags |= word.FLAG_MASK
    integers[word.POINT_MASK] = regionAt(at, mask.region)
    integers[word.POINT_MASK_IMAGE] = mask.imageBytes
    integers[word.POINT_MASK_ROW] = mask.rowBits
    integers[word.POINT_MASK_PIXEL] = mask.pixelBits
    floats[word.POINT_MASK_SCALE] = dropoutScale(mask.rate)
  }
  integers[word.POINT_FLAGS] = flags
}

function activationFlag(activation: Activation): number {
  switch (activation.kind) {
    case 'none':
      return 0
    case 'relu':
      return word.FLAG_RELU
    case 'leaky-relu':
      return word.FLAG_LEAKY
  }
}

type PoolOperation = Extract<
  SliceOperation,
  | { kind: 'max-pool' }
  | { kind: 'max-unpool' }
  | { kind: 'average-pool' }
  | { kind: 'average-unpool' }
  | { kind: 'flatten' }
  | { kind: 'unflatten' }
>

function encodePool(words: Words, operation: PoolOperation): void {
  const { at, integers } = words
  const source = 'input' in operation ? operation.input : operation.gradient
  // Forward and backward alike, the plane that is walked is the smaller one, the vectors' for flattening the larger one.
  const flattening = operation.kind === 'flatten' || operation.kind === 'unflatten'
  const forward = 'input' in operation
  const [large, small] = forward ? [source, operation.output] : [operation.output, source]
  planes(words, flattening ? large : small, [source, operation.output])
  integers[word.VECTORS] = large.lanes / 4
  if (flattening) {
    integers[word.FLATTEN_CHANNELS] = large.channels
    return
  }
  integers[word.POOL_SIZE] = operation.size
  integers[word.POOL_INPUT_HEIGHT] = large.height
  integers[word.POOL_INPUT_WIDTH] = large.width
  integers[word.POOL_ADAPTIVE] = operation.size === 0 ? 1 : 0
  if (operation.kind === 'max-pool' || operation.kind === 'max-unpool') {
    integers[word.POOL_WINNERS] = operation.winners === null ? 0 : regionAt(at, operation.winners)
    integers[word.POOL_WINNERS_IMAGE] = small.height * small.width * small.lanes
  }
}

function encodePooled(
  words: Words,
  operation: Extract<SliceOperation, { kind: 'pooled-filter-gradient' } | { kind: 'pooled-input-gradient' }>,
): void {
  const { at, integers } = words
  const { gradient, winners } = operation
  const large = operation.kind === 'pooled-filter-gradient' ? operation.input : operation.output
  planes(words, gradient, [gradient, large])
  integers[word.VECTORS] = large.lanes / 4
  integers[word.POOL_INPUT_HEIGHT] = large.height
  integers[word.POOL_INPUT_WIDTH] = large.width
  integers[word.POOL_WINNERS] = regionAt(at, winners)
  integers[word.POOL_WINNERS_IMAGE] = gradient.height * gradient.width * gradient.lanes
  integers[word.POOLED_CHANNELS] = gradient.channels
  if (operation.kind === 'pooled-input-gradient')
    integers[word.POOLED_WEIGHTS] = regionAt(at, operation.weights)
  else {
    integers[word.POOLED_PARTIAL] = regionAt(at, operation.partial)
    integers[word.POOLED_PARTIAL_STRIDE] = operation.partialBytes
  }
}

function encodeNorm(words: Words, operation: Exclude<OnceOperation, RecipeOperation>): void {
  const { at, integers } = words
  const { norm } = operation
  const { plan } = at
  const forward = operation.kind === 'norm-forward'
  const sums = forward ? norm.forwardSums : norm.backwardSums
  const parameter = (role: string, root: Region): number => {
    const found = plan.parameters.tensors.find((entry) => entry.layer === norm.layer && entry.role === role)
    return regionAt(at, root) + (found?.offset ?? 0) * 4
  }
  integers[word.NORM_SUMS] = regionAt(at, sums.region)
  integers[word.NORM_SUMS_STRIDE] = sums.lanes * 2 * 8
  integers[word.NORM_SLICES] = plan.slices.length
  integers[word.NORM_CHANNELS] = norm.channels
  integers[word.NORM_LANES] = norm.lanes
  integers[word.NORM_COUNT] = norm.count
  integers[word.NORM_MOMENTS] = regionAt(at, norm.moments)
  integers[word.NORM_SCALE] = parameter('scale', plan.roots.weights)
  integers[word.NORM_SHIFT] = parameter('shift', plan.roots.weights)
  integers[word.NORM_RUNNING_MEAN] = parameter('running-mean', plan.roots.weights)
  integers[word.NORM_RUNNING_VARIANCE] = parameter('running-variance', plan.roots.weights)
  integers[word.NORM_GRADIENT_SCALE] = parameter('scale', plan.roots.gradient)
  integers[word.NORM_GRADIENT_SHIFT] = parameter('shift', plan.roots.gradient)
  const outputs = forward ? [norm.scale, norm.shift] : [norm.gradientScale, norm.valueScale, norm.offset]
  outputs.forEach((region, index) => {
    integers[word.NORM_OUT_0 + index] = regionAt(at, region)
  })
}

function encodeRange(
  words: Words,
  operation: Exclude<RangeOperation, { kind: 'filter-gradient-range' } | RecipeOperation>,
): void {
  const { at, integers } = words
  const { roots } = at.plan
  switch (operation.kind) {
    case 'reduce':
    case 'winograd-reduce':
      integers[word.REDUCE_PARTIAL] = regionAt(at, operation.partial)
      integers[word.REDUCE_STRIDE] = operation.partialBytes
      integers[word.REDUCE_SLICES] = operation.slices
      integers[word.REDUCE_LENGTH] = operation.order.map.length
      integers[word.REDUCE_MAP] = regionAt(at, operation.order.mapRegion)
      integers[word.REDUCE_TARGET] = regionAt(at, roots.gradient)
      encodeWinogradOrder(words, operation.order, { tile: word.REDUCE_TILE, tap: word.REDUCE_TAP })
      break
    case 'reduce-sums':
      integers[word.REDUCE_PARTIAL] = regionAt(at, operation.sums.region)
      integers[word.REDUCE_STRIDE] = operation.sums.lanes * 2 * 8
      integers[word.REDUCE_SLICES] = operation.slices
      integers[word.REDUCE_LENGTH] = operation.channels
      integers[word.REDUCE_TARGET] = regionAt(at, roots.gradient) + operation.offset * 4
      break
    case 'pack':
    case 'winograd-pack':
      integers[word.PACK_MAP] = regionAt(at, operation.packing.order.mapRegion)
      integers[word.PACK_LENGTH] = operation.packing.order.map.length
      integers[word.PACK_SOURCE] = regionAt(at, roots.weights)
      integers[word.PACK_TARGET] = regionAt(at, operation.packing.target)
      encodeWinogradOrder(words, operation.packing.order, { tile: word.PACK_TILE, tap: word.PACK_TAP })
      break
  }
}
