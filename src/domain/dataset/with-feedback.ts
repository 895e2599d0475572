import { IMAGE_PIXELS } from '../image/preprocess'
import { CLASS_COUNT, type LabelledImages } from './dataset'

/** A digit that a person named: 784 bytes as the model saw them, and what it is. */
export interface NamedDigit {
  readonly digit: Uint8Array
  readonly label: number
}

/**
 * The same splits with the named digits behind the training digits, in the order given. The test split is left alone: what a
 * model is measured on does not change because it erred elsewhere.
 *
 * @throws RangeError when a digit has not 784 bytes or a label lies outside 0…9.
 */
export function withFeedback<
  Splits extends { readonly train: LabelledImages; readonly test: LabelledImages },
>(
  { train, test }: Splits,
  named: readonly NamedDigit[],
): { readonly train: LabelledImages; readonly test: LabelledImages } {
  const count = train.count + named.length
  const images = new Uint8Array(count * IMAGE_PIXELS)
  const labels = new Uint8Array(count)
  images.set(train.images)
  labels.set(train.labels)
  for (const [offset, { digit, label }] of named.entries()) {
    if (digit.length !== IMAGE_PIXELS)
      throw new RangeError(`a digit has ${IMAGE_PIXELS} bytes, found ${digit.length}`)
    if (!Number.isInteger(label) || label < 0 || label >= CLASS_COUNT)
      throw new RangeError(`a label must lie in 0…9, found ${label}`)
    images.set(digit, (train.count + offset) * IMAGE_PIXELS)
    labels[train.count + offset] = label
  }
  return { train: { count, images, labels }, test }
}
