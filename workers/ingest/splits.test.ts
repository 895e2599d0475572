import { describe, expect, it } from 'vitest'
import { MNIST_PREPROCESS } from '../../src/domain/image/preprocess'
import { INGEST_BUDGET } from './budget'
import { cutSplit } from './cut'
import { idxImages, idxLabels } from './idx.testing'
import { listFile, someDigits } from './parquet/parquet.testing'
import { filesInMemory, readSplits } from './splits'

const options = {
  preprocess: MNIST_PREPROCESS,
  budget: INGEST_BUDGET,
  signal: new AbortController().signal,
  onProgress: () => {},
}

async function splitsOf(files: Record<string, Uint8Array>) {
  const sorted = filesInMemory(Object.entries(files).map(([name, bytes]) => ({ name, bytes })))
  return sorted.ok ? readSplits(sorted.value, options) : sorted
}

describe('readSplits', () => {
  it('finds training and test split in one drop of many part files', async () => {
    const found = await splitsOf({
      'test.parquet/part-0.parquet': listFile(someDigits(3)),
      'train.parquet/part-0.parquet': listFile(someDigits(4)),
      'train.parquet/part-1.parquet': listFile(someDigits(5)),
    })
    expect(found).toMatchObject({
      value: [
        { role: 'train', count: 9, files: ['train.parquet/part-0.parquet', 'train.parquet/part-1.parquet'] },
        { role: 'test', count: 3 },
      ],
    })
  })

  it('takes IDX and Parquet together, and leaves open what no name tells', async () => {
    const found = await splitsOf({
      'digits-1.parquet': listFile(someDigits(4)),
      'digits-2.parquet': listFile(someDigits(2)),
      't10k-images-idx3-ubyte': idxImages(6),
      't10k-labels-idx1-ubyte': idxLabels(6),
    })
    expect(found).toMatchObject({
      value: [
        { role: null, count: 6, format: 'parquet' },
        { role: 'test', count: 6, format: 'idx' },
      ],
    })
  })

  it('names formats that are not read yet', async () => {
    const text = (content: string) => new TextEncoder().encode(content)
    const kinds = { 'a.zip': 'PK\u0003\u0004', 'b.csv': 'label,pixel0,pixel1,pixel2\n5,0,0,0\n' }
    for (const [name, content] of Object.entries(kinds))
      expect(await splitsOf({ [name]: text(content) })).toMatchObject({
        problem: {
          code: 'bad-input',
          message: expect.stringMatching(/^\w\.\w+ is .*, which is not read yet/),
        },
      })
  })
})

describe('cutSplit', () => {
  it('gives the same share of every class to the test split, the same ones for the same seed', () => {
    const split = someDigits(200)
    const { train, test } = cutSplit(split, 0.25, 7)
    expect([train.count, test.count]).toEqual([150, 50])
    for (let label = 0; label < 10; label++)
      expect(test.labels.filter((found) => found === label)).toHaveLength(5)
    const again = cutSplit(split, 0.25, 7)
    expect(Buffer.compare(again.train.images, train.images)).toBe(0)
    expect(Buffer.compare(again.test.images, test.images)).toBe(0)
    expect(Buffer.compare(cutSplit(split, 0.25, 8).test.images, test.images)).not.toBe(0)
  })
})
