import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { assembleDataset } from '../../src/domain/dataset/assemble'
import { epochMillis } from '../../src/domain/ids'
import { MNIST_PREPROCESS } from '../../src/domain/image/preprocess'
import { INGEST_BUDGET } from './budget'
import type { NamedBytes } from './idx'
import { readIdxDataset } from './idx-dataset'
import { idxImages, idxLabels, MNIST_DIR, realFile, sha256 } from './idx.testing'
import type { Progress } from './outcome'

const TRAIN_COUNTS = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
const TEST_COUNTS = [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]

function read(files: readonly NamedBytes[], budget = INGEST_BUDGET) {
  return readIdxDataset(files, budget, new AbortController().signal, () => {})
}

async function refusal(files: readonly NamedBytes[]): Promise<string> {
  const outcome = await read(files)
  if (outcome.ok) throw new Error('the files were accepted')
  return outcome.problem.message
}

const TRAIN_IMAGES = { name: 'train-images-idx3-ubyte', bytes: idxImages(30, 1) }
const TRAIN_LABELS = { name: 'train-labels-idx1-ubyte', bytes: idxLabels(30) }
const TEST_IMAGES = { name: 't10k-images-idx3-ubyte', bytes: idxImages(10, 2) }
const TEST_LABELS = { name: 't10k-labels-idx1-ubyte', bytes: idxLabels(10) }
const FOUR = [TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS]

