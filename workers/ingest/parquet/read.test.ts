import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { digestSplit } from '../../../src/domain/dataset/digest'
import { MNIST_PREPROCESS } from '../../../src/domain/image/preprocess'
import { INGEST_BUDGET } from '../budget'
import { MNIST_DIR, realFile, sha256 } from '../idx.testing'
import { readSplitFiles } from '../split-files'
import { memorySource } from './footer'
import { encodedFile, listFile, otherFile, pixelFile, someDigits } from './parquet.testing'
import { readParquet, type ReadParquetOptions } from './read'

const options: ReadParquetOptions = {
  preprocess: MNIST_PREPROCESS,
  budget: INGEST_BUDGET,
  signal: new AbortController().signal,
  onProgress: () => {},
}

const digits = someDigits(23)
const byNumber = (first: number) => (pixel: number) => `pixel${pixel + first}`
const byGrid = (pixel: number) => `${Math.floor(pixel / 28) + 1}x${(pixel % 28) + 1}`

async function read(bytes: Uint8Array, changes: Partial<ReadParquetOptions> = {}) {
  return readParquet([memorySource('digits.parquet', bytes)], { ...options, ...changes })
}

async function problem(bytes: Uint8Array, changes: Partial<ReadParquetOptions> = {}) {
  const outcome = await read(bytes, changes)
  if (outcome.ok) throw new Error(`expected a problem, found ${outcome.value.schema}`)
  return outcome.problem
}

describe('readParquet', () => {
  const files = {
    'PNG bytes, Snappy': encodedFile(digits, { rowGroup: 7 }),
    'PNG bytes, GZIP': encodedFile(digits, { codec: 'GZIP' }),
    'PNG bytes, ZSTD': encodedFile(digits, { codec: 'ZSTD' }),
    'PNG bytes, not packed': encodedFile(digits, { codec: 'UNCOMPRESSED' }),
    'normalised doubles': listFile(digits, { rowGroup: 10, pageSize: 5000 }),
    'normalised doubles, ZSTD': listFile(digits, { codec: 'ZSTD' }),
    'normalised floats': listFile(digits, { type: 'FLOAT', codec: 'GZIP' }),
    'shares of ink': listFile(digits, { scale: (byte) => byte / 255 }),
    'whole numbers as doubles': listFile(digits, { scale: (byte) => byte }),
    'pixel0…': pixelFile(digits, byNumber(0), { rowGroup: 10 }),
    'pixel1…, 64 bits': pixelFile(digits, byNumber(1), { type: 'INT64' }),
    '1x1…': pixelFile(digits, byGrid, { type: 'DOUBLE', codec: 'GZIP' }),
  }
  for (const [what, bytes] of Object.entries(files))
    it(`gives the same digits for ${what}`, async () => {
      const outcome = await read(bytes)
      if (!outcome.ok) throw new Error(outcome.problem.message)
      expect(outcome.value.images).toEqual(digits.images)
      expect(outcome.value.labels).toEqual(digits.labels)
    })

  it('says what the columns are', async () => {
    const outcome = await read(listFile(digits))
    expect(outcome).toMatchObject({
      value: { count: 23, schema: 'lists of 784 numbers, labels in label, Snappy, already normalised' },
    })
  })

  it('puts part files one behind the other in the order of their names', async () => {
    const [first, second] = [someDigits(5, 2), someDigits(8, 3)]
    const outcome = await readSplitFiles(
      [
        { name: 'part-00001.parquet', bytes: listFile(second) },
        { name: 'part-00000.parquet', bytes: listFile(first) },
      ],
      options,
    )
    if (!outcome.ok) throw new Error(outcome.problem.message)
    expect(outcome.value.count).toBe(13)
    expect(outcome.value.images.subarray(0, first.images.length)).toEqual(first.images)
    expect(outcome.value.labels?.subarray(5)).toEqual(second.labels)
  })

  it('reads digits without labels as that', async () => {
    const outcome = await readSplitFiles(
      [{ name: 'a.parquet', bytes: pixelFile(digits, byNumber(0), { labelled: false }) }],
      options,
    )
    expect(outcome).toMatchObject({ value: { count: 23, labels: null } })
  })

  it('undoes the figures that the dataset has, and names others when it meets them', async () => {
    const half = listFile(digits, { scale: (byte) => (byte / 255 - 0.5) / 0.25 })
    expect(await problem(half)).toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining('which look like mean 0.5000 and 0.2500'),
    })
    const outcome = await read(half, { preprocess: { ...MNIST_PREPROCESS, mean: 0.5, std: 0.25 } })
    expect(outcome).toMatchObject({ ok: true, value: { images: digits.images } })
  })

  const parquetTest = MNIST_DIR === null ? '' : `${MNIST_DIR}/../mnist-parquet/test-00000-of-00001.parquet`
  const isThere = parquetTest !== '' && existsSync(parquetTest)
  it.skipIf(!isThere)(
    `gives the digest of the IDX test split for the published Parquet${isThere ? '' : ' (needs MNIST_DIR with mnist-parquet beside it)'}`,
    async () => {
      const parquet = await read(new Uint8Array(readFileSync(parquetTest)))
      const idx = await readSplitFiles(
        ['t10k-images-idx3-ubyte.gz', 't10k-labels-idx1-ubyte.gz'].map((name) => {
          const bytes = realFile(name)
          if (bytes === null) throw new Error(`MNIST_DIR has no ${name}`)
          return { name, bytes }
        }),
        options,
      )
      if (!parquet.ok || !idx.ok || parquet.value.labels === null || idx.value.labels === null)
        throw new Error('expected two labelled splits')
      const [a, b] = [
        await digestSplit({ ...parquet.value, labels: parquet.value.labels }, sha256),
        await digestSplit({ ...idx.value, labels: idx.value.labels }, sha256),
      ]
      expect(a).toBe(b)
    },
    60_000,
  )
})

