import 'fake-indexeddb/auto'
import { beforeEach, describe, expect, it } from 'vitest'
import { epochMillis, parseVersionId, type DatasetId, type FeedbackId } from '../../src/domain/ids'
import { MNIST_PREPROCESS } from '../../src/domain/image/preprocess'
import type { Feedback } from '../../src/domain/registry/traffic'
import type { IngestEvent, IngestRequest } from '../../src/protocol/ingest'
import { listDatasets, putDataset, readDataset } from '../../src/storage/datasets'
import { metrics, studio } from '../../src/storage/database'
import { keepFeedback } from '../../src/storage/feedback'
import { MNIST_DIGEST } from '../ingest/mnist'
import { MNIST_DIR, realFile } from '../ingest/idx.testing'
import { ingestSession, type IngestHost } from './ingest-session'
import { wireError } from './serve'

const host: IngestHost = {
  clock: () => epochMillis(7),
  now: () => performance.now(),
  site: 'http://studio.test/',
  standIn: { seed: 3, train: 200, test: 50 },
  fetch: async (url) => {
    const name = url.slice('http://studio.test/data/mnist/'.length)
    const bytes = url.startsWith('http://studio.test/') ? realFile(name) : null
    return bytes === null ? new Response(null, { status: 404 }) : new Response(new Uint8Array(bytes))
  },
}
const preprocess = { ...MNIST_PREPROCESS, mean: 0.2 }

beforeEach(async () => {
  for (const database of [studio, metrics]) {
    await database.delete({ disableAutoOpen: false })
    await database.open()
  }
})

/** Everything a session posts for one request; `meanwhile` runs at each message. */
async function ingest(request: IngestRequest, meanwhile: (stop: () => void) => void = () => {}, from = host) {
  const session = ingestSession(from)
  const posted: Exclude<IngestEvent, { kind: 'hello' }>[] = []
  const stop = () => void session.handle({ kind: 'stop' }, () => {})
  const command = { kind: 'ingest', request, preprocess } as const
  try {
    await session.handle(command, (message) => {
      posted.push(message)
      meanwhile(stop)
    })
  } catch (error) {
    posted.push(session.failed(wireError(error), command))
  }
  return posted
}

describe('ingestSession', () => {
  it('writes built-in digits, with the page’s preprocessing, and the same again from the same seed', async () => {
    const request = { kind: 'built-in', seed: 5, train: 60, test: 20 } as const
    const stored = (await ingest(request)).at(-1)
    if (stored?.kind !== 'stored') throw new Error(`expected stored, found ${JSON.stringify(stored)}`)
    const { record, train, test } = await readDataset(stored.datasetId)
    expect(record).toMatchObject({
      name: 'Built-in digits',
      source: { kind: 'built-in', seed: 5 },
      preprocess,
    })
    expect(record.createdAt).toBe(7)
    expect([train.count, test.count]).toEqual([60, 20])
    expect(test.images).not.toEqual(train.images.subarray(0, test.images.length))
    expect((await ingest(request)).at(-1)).toEqual(stored)
    expect(await listDatasets()).toHaveLength(1)
  })

  it.skipIf(MNIST_DIR === null)(
    `takes MNIST from its own site first${MNIST_DIR === null ? ' (needs MNIST_DIR)' : ''}`,
    async () => {
      const stored = (await ingest({ kind: 'mnist' })).at(-1)
      if (stored?.kind !== 'stored') throw new Error(`expected stored, found ${JSON.stringify(stored)}`)
      const { record } = await readDataset(stored.datasetId)
      expect(record).toMatchObject({ name: 'MNIST', source: { kind: 'same-origin' }, digest: MNIST_DIGEST })
      expect([record.train.profile.count, record.test.profile.count]).toEqual([60_000, 10_000])
    },
  )

  it('tells why each source was passed over and goes on with the built-in digits', async () => {
    const nowhere = { ...host, fetch: async () => new Response(null, { status: 503 }) }
    const posted = await ingest({ kind: 'mnist' }, () => {}, nowhere)
    const passed = posted.filter((message) => message.kind === 'passed-over')
    expect(passed.map(({ source }) => source)[0]).toBe('this site')
    expect(passed.length).toBeGreaterThan(2)
    const [dataset] = await listDatasets()
    expect(dataset).toMatchObject({
      source: { kind: 'built-in', seed: 3 },
      id: (posted.at(-1) as { datasetId: DatasetId }).datasetId,
    })
  })

  it('adds the digits that people named as a new version, and none of them twice', async () => {
    const first = (await ingest({ kind: 'built-in', seed: 5, train: 60, test: 20 })).at(-1)
    if (first?.kind !== 'stored') throw new Error(`expected stored, found ${JSON.stringify(first)}`)
    const request = { kind: 'with-feedback', base: first.datasetId } as const
    expect((await ingest(request)).at(-1)).toMatchObject({
      kind: 'failed',
      error: { code: 'bad-input', message: expect.stringContaining('found none') },
    })
    const digit = new Uint8Array(784).fill(77)
    await keepFeedback(namedDigit('a', digit, 4))
    await keepFeedback({ ...namedDigit('b', digit, 5), usedIn: first.datasetId })
    const stored = (await ingest(request)).at(-1)
    if (stored?.kind !== 'stored') throw new Error(`expected stored, found ${JSON.stringify(stored)}`)
    expect(stored.feedback).toEqual(['a'])
    const base = await readDataset(first.datasetId)
    const { record, train, test } = await readDataset(stored.datasetId)
    expect(record).toMatchObject({
      name: 'Built-in digits',
      version: 2,
      source: { kind: 'feedback', digits: 1 },
      derivedFrom: { id: first.datasetId, digest: base.record.digest },
    })
    expect(train.count).toBe(61)
    expect(train.labels.at(-1)).toBe(4)
    expect(train.images.subarray(60 * 784)).toEqual(digit)
    expect(test.images).toEqual(base.test.images)
  })

  it('prepares a stored dataset again: the digits stay, mean and deviation are the page’s', async () => {
    const first = (await ingest({ kind: 'built-in', seed: 5, train: 60, test: 20 })).at(-1)
    if (first?.kind !== 'stored') throw new Error(`expected stored, found ${JSON.stringify(first)}`)
    const before = await readDataset(first.datasetId)
    await putDataset({ ...before, record: { ...before.record, preprocess: MNIST_PREPROCESS } })
    const again = (await ingest({ kind: 'prepare-again', base: first.datasetId })).at(-1)
    expect(again).toEqual({ kind: 'stored', datasetId: first.datasetId })
    expect(await listDatasets()).toHaveLength(1)
    const after = await readDataset(first.datasetId)
    expect(after.record).toMatchObject({ digest: before.record.digest, preprocess, version: 1 })
    expect(after.train.images).toEqual(before.train.images)
  })

  it('stops when told to and stores nothing', async () => {
    const posted = await ingest({ kind: 'built-in', seed: 1, train: 5000, test: 10 }, (stop) => stop())
    expect(posted.at(-1)).toEqual({ kind: 'stopped' })
    expect(await listDatasets()).toEqual([])
  })
})

function namedDigit(id: string, digit: Uint8Array, label: number): Feedback {
  const [feedbackId, version] = [id as FeedbackId, parseVersionId('mnist-classifier/1')]
  return {
    id: feedbackId,
    at: epochMillis(1),
    versionId: version,
    source: 'draw',
    digit,
    answered: 9,
    label,
    usedIn: null,
  }
}
