import { CLASS_COUNT, type LabelledImages } from '../../../src/domain/dataset/dataset'
import { IMAGE_PIXELS } from '../../../src/domain/image/preprocess'
import { permutation, PURPOSE, streamKey } from '../../../src/domain/random'
import { chanceOf } from './chance'
import { newSheet, writeDigit } from './hand'

/** Recorded with every generated dataset: the same seed and version give the same bytes. Raise it with any change of a byte. */
export const BUILT_IN_GENERATOR_VERSION = 1

/** A million digits are 784 MB: about what a page can hold. */
const MAX_COUNT = 1_000_000
/** Digits between two looks at the abort signal: about a twentieth of a second. */
const CHUNK = 400
/** Streams from here on decide labels, streams below write images. */
const LABEL_STREAM = 0x8000_0000

export interface GenerateOptions {
  /** Number of the first digit; a test split starts where the training split ends. Default 0. */
  readonly first?: number
}

export interface GenerateProgress {
  readonly done: number
  readonly total: number
}

/**
 * Digits `first` … `first + count − 1` of the endless series that a seed stands for; each is made alone from its number. Every
 * ten in a row (0–9, 10–19, …) hold each class once, in random order.
 *
 * @throws RangeError when the count is not a whole number from 1 to 1,000,000 or `first` is not one from 0 to 2³¹ − 1.
 */
export function generateDigits(seed: number, count: number, options: GenerateOptions = {}): LabelledImages {
  const set = emptySet(count, options)
  fill(set, seed, options.first ?? 0, 0, count)
  return set
}

/**
 * As {@link generateDigits}, in chunks between which messages come in; an aborted signal ends it by throwing its reason.
 *
 * @yields how many digits are written.
 */
export async function* generateDigitsInChunks(
  seed: number,
  count: number,
  options: GenerateOptions & { readonly signal?: AbortSignal } = {},
): AsyncGenerator<GenerateProgress, LabelledImages> {
  const set = emptySet(count, options)
  for (let from = 0; from < count; from += CHUNK) {
    options.signal?.throwIfAborted()
    const to = Math.min(count, from + CHUNK)
    fill(set, seed, options.first ?? 0, from, to)
    yield { done: to, total: count }
    // An abort arrives as a message: only a turn of the event loop lets it in.
    await new Promise((resolve) => setTimeout(resolve, 0))
  }
  options.signal?.throwIfAborted()
  return set
}

function emptySet(count: number, { first = 0 }: GenerateOptions): LabelledImages {
  if (!Number.isInteger(count) || count < 1 || count > MAX_COUNT)
    throw new RangeError(`a generated set holds 1 to ${MAX_COUNT} digits, found ${count}`)
  if (!Number.isInteger(first) || first < 0 || first + count > LABEL_STREAM)
    throw new RangeError(
      `the first digit's number must be a whole number from 0 to 2³¹ − count, found ${first}`,
    )
  return { count, images: new Uint8Array(count * IMAGE_PIXELS), labels: new Uint8Array(count) }
}

function fill(set: LabelledImages, seed: number, first: number, from: number, to: number): void {
  const sheet = newSheet()
  for (let at = from; at < to; at++) {
    const number = first + at
    const label = labelOf(seed, number)
    const chance = chanceOf(streamKey(seed, PURPOSE.generateDigits, number))
    set.labels[at] = label
    set.images.set(writeDigit(label, chance, sheet), at * IMAGE_PIXELS)
  }
}

function labelOf(seed: number, number: number): number {
  const block = Math.floor(number / CLASS_COUNT)
  const order = permutation(CLASS_COUNT, streamKey(seed, PURPOSE.generateDigits, LABEL_STREAM + block))
  return order[number % CLASS_COUNT] as number
}
