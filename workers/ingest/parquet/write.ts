import type { SchemaElement } from 'hyparquet'
import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import type { LabelledImages } from '../../../src/domain/dataset/dataset'
import { IMAGE_PIXELS, IMAGE_SIDE, type Preprocess } from '../../../src/domain/image/preprocess'

/** Rows of a row group: a few megabytes of values while they are written, and progress about twice a second. */
const ROW_GROUP = 2_000

export interface WriteParquetOptions {
  /** Normalises the bytes: the reference pipeline's files hold what its training reads. */
  readonly preprocess: Preprocess
  readonly signal: AbortSignal
  readonly onRows: (done: number, total: number) => void
}

/**
 * The reference pipeline's `train.parquet` or `test.parquet` as one compact file: `label: int64`, `image: list<double>` of 784
 * normalised values (byte / 255 − mean) / std, `height` and `width: int64`; Snappy, values by dictionary. Reading it back with
 * the same preprocessing gives the same bytes.
 *
 * @throws the signal's reason when it was aborted
 */
export async function writeParquet(
  split: LabelledImages,
  { preprocess, signal, onRows }: WriteParquetOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const { mean, std, scale } = preprocess
  const normalised = Float64Array.from({ length: 256 }, (_, byte) => (byte / scale - mean) / std)
  const writer = new ByteWriter()
  const parquet = new ParquetWriter({ writer, schema: SCHEMA, createdBy: 'mnist-studio' })
  for (let first = 0; first < split.count; first += ROW_GROUP) {
    const rows = Math.min(ROW_GROUP, split.count - first)
    await parquet.write({ columnData: columnsOf(split, first, rows, normalised), rowGroupSize: rows })
    onRows(first + rows, split.count)
    // A stop comes in between two row groups.
    await new Promise((resolve) => setTimeout(resolve))
    signal.throwIfAborted()
  }
  await parquet.finish()
  return new Uint8Array(writer.getBuffer())
}

const OPTIONAL = 'OPTIONAL'
const SCHEMA: SchemaElement[] = [
  { name: 'schema', num_children: 4 },
  { name: 'label', type: 'INT64', repetition_type: OPTIONAL },
  { name: 'image', num_children: 1, converted_type: 'LIST', repetition_type: OPTIONAL },
  { name: 'list', num_children: 1, repetition_type: 'REPEATED' },
  { name: 'element', type: 'DOUBLE', repetition_type: OPTIONAL },
  { name: 'height', type: 'INT64', repetition_type: OPTIONAL },
  { name: 'width', type: 'INT64', repetition_type: OPTIONAL },
]

function columnsOf(
  { images, labels }: LabelledImages,
  first: number,
  rows: number,
  normalised: Float64Array,
) {
  const sides = new BigInt64Array(rows).fill(BigInt(IMAGE_SIDE))
  const image = Array.from({ length: rows }, (_, row) => {
    const start = (first + row) * IMAGE_PIXELS
    return Array.from(images.subarray(start, start + IMAGE_PIXELS), (byte) => normalised[byte] ?? 0)
  })
  return [
    { name: 'label', data: BigInt64Array.from(labels.subarray(first, first + rows), BigInt) },
    { name: 'image', data: image },
    { name: 'height', data: sides },
    { name: 'width', data: sides },
  ]
}
