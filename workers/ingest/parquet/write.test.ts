import { parquetMetadata, parquetReadObjects } from 'hyparquet'
import { describe, expect, it } from 'vitest'
import { MNIST_PREPROCESS } from '../../../src/domain/image/preprocess'
import { digestSplit } from '../../../src/domain/dataset/digest'
import { INGEST_BUDGET } from '../budget'
import { readIdxFiles } from '../idx-dataset'
import { MNIST_DIR, realFile, sha256 } from '../idx.testing'
import { memorySource } from './footer'
import { someDigits } from './parquet.testing'
import { readParquet } from './read'
import { writeParquet } from './write'

const signal = new AbortController().signal
const silent = { signal, onRows: () => {} }
const reading = { budget: INGEST_BUDGET, signal, onProgress: () => {} }

describe('writeParquet', () => {
  const digits = someDigits(2_100)

  it('writes the reference pipeline’s columns, for any reader', async () => {
    const bytes = await writeParquet(digits, { preprocess: MNIST_PREPROCESS, ...silent })
    const metadata = parquetMetadata(bytes)
    expect(metadata.schema.filter(({ type }) => type).map(({ name, type }) => [name, type])).toEqual([
      ['label', 'INT64'],
      ['element', 'DOUBLE'],
      ['height', 'INT64'],
      ['width', 'INT64'],
    ])
    const [row] = await parquetReadObjects({ file: bytes.buffer, rowStart: 3, rowEnd: 4 })
    expect(row).toMatchObject({ label: 3n, height: 28n, width: 28n })
    const image = (row as { image: number[] }).image
    expect(image).toHaveLength(784)
    expect(image[0]).toBe(((digits.images[3 * 784] ?? 0) / 255 - 0.1307) / 0.3081)
  })

  it('gives the same digest when it is read again, with any figures', async () => {
    const preprocess = { ...MNIST_PREPROCESS, mean: 0.3, std: 0.2 }
    const bytes = await writeParquet(digits, { preprocess, ...silent })
    const again = await readParquet([memorySource('train.parquet', bytes)], { preprocess, ...reading })
    if (!again.ok || again.value.labels === null) throw new Error('expected labelled digits')
    expect(await digestSplit({ ...again.value, labels: again.value.labels }, sha256)).toBe(
      await digestSplit(digits, sha256),
    )
  })

  it('stops between two row groups', async () => {
    const stop = new AbortController()
    const writing = writeParquet(digits, {
      preprocess: MNIST_PREPROCESS,
      signal: stop.signal,
      onRows: () => stop.abort(),
    })
    await expect(writing).rejects.toThrow('aborted')
  })

  it.skipIf(MNIST_DIR === null)(
    `takes MNIST’s test split there and back${MNIST_DIR === null ? ' (needs MNIST_DIR)' : ''}`,
    async () => {
      const files = ['t10k-images-idx3-ubyte.gz', 't10k-labels-idx1-ubyte.gz'].map((name) => {
        const bytes = realFile(name)
        if (bytes === null) throw new Error(`MNIST_DIR has no ${name}`)
        return { name, bytes }
      })
      const idx = await readIdxFiles(files, INGEST_BUDGET, signal, () => {})
      if (!idx.ok) throw new Error(idx.problem.message)
      const [images, labels] = idx.value.map(({ bytes }) => bytes) as [Uint8Array, Uint8Array]
      const split = { count: 10_000, images, labels }
      const bytes = await writeParquet(split, { preprocess: MNIST_PREPROCESS, ...silent })
      // The reference pipeline's 82 files of the same digits take 2,451,723 bytes.
      expect(bytes.length).toBeLessThan(2_451_723)
      const again = await readParquet([memorySource('test.parquet', bytes)], {
        preprocess: MNIST_PREPROCESS,
        ...reading,
      })
      if (!again.ok || again.value.labels === null) throw new Error('expected labelled digits')
      expect(await digestSplit({ ...again.value, labels: again.value.labels }, sha256)).toBe(
        await digestSplit(split, sha256),
      )
    },
    60_000,
  )
})
