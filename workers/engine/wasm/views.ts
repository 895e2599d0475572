/** Where tensors and regions lie, as the words of a descriptor. */
import type { Ending, Plan, Region, Tensor } from '../plan'
import { imageBytes } from '../plan'
import * as word from './assembly/descriptor'

export interface Addresses {
  readonly plan: Plan
  /** Where shared memory and this thread's scratch begin, in bytes. */
  readonly shared: number
  readonly scratch: number
}

/** A descriptor under construction: integers and floats over the same words. */
export interface Words {
  readonly at: Addresses
  readonly integers: Int32Array
  readonly floats: Float32Array
}

const VIEWS = [word.FIRST_VIEW, word.SECOND_VIEW, word.THIRD_VIEW] as const

/** Views of tensors walked together, pixel by pixel; a plane of one pixel is walked along the images. */
export function plane(words: Words, shape: Tensor, tensors: readonly Tensor[]): void {
  const flat = shape.height === 1 && shape.width === 1
  VIEWS.slice(0, tensors.length).forEach((slot, index) => {
    view(words, slot, tensors[index] ?? shape, flat, 0)
  })
  words.integers[word.HEIGHT] = shape.height
  words.integers[word.WIDTH] = shape.width
  words.integers[word.VECTORS] = shape.lanes / 4
  words.integers[word.FLAT] = flat ? 1 : 0
}

/** Views of tensors of different extents, each with its own pixels. */
export function planes(words: Words, shape: Tensor, tensors: readonly Tensor[]): void {
  VIEWS.slice(0, tensors.length).forEach((slot, index) => {
    view(words, slot, tensors[index] ?? shape, false, 0)
  })
  words.integers[word.HEIGHT] = shape.height
  words.integers[word.WIDTH] = shape.width
}

/** Five words; `back` columns before the first pixel are part of the view. */
export function view(words: Words, slot: number, tensor: Tensor, flat: boolean, back: number): void {
  const { at, integers } = words
  const place = at.plan.memory.tensors.get(tensor)
  if (place === undefined) throw new RangeError(`tensor ${tensor.name} has no place in this plan`)
  const pixel = tensor.lanes * 4
  const origin = place.scope === 'shared' ? at.shared : at.scratch
  integers[slot + word.VIEW_BASE] = origin + place.offset + (tensor.pad - back) * pixel
  integers[slot + word.VIEW_FIRST] = place.scope === 'shared' ? imageBytes(tensor) : 0
  integers[slot + word.VIEW_IMAGE] = imageBytes(tensor)
  integers[slot + word.VIEW_ROW] = (tensor.width + 2 * tensor.pad) * pixel
  integers[slot + word.VIEW_PIXEL] = flat ? imageBytes(tensor) : pixel
}

/** Byte address of a region. @throws RangeError when it has none: a bug. */
export function regionAt(at: Pick<Addresses, 'plan' | 'shared'>, region: Region): number {
  const offset = at.plan.memory.regions.get(region)
  if (offset === undefined) throw new RangeError(`region ${region.name} has no place in this plan`)
  return at.shared + offset
}

/** How a convolution ends; nothing for one that ends with its sums. */
export function encodeEnding({ at, integers }: Words, ending: Ending | null): void {
  if (ending === null) return
  integers[word.ENDING] =
    (ending.bias === null ? 0 : word.FLAG_BIAS) | (ending.rectified ? word.FLAG_RELU : 0)
  integers[word.ENDING_BIAS] = ending.bias === null ? 0 : regionAt(at, ending.bias)
}
