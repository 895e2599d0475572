import type { LabelledImages } from '../../src/domain/dataset/dataset'
import { CLASS_COUNT } from '../../src/domain/dataset/dataset'
import { IMAGE_PIXELS } from '../../src/domain/image/preprocess'
import { readLogitRow } from '../../src/domain/metrics/softmax'
import type { SplitScore } from '../../src/domain/training/events'
import type { EngineHost, Predictor } from './contract'

/** Images between two looks at the message queue. */
const STRETCH = 1024

/**
 * Runs a predictor over some images of a split and lets messages in on the way.
 *
 * @param indices which images; all in order when omitted
 * @returns count × 10 logits, in the order of the indices
 * @throws RangeError when an index lies outside the split
 */
export async function predictSplit(
  predictor: Pick<Predictor, 'predict'>,
  split: LabelledImages,
  host: Pick<EngineHost, 'breathe'>,
  indices?: Uint32Array,
): Promise<Float32Array> {
  const count = indices?.length ?? split.count
  const logits = new Float32Array(count * CLASS_COUNT)
  for (let first = 0; first < count; first += STRETCH) {
    const size = Math.min(STRETCH, count - first)
    const images =
      indices === undefined
        ? split.images.subarray(first * IMAGE_PIXELS, (first + size) * IMAGE_PIXELS)
        : pick(split, indices.subarray(first, first + size))
    logits.set(await predictor.predict(images), first * CLASS_COUNT)
    await host.breathe()
  }
  return logits
}

/** Mean loss and accuracy of a predictor over some images of a split. @throws RangeError when there is no image. */
export async function scoreSplit(
  predictor: Predictor,
  split: LabelledImages,
  indices: Uint32Array,
  host: Pick<EngineHost, 'breathe'>,
): Promise<SplitScore> {
  const count = indices.length
  if (count === 0) throw new RangeError('a score needs at least one image, found none')
  const logits = await predictSplit(predictor, split, host, indices)
  let loss = 0
  let correct = 0
  for (const [row, index] of indices.entries()) {
    const label = split.labels[index] ?? Number.NaN
    const { label: answer, logSum } = readLogitRow(logits, row)
    loss += logSum - (logits[row * CLASS_COUNT + label] ?? Number.NaN)
    if (answer === label) correct++
  }
  return { loss: loss / count, accuracy: correct / count, count }
}

function pick(split: LabelledImages, indices: Uint32Array): Uint8Array {
  const images = new Uint8Array(indices.length * IMAGE_PIXELS)
  for (const [row, index] of indices.entries()) {
    if (index >= split.count)
      throw new RangeError(`the split has ${split.count} images, image ${index} was asked for`)
    images.set(split.images.subarray(index * IMAGE_PIXELS, (index + 1) * IMAGE_PIXELS), row * IMAGE_PIXELS)
  }
  return images
}
