import { IMAGE_PIXELS, type Preprocess } from '../../../src/domain/image/preprocess'
import type { IngestBudget } from '../budget'
import { failure, grouped, type OnProgress, type Outcome, sizeText, success } from '../outcome'
import { codecFor, type Unpack } from './codecs'
import { beyondBudget, checkStopped, decoding } from './fault'
import { readEncoded, readLabels, readLists, readPixelColumn } from './fill'
import { type ByteSource, openParquet, type ParquetFile, type RowGroup } from './footer'
import type { Leaf } from './layout'
import { BYTE_STRINGS, NUMBERS, type Page, readPages } from './pages'
import { pixelsToBytes } from './scale'

/** Numbers written at full width are eight times their pixels, and levels come on top. */
const UNPACKED_FOR_A_PIXEL = 12

export interface ReadParquetOptions {
  /** Undoes pixels that were normalised before they were written. */
  readonly preprocess: Preprocess
  readonly budget: IngestBudget
  readonly signal: AbortSignal
  readonly onProgress: OnProgress
}

export interface ParquetDigits {
  readonly count: number
  /** count × 784 bytes. */
  readonly images: Uint8Array
  /** Null where a file has no label column. */
  readonly labels: Uint8Array | null
  /** Columns, packing and the scale of the pixels, in words. */
  readonly schema: string
}

/**
 * Reads Parquet files as one split, one behind the other in the order given. All footers are checked first; then row group by
 * row group is decoded into what was allocated for it. Whatever is wrong is an answer that names the file.
 */
export async function readParquet(
  sources: readonly ByteSource[],
  options: ReadParquetOptions,
): Promise<Outcome<ParquetDigits>> {
  const files: ParquetFile[] = []
  for (const source of sources) {
    const file = await decoding(source.name, WHOLE, () => openParquet(source, options.budget))
    if (!file.ok) return file
    files.push(file.value)
  }
  const [first] = files
  if (first === undefined) return failure('bad-input', 'A split needs at least one Parquet file, found none.')
  const other = files.find(
    ({ layout }) => layout.kind !== first.layout.kind || isLabelled(layout) !== isLabelled(first.layout),
  )
  if (other !== undefined)
    return failure(
      'bad-input',
      `The files of one split must have the same columns, found ${first.source.name} (${first.schema}) and ${other.source.name} (${other.schema}). Choose the files of one split.`,
    )
  const count = files.reduce((sum, { rows }) => sum + rows, 0)
  const job = createJob(files, count, options)
  if (!job.ok) return job
  let row = 0
  for (const file of files) {
    const read = await decoding(file.source.name, WHOLE, () => readFile(file, row, job.value))
    if (!read.ok) return read
    row += file.rows
  }
  const pixels = pixelsToBytes(first.source.name, job.value.pixels, options.preprocess)
  if (!pixels.ok) return pixels
  return success({
    count,
    images: pixels.value.images,
    labels: job.value.labels,
    schema: `${first.schema}${SCALE_WORDS[pixels.value.scale]}`,
  })
}

const WHOLE = 'a whole Parquet file'
const SCALE_WORDS = { bytes: '', shares: ', pixels 0…1', normalised: ', already normalised' } as const

function isLabelled({ label }: { readonly label: Leaf | null }): boolean {
  return label !== null
}

/** What reading a split fills and spends. */
interface Job {
  /** Bytes as they are, or numbers whose scale is known once all are read. */
  readonly pixels: Uint8Array | Float32Array
  readonly labels: Uint8Array | null
  readonly spend: (bytes: number) => void
  readonly tell: (rows: number) => void
  readonly signal: AbortSignal
}

