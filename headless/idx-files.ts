import type { Dataset, LabelledImages } from '../src/domain/dataset/dataset'
import { IMAGE_SIDE } from '../src/domain/image/preprocess'
import { writeParquet } from '../workers/ingest/parquet/write'

/** The four files of a dataset in IDX, the format MNIST is published in, by published name. */
export function idxFiles({ train, test }: Dataset): ReadonlyMap<string, Uint8Array> {
  return new Map([
    ['train-images-idx3-ubyte', idxImages(train)],
    ['train-labels-idx1-ubyte', idxLabels(train)],
    ['t10k-images-idx3-ubyte', idxImages(test)],
    ['t10k-labels-idx1-ubyte', idxLabels(test)],
  ])
}

function idxImages({ count, images }: LabelledImages): Uint8Array {
  return Buffer.concat([header(2051, count, IMAGE_SIDE, IMAGE_SIDE), images])
}

function idxLabels({ count, labels }: LabelledImages): Uint8Array {
  return Buffer.concat([header(2049, count), labels])
}

function header(...words: number[]): Uint8Array {
  const bytes = Buffer.alloc(words.length * 4)
  for (const [index, word] of words.entries()) bytes.writeUInt32BE(word, index * 4)
  return bytes
}

/** The reference pipeline's two files of a dataset, normalised by its own figures. */
export async function parquetOutputs(
  { record, train, test }: Dataset,
  signal: AbortSignal,
  onRows: (done: number) => void,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const { preprocess } = record
  const first = await writeParquet(train, { preprocess, signal, onRows })
  const second = await writeParquet(test, {
    preprocess,
    signal,
    onRows: (done) => onRows(train.count + done),
  })
  return new Map([
    ['train.parquet', first],
    ['test.parquet', second],
  ])
}
