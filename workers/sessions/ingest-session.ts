import { assembleDataset } from '../../src/domain/dataset/assemble'
import type { DerivedFrom } from '../../src/domain/dataset/dataset'
import { datasetVersion } from '../../src/domain/dataset/versions'
import { withFeedback } from '../../src/domain/dataset/with-feedback'
import type { DatasetId, EpochMillis, FeedbackId } from '../../src/domain/ids'
import type { Preprocess } from '../../src/domain/image/preprocess'
import type { IngestCommand, IngestEvent, IngestProgress, IngestRequest } from '../../src/protocol/ingest'
import type { Hello } from '../../src/protocol/version'
import { digest } from '../../src/storage/blobs'
import { listDatasets, putDataset, readDataset } from '../../src/storage/datasets'
import { listFeedback } from '../../src/storage/feedback'
import { INGEST_BUDGET } from '../ingest/budget'
import { BUILT_IN_GENERATOR_VERSION, generateDigitsInChunks } from '../ingest/built-in/generate'
import type { Fetch } from '../ingest/download'
import type { FoundDigits } from '../ingest/mnist'
import type { Outcome } from '../ingest/outcome'
import { writeParquet } from '../ingest/parquet/write'
import { loadMnist } from '../ingest/sources'
import { combine, inspect, type Inspected } from './inspect'
import { SessionError, type Post, type Session } from './serve'

type Command = Exclude<IngestCommand, Hello>
type Message = Exclude<IngestEvent, Hello>

export interface IngestHost {
  readonly clock: () => EpochMillis
  /** Monotonic milliseconds. */
  readonly now: () => number
  readonly fetch: Fetch
  /** Address of the site that `data/mnist/` may lie on. */
  readonly site: string
  /** Built-in digits that stand in for MNIST where it cannot be had. */
  readonly standIn: { readonly seed: number; readonly train: number; readonly test: number }
}

/** More progress than this a second is drawn by nobody. */
const PROGRESS_MS = 80

/**
 * One ingest: from a request to a stored dataset, or from a look into files to a person's word and the dataset made by it. The
 * page ends the worker after its answer.
 */
export function ingestSession(host: IngestHost): Session<Command, Message> {
  const abort = new AbortController()
  let inspected: Inspected | null = null
  return {
    async handle(command, post) {
      switch (command.kind) {
        case 'stop':
          abort.abort()
          return
        case 'ingest': {
          const job = { post, host, signal: abort.signal, report: throttled(post, host) }
          const found = await find(command.request, job)
          post(await keep(found, command.preprocess, job))
          return
        }
        case 'inspect': {
          const { fetch, site } = host
          inspected = await inspect(command.request, command.preprocess, {
            fetch,
            site,
            signal: abort.signal,
            report: throttled(post, host),
            onPassedOver: (source, reason) => post({ kind: 'passed-over', source, reason }),
          })
          post({ kind: 'inspected', splits: inspected.previews })
          return
        }
        case 'keep': {
          if (inspected === null)
            throw new SessionError('bad-params', 'Nothing was looked into. Choose files first.')
          const job = { post, host, signal: abort.signal, report: throttled(post, host) }
          const found = { name: command.name, ...(await combine(inspected, command.roles)) }
          post(await keep(found, inspected.preprocess, job))
          return
        }
        case 'export': {
          const { record, ...splits } = await readDataset(command.datasetId)
          const report = throttled(post, host)
          const bytes = await writeParquet(splits[command.split], {
            preprocess: record.preprocess,
            signal: abort.signal,
            onRows: (done, total) =>
              report({ label: `Writing ${command.split}.parquet`, done, total, unit: 'images' }),
          })
          post({ kind: 'exported', bytes }, [bytes.buffer])
          return
        }
      }
    },
    failed: (error) =>
      abort.signal.aborted || error.code === 'stopped' ? { kind: 'stopped' } : { kind: 'failed', error },
  }
}

interface Job {
  readonly post: Post<Message>
  readonly host: IngestHost
  readonly signal: AbortSignal
  readonly report: (progress: IngestProgress) => void
}