describe('readIdxDataset', () => {
  it('pairs four files in any order, by content', async () => {
    const inOrder = await read(FOUR)
    if (!inOrder.ok) throw new Error(inOrder.problem.message)
    expect(inOrder.value.train.count).toBe(30)
    expect(inOrder.value.test.images).toEqual(TEST_IMAGES.bytes.slice(16))
    expect(await read(FOUR.toReversed())).toEqual(inOrder)
    const nameless = FOUR.map(({ bytes }, index) => ({ name: `file ${index}`, bytes }))
    expect(await read(nameless)).toEqual(inOrder)
  })

  it('goes by name where the test split is the larger or equal one', async () => {
    const outcome = await read([
      { name: 'test-images', bytes: idxImages(30) },
      { name: 'test-labels', bytes: idxLabels(30) },
      { name: 'train-images', bytes: idxImages(10) },
      { name: 'train-labels', bytes: idxLabels(10) },
    ])
    expect(outcome.ok && outcome.value.train.count).toBe(10)
    const equal = await read(
      FOUR.map((file) => ({
        ...file,
        bytes:
          file.bytes === TRAIN_IMAGES.bytes || file.bytes === TEST_IMAGES.bytes ? idxImages(5) : idxLabels(5),
      })),
    )
    expect(equal.ok && equal.value.train.count).toBe(5)
  })

  it('asks for names where neither name nor count tells the splits apart', async () => {
    const equal = ['a', 'b', 'c', 'd'].map((name, index) => ({
      name,
      bytes: index < 2 ? idxImages(5, index) : idxLabels(5),
    }))
    expect(await refusal(equal)).toBe(
      'Which files are for training cannot be told: a (5 images), b (5 images), c (5 labels), d (5 labels) have equal counts and no "train" or "test" in their names. Rename them like MNIST\'s.',
    )
  })

  it('refuses a labels file with one label too few', async () => {
    expect(
      await refusal([TRAIN_IMAGES, { ...TRAIN_LABELS, bytes: idxLabels(29) }, TEST_IMAGES, TEST_LABELS]),
    ).toBe(
      'train-labels-idx1-ubyte must hold one label for each of the 30 images in train-images-idx3-ubyte, found 29 labels. Take both files from the same copy of the dataset.',
    )
  })

  it('refuses an image file given as labels', async () => {
    expect(
      await refusal([TRAIN_IMAGES, { ...TRAIN_LABELS, bytes: TRAIN_IMAGES.bytes }, TEST_IMAGES, TEST_LABELS]),
    ).toBe(
      'train-labels-idx1-ubyte must hold labels (it starts with 2049), found 30 images. Put the labels file in its place.',
    )
  })

  it('refuses fewer files', async () => {
    expect(await refusal([TRAIN_IMAGES, TRAIN_LABELS])).toBe(
      'A dataset needs four IDX files (images and labels for training and for testing), found train-images-idx3-ubyte (30 images), train-labels-idx1-ubyte (30 labels). Choose all four together.',
    )
    expect(await refusal([])).toContain('found none.')
  })

  it('counts unpacked bytes over all files', async () => {
    const outcome = await read(FOUR, { ...INGEST_BUDGET, unpackedBytes: 30_000 })
    expect(outcome).toEqual({
      ok: false,
      problem: {
        code: 'over-budget',
        message:
          't10k-images-idx3-ubyte is not read: its header claims 10 images (7,856 bytes), at most 30 kB may be unpacked for one dataset. Choose a smaller dataset, or a fresh copy if this is MNIST.',
      },
    })
  })

  it('reports progress in bytes over all files', async () => {
    const seen: Progress[] = []
    await readIdxDataset(FOUR, INGEST_BUDGET, new AbortController().signal, (progress) => seen.push(progress))
    const total = FOUR.reduce((sum, { bytes }) => sum + bytes.length, 0)
    expect(seen[0]?.label).toBe('Unpacking train-images-idx3-ubyte')
    expect(seen.every((progress) => progress.total === total)).toBe(true)
    expect(seen.at(-1)?.done).toBe(total)
  })

  it('gives one digest for packed and plain files', async () => {
    const digests = []
    for (const pack of [
      (bytes: Uint8Array) => bytes,
      (bytes: Uint8Array) => new Uint8Array(gzipSync(bytes)),
    ]) {
      const outcome = await read(FOUR.map(({ name, bytes }) => ({ name, bytes: pack(bytes) })))
      if (!outcome.ok) throw new Error(outcome.problem.message)
      const assembled = await assembleDataset(
        {
          ...outcome.value,
          name: 'x',
          source: { kind: 'files', names: [] },
          preprocess: MNIST_PREPROCESS,
          now: epochMillis(0),
        },
        sha256,
      )
      if (!assembled.ok) throw new Error(assembled.problem.message)
      digests.push(assembled.dataset.record.digest)
    }
    expect(digests[0]).toBe(digests[1])
  })

  // Needs the four original .gz files; MNIST_DIR names their folder.
  it.skipIf(MNIST_DIR === null)('reads MNIST itself (needs MNIST_DIR)', async () => {
    const files = FOUR.map(({ name }) => ({ name: `${name}.gz`, bytes: realFile(`${name}.gz`)! }))
    const outcome = await read(files)
    if (!outcome.ok) throw new Error(outcome.problem.message)
    const assembled = await assembleDataset(
      {
        ...outcome.value,
        name: 'MNIST',
        source: { kind: 'folder', path: 'mnist' },
        preprocess: MNIST_PREPROCESS,
        now: epochMillis(0),
      },
      sha256,
    )
    if (!assembled.ok) throw new Error(assembled.problem.message)
    const { train, test, digest } = assembled.dataset.record
    expect(train.profile.classCounts).toEqual(TRAIN_COUNTS)
    expect(test.profile.classCounts).toEqual(TEST_COUNTS)
    expect(train.profile.mean).toBeCloseTo(0.1307, 4)
    expect(train.profile.std).toBeCloseTo(0.3081, 4)
    expect(test.profile.mean).toBeCloseTo(0.1325, 4)
    expect(test.profile.std).toBeCloseTo(0.3105, 4)
    expect(train.profile.blank + test.profile.blank).toBe(0)
    expect(train.profile.duplicates + test.profile.duplicates).toBe(0)
    // Computed with another program from the documented canonical text.
    expect([train.digest, test.digest, digest]).toEqual([
      'ff84f27274909e4760f8a139d93f81476ae5b7b0f7204dadd4de0f77a8b8ead5',
      'a7622c2a218dd5cefa6e4c2641eaf11685422a6d07a07f955787c981ea1e2f5b',
      '090e81ec244967098ffa07f581a911d7bb274cb5357558b7e43809626f7bf6cb',
    ])

    const short = new Uint8Array(idxLabels(59_999))
    expect(
      await refusal([files[0]!, { name: 'train-labels-idx1-ubyte', bytes: short }, files[2]!, files[3]!]),
    ).toBe(
      'train-labels-idx1-ubyte must hold one label for each of the 60,000 images in train-images-idx3-ubyte.gz, found 59,999 labels. Take both files from the same copy of the dataset.',
    )
  })
})
