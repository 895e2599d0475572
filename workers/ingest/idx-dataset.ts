import type { LabelledImages } from '../../src/domain/dataset/dataset'
import type { IngestBudget } from './budget'
import { type IdxContent, type NamedBytes, readIdx } from './idx'
import { failure, grouped, type OnProgress, type Outcome, success } from './outcome'

export interface Splits {
  readonly train: LabelledImages
  readonly test: LabelledImages
}

/**
 * Makes a dataset of four IDX files in any order: what a file is comes from its bytes; which split it belongs to from its
 * name ("train", "t10k", "test"), else from its count (the larger is the training split).
 */
export async function readIdxDataset(
  files: readonly NamedBytes[],
  budget: IngestBudget,
  signal: AbortSignal,
  onProgress: OnProgress,
): Promise<Outcome<Splits>> {
  const contents = await readIdxFiles(files, budget, signal, onProgress)
  return contents.ok ? pairSplits(contents.value) : contents
}

/** Reads IDX files one after the other, all within one budget. */
export async function readIdxFiles(
  files: readonly NamedBytes[],
  budget: IngestBudget,
  signal: AbortSignal,
  onProgress: OnProgress,
): Promise<Outcome<readonly IdxContent[]>> {
  const total = files.reduce((sum, file) => sum + file.bytes.length, 0)
  const deadline = performance.now() + budget.milliseconds
  const contents: IdxContent[] = []
  let before = 0
  let unpackedLeft = budget.unpackedBytes
  for (const file of files) {
    const read = await readIdx(file, {
      budget,
      unpackedLeft,
      deadline,
      signal,
      onConsumed: (bytes) =>
        onProgress({ label: `Unpacking ${file.name}`, done: before + bytes, total, unit: 'bytes' }),
    })
    if (!read.ok) return read
    contents.push(read.value)
    before += file.bytes.length
    unpackedLeft -= read.value.bytes.length
  }
  return success(contents)
}

/** An image file with its label file, where there is one. */
export interface IdxPair {
  readonly images: IdxContent
  readonly labels: IdxContent | null
  /** What names and counts say. */
  readonly role: 'train' | 'test' | null
}

function pairSplits(contents: readonly IdxContent[]): Outcome<Splits> {
  const pairs = contents.length === 4 ? pairIdx(contents) : wrongFiles(contents)
  if (!pairs.ok) return pairs
  const [train, test] = pairs.value
  if (!train?.labels || !test?.labels) return wrongFiles(contents)
  const [a, b] = [joinIdx(train.images, train.labels), joinIdx(test.images, test.labels)]
  if (!a.ok) return a
  return b.ok ? success({ train: a.value, test: b.value }) : b
}

/** Finds which files belong together: one split with or without labels, or the four files of two, training first. */
export function pairIdx(contents: readonly IdxContent[]): Outcome<readonly IdxPair[]> {
  const [imagesA, imagesB, ...moreImages] = contents.filter(({ kind }) => kind === 'images')
  const [labelsA, labelsB, ...moreLabels] = contents.filter(({ kind }) => kind === 'labels')
  if (imagesA !== undefined && imagesB === undefined && labelsB === undefined) {
    if (labelsA !== undefined) {
      const joined = joinIdx(imagesA, labelsA)
      if (!joined.ok) return joined
    }
    return success([{ images: imagesA, labels: labelsA ?? null, role: splitInName(imagesA.name) }])
  }
  if (!imagesA || !imagesB || !labelsA || !labelsB || moreImages.length > 0 || moreLabels.length > 0)
    return wrongFiles(contents)
  const images = trainFirst(imagesA, imagesB)
  const labels = trainFirst(labelsA, labelsB)
  if (images === null || labels === null)
    return failure(
      'bad-input',
      `Which files are for training cannot be told: ${listed(contents)} have equal counts and no "train" or "test" in their names. Rename them like MNIST's.`,
    )
  const [train, test] = [joinIdx(images[0], labels[0]), joinIdx(images[1], labels[1])]
  if (!train.ok) return train
  if (!test.ok) return test
  return success([
    { images: images[0], labels: labels[0], role: 'train' },
    { images: images[1], labels: labels[1], role: 'test' },
  ])
}

/** The training file and the test file of two of one kind, or null when neither name nor count tells. */
function trainFirst(a: IdxContent, b: IdxContent): readonly [IdxContent, IdxContent] | null {
  const [splitA, splitB] = [splitInName(a.name), splitInName(b.name)]
  if (splitA !== splitB) {
    const aTrains = splitA === null ? splitB === 'test' : splitA === 'train'
    return aTrains ? [a, b] : [b, a]
  }
  if (a.count === b.count) return null
  return a.count > b.count ? [a, b] : [b, a]
}

/** Which split a file says it belongs to; null when its name says neither or both. */
export function splitInName(name: string): 'train' | 'test' | null {
  const [train, test] = [/train/i.test(name), /t10k|test/i.test(name)]
  return train === test ? null : train ? 'train' : 'test'
}

/** One label for each image, or why not. */
export function joinIdx(images: IdxContent, labels: IdxContent): Outcome<LabelledImages> {
  if (images.count !== labels.count)
    return failure(
      'bad-input',
      `${labels.name} must hold one label for each of the ${grouped(images.count)} images in ${images.name}, found ${grouped(labels.count)} labels. Take both files from the same copy of the dataset.`,
    )
  return success({ count: images.count, images: images.bytes, labels: labels.bytes })
}

function wrongFiles(contents: readonly IdxContent[]): Outcome<never> {
  for (const { name, kind, count } of contents) {
    const promised = kindInName(name)
    if (promised !== null && promised !== kind)
      return failure(
        'bad-input',
        `${name} must hold ${promised} (it starts with ${promised === 'images' ? 2051 : 2049}), found ${grouped(count)} ${kind}. Put the ${promised} file in its place.`,
      )
  }
  return failure(
    'bad-input',
    `A dataset needs four IDX files (images and labels for training and for testing), found ${contents.length === 0 ? 'none' : listed(contents)}. Choose all four together.`,
  )
}

function kindInName(name: string): IdxContent['kind'] | null {
  const [images, labels] = [/image/i.test(name), /label/i.test(name)]
  return images === labels ? null : images ? 'images' : 'labels'
}

function listed(contents: readonly IdxContent[]): string {
  return contents.map(({ name, kind, count }) => `${name} (${grouped(count)} ${kind})`).join(', ')
}