async function keep(found: Found, preprocess: Preprocess, job: Job): Promise<Message> {
  const { name, source, splits, derivedFrom, feedback } = found
  const images = splits.train.count + splits.test.count
  job.report({ label: `Checking and hashing ${name}`, done: 0, total: images, unit: 'images' })
  const parts = { name, source, preprocess, now: job.host.clock(), ...splits }
  const outcome = await assembleDataset(derivedFrom ? { ...parts, derivedFrom } : parts, digest)
  if (!outcome.ok) throw new SessionError(outcome.problem.code, outcome.problem.message)
  job.signal.throwIfAborted()
  job.report({ label: `Storing ${name}`, done: images, total: images, unit: 'images' })
  const { record } = outcome.dataset
  const version = datasetVersion(record, await listDatasets())
  const datasetId: DatasetId = await putDataset({ ...outcome.dataset, record: { ...record, version } })
  return { kind: 'stored', datasetId, ...(feedback === undefined ? {} : { feedback }) }
}

/** What is to be stored, and what it was made from. */
interface Found extends FoundDigits {
  readonly derivedFrom?: DerivedFrom
  readonly feedback?: readonly FeedbackId[]
}

async function find(request: IngestRequest, job: Job): Promise<Found> {
  switch (request.kind) {
    case 'mnist':
      return findMnist(job)
    case 'built-in':
      return writeBuiltIn(request, job)
    case 'with-feedback':
      return addFeedback(request.base)
    case 'prepare-again': {
      const { record, ...splits } = await readDataset(request.base)
      const { name, source, derivedFrom } = record
      return { name, source, splits, ...(derivedFrom === undefined ? {} : { derivedFrom }) }
    }
  }
}

/** The base's training digits and those that people named since; in no dataset twice. */
async function addFeedback(base: DatasetId): Promise<Found> {
  const named = (await listFeedback()).filter(({ usedIn }) => usedIn === null)
  if (named.length === 0)
    throw new SessionError(
      'bad-input',
      'Adding feedback needs at least one digit that was named by hand and is in no dataset yet, found none. Draw digits and say what they are first.',
    )
  const { record, ...splits } = await readDataset(base)
  const { id, name, digest: baseDigest } = record
  return {
    name,
    source: { kind: 'feedback', digits: named.length },
    splits: withFeedback(splits, named),
    derivedFrom: {
      id,
      name,
      digest: baseDigest,
      how: `${named.length} digits named by hand added to the training split`,
    },
    feedback: named.map((feedback) => feedback.id),
  }
}

/** MNIST where it can be had; else the built-in digits, after every source's reason was told. */
async function findMnist(job: Job): Promise<FoundDigits> {
  const { host, post, report, signal } = job
  const found = await loadMnist({
    fetch: host.fetch,
    site: host.site,
    digest,
    budget: INGEST_BUDGET,
    signal,
    onProgress: report,
    onPassedOver: (source, reason) => post({ kind: 'passed-over', source, reason }),
  })
  if (found.ok || found.problem.code === 'stopped') return take(found)
  return writeBuiltIn({ kind: 'built-in', ...host.standIn }, job)
}

async function writeBuiltIn(
  request: Extract<IngestRequest, { kind: 'built-in' }>,
  job: Job,
): Promise<FoundDigits> {
  const { seed } = request
  const total = request.train + request.test
  async function write(count: number, first: number) {
    const digits = generateDigitsInChunks(seed, count, { first, signal: job.signal })
    for (;;) {
      const next = await digits.next()
      if (next.done) return next.value
      job.report({ label: 'Writing built-in digits', done: first + next.value.done, total, unit: 'images' })
    }
  }
  const train = await write(request.train, 0)
  const test = await write(request.test, request.train)
  const source = { kind: 'built-in', seed, generator: BUILT_IN_GENERATOR_VERSION } as const
  return { name: 'Built-in digits', source, splits: { train, test } }
}

/** The value, or its problem thrown for the message loop. */
function take<Value>(outcome: Outcome<Value>): Value {
  if (outcome.ok) return outcome.value
  throw new SessionError(outcome.problem.code, outcome.problem.message)
}

/** Posts a progress unless the last one with the same label was just now. */
function throttled(post: Post<Message>, host: IngestHost): (progress: IngestProgress) => void {
  let label = ''
  let at = 0
  return (progress) => {
    const time = host.now()
    if (progress.label === label && time - at < PROGRESS_MS && progress.done !== progress.total) return
    label = progress.label
    at = time
    post({ kind: 'progress', progress })
  }
}
