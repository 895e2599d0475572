import { sampleAgrees, type SampleCount } from '../../src/domain/bundle/sample'
import type { LabelledImages } from '../../src/domain/dataset/dataset'
import { CLASS_COUNT } from '../../src/domain/dataset/dataset'
import type { Sha256 } from '../../src/domain/ids'
import { IMAGE_PIXELS } from '../../src/domain/image/preprocess'
import { readLogitRow } from '../../src/domain/metrics/softmax'
import type { BundleOutcome, VerifiedBundle } from './contract'
import { failure, success } from './outcome'
import { rehearse, type Answering } from './rehearse'

/** A labelled split that is stored here. */
export interface StoredSplit {
  readonly digest: Sha256
  readonly images: LabelledImages
}

export interface BundleProof {
  /** Of any logit of the golden vectors. */
  readonly largestDifference: number
  /** Images of its own test split that were read again; null where that split is not stored here. */
  readonly sample: SampleCount | null
}

/** So many images show a figure that is off by a point. */
const SAMPLE = 2000
/** Images that are read together. */
const TOGETHER = 500

/**
 * What an import must show beyond its digests: that the model answers its golden vectors, and, where its test split is at hand, that
 * its stored accuracy is one that it has.
 *
 * @param split the split that the stored figures are of, if it is stored here
 */
export async function proveBundle(
  bundle: VerifiedBundle,
  predictor: Answering,
  split: StoredSplit | null,
): Promise<BundleOutcome<BundleProof>> {
  const { largestDifference, problem } = await rehearse(bundle, predictor)
  if (problem !== null) return { ok: false, problem }
  const { evaluation } = bundle
  if (evaluation === null || split?.digest !== evaluation.splitDigest)
    return success({ largestDifference, sample: null })
  const sample = await readSample(split.images, predictor)
  if (sampleAgrees(evaluation, sample)) return success({ largestDifference, sample })
  return failure(
    'digest-mismatch',
    `The bundle says that the model reads ${percent(evaluation.correct, evaluation.count)} of its test digits, but of ${sample.count} of them it reads ${percent(sample.correct, sample.count)} here. Its figures are not its own; export it again.`,
  )
}

/** Images spread evenly over a split. */
export async function readSample(
  { count, images, labels }: LabelledImages,
  predictor: Answering,
  most = SAMPLE,
): Promise<SampleCount> {
  const size = Math.min(count, most)
  const chosen = Array.from({ length: size }, (_, at) => Math.floor((at * count) / size))
  let correct = 0
  for (let first = 0; first < size; first += TOGETHER) {
    const indices = chosen.slice(first, first + TOGETHER)
    const together = new Uint8Array(indices.length * IMAGE_PIXELS)
    for (const [row, index] of indices.entries())
      together.set(images.subarray(index * IMAGE_PIXELS, (index + 1) * IMAGE_PIXELS), row * IMAGE_PIXELS)
    const logits = await predictor.predict(together)
    if (logits.length !== indices.length * CLASS_COUNT)
      throw new RangeError(`${indices.length} images were answered with ${logits.length} logits`)
    for (const [row, index] of indices.entries())
      if (readLogitRow(logits, row).label === labels[index]) correct++
  }
  return { count: size, correct }
}

function percent(part: number, whole: number): string {
  return `${((100 * part) / whole).toFixed(2)} %`
}
