import 'fake-indexeddb/auto'
import { beforeEach, describe, expect, it } from 'vitest'
import { epochMillis, type DatasetId } from '../../src/domain/ids'
import { MNIST_PREPROCESS } from '../../src/domain/image/preprocess'
import type { IngestCommand, IngestEvent, ReadRequest, SplitRoles } from '../../src/protocol/ingest'
import { metrics, studio } from '../../src/storage/database'
import { listDatasets, readDataset } from '../../src/storage/datasets'
import { idxImages, idxLabels } from '../ingest/idx.testing'
import { encodedFile, listFile, someDigits } from '../ingest/parquet/parquet.testing'
import { ingestSession } from './ingest-session'
import { wireError } from './serve'

type Event = Exclude<IngestEvent, { kind: 'hello' }>
type Command = Exclude<IngestCommand, { kind: 'hello' }>

const digits = someDigits(60)

beforeEach(async () => {
  for (const database of [studio, metrics]) {
    await database.delete({ disableAutoOpen: false })
    await database.open()
  }
})

/** One worker's life: each command's last message. */
function openSession() {
  let time = 0
  const session = ingestSession({
    clock: () => epochMillis(++time),
    now: () => performance.now(),
    site: 'http://studio.test/',
    standIn: { seed: 3, train: 20, test: 10 },
    fetch: async () => new Response(null, { status: 404 }),
  })
  return async (command: Command): Promise<Event | undefined> => {
    let last: Event | undefined
    await session
      .handle(command, (message) => (last = message))
      .catch((error: unknown) => (last = session.failed(wireError(error), command)))
    return last
  }
}

function filesRequest(files: Record<string, Uint8Array>): ReadRequest {
  return {
    kind: 'files',
    files: Object.entries(files).map(([name, bytes]) => ({ name, bytes: new Uint8Array(bytes).buffer })),
  }
}

async function looked(files: Record<string, Uint8Array>) {
  const send = openSession()
  const request = filesRequest(files)
  const event = await send({ kind: 'inspect', request, preprocess: MNIST_PREPROCESS })
  return { send, event }
}

async function kept(files: Record<string, Uint8Array>, name: string, roles: SplitRoles) {
  const { send } = await looked(files)
  const event = await send({ kind: 'keep', name, roles })
  if (event?.kind !== 'stored') throw new Error(`expected stored, found ${JSON.stringify(event)}`)
  return readDataset(event.datasetId)
}

describe('a look into files', () => {
  it('shows what they hold and stores nothing', async () => {
    const { event } = await looked({ 'train.parquet': encodedFile(digits), 'test.parquet': listFile(digits) })
    if (event?.kind !== 'inspected') throw new Error(`expected inspected, found ${JSON.stringify(event)}`)
    const [train, test] = event.splits
    expect(train).toMatchObject({
      role: 'train',
      count: 60,
      kind: 'Parquet, 60 images: PNG images, labels in label, Snappy',
      classCounts: Array.from({ length: 10 }, () => 6),
      sameAs: null,
    })
    expect(train?.sample.images).toEqual(digits.images.subarray(0, 40 * 784))
    expect(test?.digest).toBe(train?.digest)
    expect(await listDatasets()).toEqual([])
  })

  it('knows digits that are stored already, whatever their format', async () => {
    const { record } = await kept({ 'digits.parquet': listFile(digits) }, 'Mine', {
      kind: 'cut',
      split: 0,
      share: 0.5,
      seed: 1,
    })
    const stored = await readDataset(record.id)
    const { event } = await looked({ 'again.parquet': encodedFile({ ...stored.test }) })
    expect(event).toMatchObject({ kind: 'inspected', splits: [{ sameAs: 'the test split of Mine' }] })
  })

  it('answers a bad file with its one problem, and has nothing to keep then', async () => {
    const { send, event } = await looked({ 'a.parquet': listFile(digits).subarray(0, 500) })
    expect(event).toMatchObject({ kind: 'failed', error: { code: 'bad-input' } })
    expect(await send({ kind: 'keep', name: 'x', roles: { kind: 'pair', train: 0, test: 1 } })).toMatchObject(
      {
        kind: 'failed',
        error: { code: 'bad-params' },
      },
    )
  })
})

