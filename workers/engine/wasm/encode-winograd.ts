/** Winograd's operations as descriptors. */
import type { Order, SliceOperation, Tensor } from '../plan'
import * as word from './assembly/descriptor'
import type { Words } from './views'
import { encodeEnding, regionAt, view } from './views'

export type WinogradOperation = Extract<SliceOperation, { readonly tiling: unknown }>

/** @throws RangeError when a tensor of points has no place in scratch: a bug */
export function encodeWinograd(words: Words, operation: WinogradOperation): void {
  const { at, integers } = words
  const { tiling } = operation
  integers[word.WINOGRAD_TILE] = tiling.tile
  integers[word.WINOGRAD_ROWS] = tiling.rows
  integers[word.WINOGRAD_COLUMNS] = tiling.columns
  integers[word.WINOGRAD_PADDING] = tiling.padding
  switch (operation.kind) {
    case 'winograd-input':
    case 'winograd-gradient':
      encodeTransform(words, operation, { image: operation.input, points: operation.output })
      break
    case 'winograd-output':
      encodeTransform(words, operation, { image: operation.output, points: operation.input })
      encodeEnding(words, operation.ending)
      break
    case 'winograd-input-gradient':
      encodeTransform(words, operation, { image: operation.output, points: operation.input })
      break
    case 'winograd-multiply':
      points(words, word.FIRST_VIEW, operation.input)
      points(words, word.SECOND_VIEW, operation.output)
      integers[word.VECTORS] = operation.output.lanes / 4
      integers[word.WINOGRAD_WEIGHTS] = regionAt(at, operation.weights)
      break
    case 'winograd-filter-gradient':
      points(words, word.FIRST_VIEW, operation.input)
      points(words, word.SECOND_VIEW, operation.gradient)
      integers[word.VECTORS] = operation.gradient.lanes / 4
      integers[word.WINOGRAD_PARTIAL] = regionAt(at, operation.partial)
      integers[word.WINOGRAD_PARTIAL_STRIDE] = operation.partialBytes
      break
  }
}

/** How an order of filters' first taps becomes one of all taps: two words. Nothing where the order has no points. */
export function encodeWinogradOrder(
  { integers }: Words,
  { filter }: Order,
  slots: { readonly tile: number; readonly tap: number },
): void {
  if (filter === null) return
  integers[slots.tile] = filter.tile
  integers[slots.tap] = filter.tapStride * 4
}

function encodeTransform(
  words: Words,
  operation: Extract<WinogradOperation, { readonly between: unknown }>,
  { image, points: transformed }: { readonly image: Tensor; readonly points: Tensor },
): void {
  const { integers } = words
  const inputFirst = operation.input === image
  view(words, inputFirst ? word.FIRST_VIEW : word.SECOND_VIEW, image, false, 0)
  points(words, inputFirst ? word.SECOND_VIEW : word.FIRST_VIEW, transformed)
  points(words, word.THIRD_VIEW, operation.between)
  integers[word.HEIGHT] = image.height
  integers[word.WIDTH] = image.width
  integers[word.VECTORS] = image.lanes / 4
}

/** A tensor that is not laid out image by image, which only scratch can be. */
function points(words: Words, slot: number, tensor: Tensor): void {
  if (words.at.plan.memory.tensors.get(tensor)?.scope !== 'thread')
    throw new RangeError(`tensor ${tensor.name} must be used within one group of operations`)
  view(words, slot, tensor, false, 0)
}
