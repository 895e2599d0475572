import { IMAGE_PIXELS } from '../domain/image/preprocess'
import type { Dataset, DatasetRecord, LabelledImages } from '../domain/dataset/dataset'
import type { DatasetId } from '../domain/ids'
import { blobHolders, prepareBlob, readBlob, readBlobRanges, sweepBlobs } from './blobs'
import { studio } from './database'
import { StorageError } from './errors'
import type { DatasetRow } from './rows'
import { write } from './write'

export type Split = 'train' | 'test'

/** Keeps a dataset, pixels and record in one transaction. The same digits again replace their own rows, which heals damage. */
export async function putDataset(dataset: Dataset): Promise<DatasetId> {
  const [trainImages, trainLabels, testImages, testLabels] = await Promise.all([
    prepareBlob(dataset.train.images),
    prepareBlob(dataset.train.labels),
    prepareBlob(dataset.test.images),
    prepareBlob(dataset.test.labels),
  ])
  const row: DatasetRow = {
    ...dataset.record,
    bytes: {
      train: { images: trainImages.sha256, labels: trainLabels.sha256 },
      test: { images: testImages.sha256, labels: testLabels.sha256 },
    },
    blobs: [trainImages.sha256, trainLabels.sha256, testImages.sha256, testLabels.sha256],
  }
  await write(studio, [studio.blobs, studio.datasets], async () => {
    await studio.blobs.bulkPut([trainImages, trainLabels, testImages, testLabels])
    await studio.datasets.put(row)
  })
  return row.id
}

/** Newest first. */
export async function listDatasets(): Promise<DatasetRecord[]> {
  const rows = await studio.datasets.orderBy('createdAt').reverse().toArray()
  return rows.map(recordOf)
}

export async function getDataset(id: DatasetId): Promise<DatasetRecord | null> {
  const row = await studio.datasets.get(id)
  return row ? recordOf(row) : null
}

/**
 * A dataset with its pixels, every byte verified.
 * @throws StorageError 'not-found' or 'damaged'
 */
export async function readDataset(id: DatasetId): Promise<Dataset> {
  const row = await studio.datasets.get(id)
  if (!row)
    throw new StorageError('not-found', `No stored dataset ${id}. Load a dataset on the Data screen first.`)
  const [train, test] = await Promise.all([readSplit(row, 'train'), readSplit(row, 'test')])
  return { record: recordOf(row), train, test }
}

/** Some digits of a split, in the order asked for; null when the dataset or an index does not exist. Not verified: for showing. */
export async function readDigits(
  id: DatasetId,
  split: Split,
  indices: readonly number[],
): Promise<LabelledImages | null> {
  const row = await studio.datasets.get(id)
  if (!row) return null
  const { count } = row[split].profile
  if (indices.some((index) => !Number.isInteger(index) || index < 0 || index >= count)) return null
  const [images, labels] = await Promise.all([
    readBlobRanges(
      studio,
      row.bytes[split].images,
      indices.map((index) => ({ start: index * IMAGE_PIXELS, length: IMAGE_PIXELS })),
    ),
    readBlobRanges(
      studio,
      row.bytes[split].labels,
      indices.map((index) => ({ start: index, length: 1 })),
    ),
  ])
  return { count: indices.length, images, labels }
}

/** All labels of a split, one byte each, verified; null when the dataset does not exist. */
export async function readLabels(id: DatasetId, split: Split): Promise<Uint8Array | null> {
  const row = await studio.datasets.get(id)
  return row ? readBlob(studio, row.bytes[split].labels) : null
}

/** Deletes a dataset and its pixels; runs made from it keep its name and digest. */
export async function deleteDataset(id: DatasetId): Promise<void> {
  await write(studio, [studio.blobs, ...blobHolders(studio)], async () => {
    const row = await studio.datasets.get(id)
    if (!row) return
    await studio.datasets.delete(id)
    await sweepBlobs(studio, row.blobs)
  })
}

async function readSplit(row: DatasetRow, split: Split): Promise<LabelledImages> {
  const [images, labels] = await Promise.all([
    readBlob(studio, row.bytes[split].images),
    readBlob(studio, row.bytes[split].labels),
  ])
  return { count: row[split].profile.count, images, labels }
}

function recordOf({ bytes: _bytes, blobs: _blobs, ...record }: DatasetRow): DatasetRecord {
  return record
}