describe('four IDX files', () => {
  const files = {
    'train-images-idx3-ubyte': idxImages(30, 1),
    'train-labels-idx1-ubyte': idxLabels(30),
    't10k-images-idx3-ubyte': idxImages(10, 2),
    't10k-labels-idx1-ubyte': idxLabels(10),
  }

  it('are a training and a test split', async () => {
    const { record } = await kept(files, 'Mine', { kind: 'pair', train: 0, test: 1 })
    expect(record.source).toMatchObject({ kind: 'files', names: Object.keys(files), format: 'idx' })
    expect([record.train.profile.count, record.test.profile.count]).toEqual([30, 10])
  })

  it('leave what was stored when one of them is bad', async () => {
    const { record } = await kept(files, 'Mine', { kind: 'pair', train: 0, test: 1 })
    const { event } = await looked({ ...files, 'train-labels-idx1-ubyte': new Uint8Array(0) })
    expect(event).toMatchObject({
      kind: 'failed',
      error: { code: 'bad-input', message: expect.stringContaining('found 0 bytes') },
    })
    expect((await listDatasets()).map(({ id }) => id)).toEqual([record.id])
  })
})

describe('what a person decides', () => {
  it('makes a pair, and gives the same name the next version', async () => {
    const files = { 'train.parquet': encodedFile(digits), 'test.parquet': listFile(someDigits(20, 5)) }
    const { record, train } = await kept(files, 'Mine', { kind: 'pair', train: 0, test: 1 })
    expect(record).toMatchObject({
      name: 'Mine',
      version: 1,
      leaks: 0,
      source: { kind: 'files', names: ['train.parquet', 'test.parquet'], format: 'parquet' },
    })
    expect(train.images).toEqual(digits.images)
    const swapped = await kept(files, 'Mine', { kind: 'pair', train: 1, test: 0 })
    expect(swapped.record.version).toBe(2)
  })

  it('sets a split beside that of a stored dataset, and remembers which', async () => {
    const base = await kept({ 'a.parquet': listFile(digits) }, 'Base', {
      kind: 'cut',
      split: 0,
      share: 0.25,
      seed: 3,
    })
    expect(base.record.source).toMatchObject({ cut: { share: 0.25, seed: 3 } })
    const { id, digest } = base.record
    const fresh = { 'x-images-idx3-ubyte': idxImages(30, 4), 'x-labels-idx1-ubyte': idxLabels(30) }
    const beside = await kept(fresh, 'Base', { kind: 'beside', split: 0, as: 'test', base: id })
    expect(beside.record).toMatchObject({
      version: 2,
      derivedFrom: {
        id,
        digest,
        name: 'Base',
        how: expect.stringContaining('30 other digits as the test split'),
      },
    })
    expect(beside.train.images).toEqual(base.train.images)
    expect(beside.test.count).toBe(30)
  })

  it('counts the test images that training has seen', async () => {
    const { record } = await kept(
      {
        'train.parquet': listFile(digits),
        'test.parquet': listFile({
          count: 2,
          images: digits.images.slice(784, 3 * 784),
          labels: Uint8Array.of(1, 2),
        }),
      },
      'Leaky',
      { kind: 'pair', train: 0, test: 1 },
    )
    expect(record.leaks).toBe(2)
  })

  it('needs labels', async () => {
    const { send } = await looked({ 'x-images-idx3-ubyte': idxImages(30, 4) })
    expect(
      await send({ kind: 'keep', name: 'x', roles: { kind: 'cut', split: 0, share: 0.2, seed: 1 } }),
    ).toMatchObject({ kind: 'failed', error: { message: expect.stringContaining('a label for each image') } })
  })
})

describe('an export', () => {
  it('is Parquet that gives the same split again', async () => {
    const { record } = await kept({ 'a.parquet': listFile(digits) }, 'Mine', {
      kind: 'cut',
      split: 0,
      share: 0.5,
      seed: 1,
    })
    const exported = await openSession()({ kind: 'export', datasetId: record.id, split: 'train' })
    if (exported?.kind !== 'exported') throw new Error(`expected bytes, found ${JSON.stringify(exported)}`)
    const { event } = await looked({ 'train.parquet': exported.bytes })
    expect(event).toMatchObject({
      splits: [{ digest: record.train.digest, sameAs: 'the training split of Mine' }],
    })
  })

  it('of a dataset that is gone is one problem', async () => {
    const gone = 'f'.repeat(64) as DatasetId
    expect(await openSession()({ kind: 'export', datasetId: gone, split: 'test' })).toMatchObject({
      kind: 'failed',
      error: { code: 'not-found' },
    })
  })
})