function createJob(
  files: readonly ParquetFile[],
  count: number,
  { budget, onProgress, signal }: ReadParquetOptions,
): Outcome<Job> {
  const isBytes = files.every(
    ({ layout }) => layout.kind === 'encoded' || leavesOfPixels(layout).every(isWhole),
  )
  const bytes = count * IMAGE_PIXELS * (isBytes ? 1 : 4)
  if (bytes > budget.unpackedBytes)
    return failure(
      'over-budget',
      `${files.map(({ source }) => source.name).join(', ')}: ${grouped(count)} digits take ${sizeText(bytes)} while they are read, at most ${sizeText(budget.unpackedBytes)} may be taken for one split. Choose a smaller dataset, or write its pixels as whole numbers.`,
    )
  const deadline = performance.now() + budget.milliseconds
  let left = Math.max(budget.fileBytes, count * IMAGE_PIXELS * UNPACKED_FOR_A_PIXEL)
  const label = `Reading ${files.length === 1 ? files[0]?.source.name : `${files.length} Parquet files`}`
  return success({
    pixels: isBytes ? new Uint8Array(count * IMAGE_PIXELS) : new Float32Array(count * IMAGE_PIXELS),
    labels: files[0]?.layout.label === null ? null : new Uint8Array(count),
    signal,
    tell: (rows) => onProgress({ label, done: rows, total: count, unit: 'images', decoding: true }),
    spend(bytes) {
      checkStopped(signal)
      if (performance.now() > deadline)
        beyondBudget(`reading may take ${budget.milliseconds / 1000} s in all`)
      left -= bytes
      if (left < 0) beyondBudget('its pages unpack to far more than its digits can need')
    },
  })
}

function leavesOfPixels(layout: ParquetFile['layout']): readonly Leaf[] {
  return layout.kind === 'pixels' ? layout.pixels : [layout.image]
}

function isWhole({ type }: Leaf): boolean {
  return type === 'INT32' || type === 'INT64'
}

async function readFile(file: ParquetFile, firstRow: number, job: Job): Promise<Outcome<null>> {
  const { layout } = file
  let row = firstRow
  for (const group of file.groups) {
    await pause()
    if (layout.label !== null && job.labels !== null) {
      const pages = await pagesOf(file, group, layout.label, job, NUMBERS)
      if (!pages.ok) return pages
      readLabels(pages.value, job.labels.subarray(row, row + group.rows))
    }
    const images = await readImages(file, group, row, job)
    if (!images.ok) return images
    row += group.rows
    job.tell(row)
  }
  return success(null)
}

/** Lets a stop come in between two row groups: pages are decoded without a pause. */
function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve))
}

async function readImages(file: ParquetFile, group: RowGroup, row: number, job: Job): Promise<Outcome<null>> {
  const { layout } = file
  const target = job.pixels.subarray(row * IMAGE_PIXELS, (row + group.rows) * IMAGE_PIXELS)
  switch (layout.kind) {
    case 'encoded': {
      const pages = await pagesOf(file, group, layout.image, job, BYTE_STRINGS)
      if (!pages.ok) return pages
      readEncoded(pages.value, target, (rows) => job.tell(row + rows))
      return success(null)
    }
    case 'list': {
      const pages = await pagesOf(file, group, layout.image, job, NUMBERS)
      if (!pages.ok) return pages
      readLists(pages.value, layout.image, target, (rows) => job.tell(row + rows))
      return success(null)
    }
    case 'pixels':
      for (const [pixel, leaf] of layout.pixels.entries()) {
        const pages = await pagesOf(file, group, leaf, job, NUMBERS)
        if (!pages.ok) return pages
        readPixelColumn(pages.value, pixel, target)
        job.tell(row + Math.floor((group.rows * pixel) / IMAGE_PIXELS))
      }
      return success(null)
  }
}

async function pagesOf<Values extends Float64Array | readonly Uint8Array[]>(
  { source }: ParquetFile,
  group: RowGroup,
  leaf: Leaf,
  job: Job,
  kind: Parameters<typeof readPages<Values>>[4],
): Promise<Outcome<Generator<Page<Values>>>> {
  const chunk = group.chunk(leaf)
  const unpack = await codecFor(chunk.codec)
  const metered: Unpack = (packed, length) => {
    job.spend(length)
    return unpack(packed, length)
  }
  const bytes = await source.read(chunk.start, chunk.end)
  return bytes.ok ? success(readPages(bytes.value, chunk, leaf, metered, kind)) : bytes
}