describe('what is refused', () => {
  const whole = encodedFile(digits)

  it('is a file cut short, wherever it is cut', async () => {
    for (const length of [0, 3, 11, 200, whole.length - 1, whole.length - 9])
      expect(await problem(whole.subarray(0, length))).toMatchObject({
        code: 'bad-input',
        message: expect.stringMatching(
          /^digits\.parquet is cut short or damaged.*Download or copy it again\.$/,
        ),
      })
  })

  it('is a footer that says it is longer than the file', async () => {
    const bytes = whole.slice()
    new DataView(bytes.buffer).setUint32(bytes.length - 8, 0x7fffffff, true)
    expect((await problem(bytes)).message).toContain('its footer is longer than the file')
  })

  it('is more rows than the budget has room for, told by the footer alone', async () => {
    const budget = { ...INGEST_BUDGET, unpackedBytes: 22 * 784 }
    expect(await problem(whole, { budget })).toMatchObject({
      code: 'over-budget',
      message: expect.stringContaining('its footer claims 23 rows'),
    })
  })

  it('is pages that unpack to far more than digits can need', async () => {
    const budget = { ...INGEST_BUDGET, fileBytes: 1000 }
    const blank = { ...digits, images: new Uint8Array(digits.images.length) }
    const bombed = encodedFile(blank, { codec: 'GZIP' }, (png, index) =>
      index === 0 ? new Uint8Array(300_000) : png,
    )
    expect(await problem(bombed, { budget })).toMatchObject({
      code: 'over-budget',
      message: expect.stringContaining('unpack to far more'),
    })
  })

  it('is reading that takes too long, or is stopped', async () => {
    expect(await problem(whole, { budget: { ...INGEST_BUDGET, milliseconds: -1 } })).toMatchObject({
      code: 'over-budget',
    })
    expect(await problem(whole, { signal: AbortSignal.abort() })).toMatchObject({ code: 'stopped' })
  })

  it('is a label that is no digit, an image of another size, a pixel out of range, a missing row', async () => {
    const wrong = { ...digits, labels: digits.labels.map((label, at) => (at === 4 ? 11 : label)) }
    expect((await problem(encodedFile(wrong))).message).toContain('a label is 11')
    expect(
      (await problem(encodedFile(digits, {}, (png, at) => (at === 9 ? png.subarray(0, 60) : png)))).message,
    ).toContain('a part of an image is longer than it')
    expect((await problem(listFile(digits, { scale: (byte) => byte * 3 }))).message).toContain(
      'must hold pixels as whole numbers 0…255',
    )
    expect((await problem(listFile(digits, { scale: () => Number.NaN }))).message).toContain(
      'found one that is none',
    )
  })

  it('is a table without digits, by the names of its columns', async () => {
    expect((await problem(otherFile())).message).toContain('found city (byte_array), people (int32)')
  })

  it('is part files of different columns', async () => {
    const outcome = await readParquet(
      [memorySource('a', encodedFile(digits)), memorySource('b', listFile(digits))],
      options,
    )
    expect(outcome).toMatchObject({
      ok: false,
      problem: { message: expect.stringContaining('the same columns') },
    })
  })
})
