import type { LabelledImages } from '../../src/domain/dataset/dataset'
import { sampleWindow, shiftedWindow, type ShiftKind } from '../../src/domain/drift/shift'
import { IMAGE_PIXELS } from '../../src/domain/image/preprocess'
import { SessionError } from './serve'

/** Images whose truth may be known, and how many of them there were to choose from. */
export interface Window {
  readonly images: Uint8Array
  readonly labels: Uint8Array | null
  readonly available: number
}

type Split = Pick<LabelledImages, 'count' | 'images'> & { readonly labels: Uint8Array | null }

/** All of a split, or a random part of it. */
export function sampled({ count, images, labels }: Split, sample: number | null, seed: number): Window {
  if (count === 0) throw new SessionError('bad-input', 'A window needs at least one image, found none.')
  if (sample === null || sample >= count) return { images, labels, available: count }
  const indices = sampleWindow(count, sample, seed)
  const chosen = new Uint8Array(indices.length * IMAGE_PIXELS)
  for (const [row, index] of indices.entries())
    chosen.set(images.subarray(index * IMAGE_PIXELS, (index + 1) * IMAGE_PIXELS), row * IMAGE_PIXELS)
  const known = labels === null ? null : Uint8Array.from(indices, (index) => labels[index] ?? 0)
  return { images: chosen, labels: known, available: count }
}

/** A random part of a split with a shift done to it. */
export function shifted(
  split: LabelledImages,
  shift: ShiftKind,
  strength: number,
  sample: number,
  seed: number,
): Window {
  const { images, labels } = shiftedWindow(split, shift, strength, sample, seed)
  return { images, labels, available: split.count }
}
