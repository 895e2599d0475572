import type { Preprocess } from '../../src/domain/image/preprocess'
import type { IngestBudget } from './budget'
import type { NamedBytes } from './idx'
import { joinIdx, readIdxFiles } from './idx-dataset'
import { failure, grouped, type OnProgress, type Outcome, success } from './outcome'
import { isParquet, memorySource } from './parquet/footer'
import { readParquet } from './parquet/read'

/** The digits of one split as files held them. */
export interface ReadSplit {
  readonly count: number
  /** count × 784 bytes, 0 paper, 255 ink. */
  readonly images: Uint8Array
  /** One byte in 0…9 an image; null where the files have none: whatever needs labels has to say so. */
  readonly labels: Uint8Array | null
  /** What was read, in words: "IDX, 10,000 images with labels". */
  readonly kind: string
}

export interface ReadSplitOptions {
  /** Undoes pixels that were normalised before they were written. */
  readonly preprocess: Preprocess
  readonly budget: IngestBudget
  readonly signal: AbortSignal
  readonly onProgress: OnProgress
}

/**
 * Reads files as one split: an IDX image file with or without its label file, or Parquet files, which are put one behind the
 * other in the order of their names. What a file is comes from its bytes.
 */
export async function readSplitFiles(
  files: readonly NamedBytes[],
  options: ReadSplitOptions,
): Promise<Outcome<ReadSplit>> {
  const parquet = files.filter(({ bytes }) => isParquet(bytes))
  if (parquet.length === 0) return readIdxSplit(files, options)
  const other = files.find((file) => !parquet.includes(file))
  if (other !== undefined)
    return failure(
      'bad-input',
      `The files of one split must be of one format, found Parquet files and ${other.name}. Choose one kind.`,
    )
  const inOrder = parquet.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const read = await readParquet(
    inOrder.map(({ name, bytes }) => memorySource(name, bytes)),
    options,
  )
  if (!read.ok) return read
  const { schema, ...digits } = read.value
  return success({ ...digits, kind: `Parquet, ${grouped(digits.count)} images: ${schema}` })
}

async function readIdxSplit(
  files: readonly NamedBytes[],
  { budget, signal, onProgress }: ReadSplitOptions,
): Promise<Outcome<ReadSplit>> {
  const contents = await readIdxFiles(files, budget, signal, onProgress)
  if (!contents.ok) return contents
  const [images, ...moreImages] = contents.value.filter(({ kind }) => kind === 'images')
  const [labels, ...moreLabels] = contents.value.filter(({ kind }) => kind === 'labels')
  if (images === undefined || moreImages.length > 0 || moreLabels.length > 0)
    return failure(
      'bad-input',
      `One split is one image file and, where there are labels, one label file, found ${files.map(({ name }) => name).join(', ') || 'no file'}. Choose the files of one split.`,
    )
  if (labels === undefined)
    return success({
      count: images.count,
      images: images.bytes,
      labels: null,
      kind: `IDX, ${grouped(images.count)} images without labels`,
    })
  const joined = joinIdx(images, labels)
  if (!joined.ok) return joined
  return success({ ...joined.value, kind: `IDX, ${grouped(images.count)} images with labels` })
}
