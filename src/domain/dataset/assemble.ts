import { datasetIdOf, type DigestFn, type EpochMillis } from '../ids'
import { IMAGE_PIXELS, type Preprocess } from '../image/preprocess'
import {
  CLASS_COUNT,
  type Dataset,
  type DatasetRecord,
  type DatasetSource,
  type DerivedFrom,
  type LabelledImages,
  type SplitRecord,
} from './dataset'
import { digestDataset, digestSplit } from './digest'
import { countLeaks, profileSplit } from './profile'

export interface DatasetParts {
  readonly name: string
  readonly source: DatasetSource
  readonly preprocess: Preprocess
  readonly now: EpochMillis
  readonly train: LabelledImages
  readonly test: LabelledImages
  /** Among the datasets of this name, where they are counted. */
  readonly version?: number
  readonly derivedFrom?: DerivedFrom
}

export type AssembleOutcome =
  | { readonly ok: true; readonly dataset: Dataset }
  | { readonly ok: false; readonly problem: { readonly code: 'bad-input'; readonly message: string } }

/**
 * Makes a dataset of two splits: checks counts and the label range, profiles and digests both. The pixels are kept, not
 * copied. Bad splits are an answer with one message; `digest` failing rejects.
 */
export async function assembleDataset(parts: DatasetParts, digest: DigestFn): Promise<AssembleOutcome> {
  const { name, source, preprocess, now, train, test, version, derivedFrom } = parts
  const message = splitFault(train, 'training') ?? splitFault(test, 'test')
  if (message !== null) return { ok: false, problem: { code: 'bad-input', message } }

  const trainRecord = await recordSplit(train, digest)
  const testRecord = await recordSplit(test, digest)
  const datasetDigest = await digestDataset(trainRecord.digest, testRecord.digest, digest)
  const record: DatasetRecord = {
    id: datasetIdOf(datasetDigest),
    name,
    source,
    digest: datasetDigest,
    train: trainRecord,
    test: testRecord,
    preprocess,
    leaks: countLeaks(train, test),
    createdAt: now,
    ...(version === undefined ? {} : { version }),
    ...(derivedFrom === undefined ? {} : { derivedFrom }),
  }
  return { ok: true, dataset: { record, train, test } }
}

/** What is wrong with a split, as one sentence with the way out, or null. `which` names it: "training" or "test". */
export function splitFault(split: LabelledImages, which: string): string | null {
  const { count, images, labels } = split
  if (count < 1)
    return `The ${which} split must hold at least one image, found none. Choose files with digits in them.`
  if (labels.length !== count)
    return `The ${which} split has ${count} images and ${labels.length} labels: each image needs one label. Take both from the same copy of the dataset.`
  if (images.length !== count * IMAGE_PIXELS)
    return `The ${which} split's ${count} images need ${count * IMAGE_PIXELS} bytes of 28×28 pixels, found ${images.length}. Scale the images to 28×28, one grey byte a pixel.`
  const wrong = labels.findIndex((label) => label >= CLASS_COUNT)
  if (wrong >= 0)
    return `Label ${wrong + 1} of the ${which} split must be a digit 0…9, found ${labels[wrong]}. Choose a dataset of the ten digits.`
  return null
}

async function recordSplit(split: LabelledImages, digest: DigestFn): Promise<SplitRecord> {
  return { profile: profileSplit(split), digest: await digestSplit(split, digest) }
}
