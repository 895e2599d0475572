import type { DatasetSource, DerivedFrom, LabelledImages } from '../../src/domain/dataset/dataset'
import { CLASS_COUNT } from '../../src/domain/dataset/dataset'
import { digestSplit } from '../../src/domain/dataset/digest'
import type { Sha256 } from '../../src/domain/ids'
import { IMAGE_PIXELS, type Preprocess } from '../../src/domain/image/preprocess'
import type { ReadRequest, SplitPreview, SplitRoles } from '../../src/protocol/ingest'
import { digest } from '../../src/storage/blobs'
import { listDatasets, readDataset } from '../../src/storage/datasets'
import { readAddresses, readMnistParquet } from '../ingest/addresses'
import { INGEST_BUDGET } from '../ingest/budget'
import { cutSplit } from '../ingest/cut'
import type { Fetch } from '../ingest/download'
import type { Splits } from '../ingest/idx-dataset'
import { MNIST_SPLITS } from '../ingest/mnist'
import { grouped, type OnProgress, type Outcome } from '../ingest/outcome'
import { filesInMemory, type FoundSplit, readSplits } from '../ingest/splits'
import { SessionError } from './serve'

/** What a look into files needs. */
export interface InspectJob {
  readonly fetch: Fetch
  readonly site: string
  readonly signal: AbortSignal
  readonly report: OnProgress
  readonly onPassedOver: (source: string, reason: string) => void
}

/** Splits that were found and wait for a person's word. */
export interface Inspected {
  readonly splits: readonly FoundSplit[]
  readonly previews: readonly SplitPreview[]
  readonly origin: ReadRequest['kind']
  /** What was asked for: names, or addresses. */
  readonly names: readonly string[]
  readonly preprocess: Preprocess
}

const SAMPLE = 40

/** Reads everything there is and stores nothing. @throws SessionError with the one problem that stands against it */
export async function inspect(
  request: ReadRequest,
  preprocess: Preprocess,
  job: InspectJob,
): Promise<Inspected> {
  const splits = take(await readAll(request, preprocess, job))
  const known = await knownSplits()
  const previews: SplitPreview[] = []
  for (const split of splits) previews.push(await previewOf(split, known))
  const names = request.kind === 'addresses' ? request.urls : splits.flatMap(({ files }) => files)
  return { splits, previews, origin: request.kind, names, preprocess }
}

function readAll(
  request: ReadRequest,
  preprocess: Preprocess,
  { fetch, site, signal, report, onPassedOver }: InspectJob,
): Promise<Outcome<readonly FoundSplit[]>> {
  const options = { preprocess, budget: INGEST_BUDGET, signal, onProgress: report }
  switch (request.kind) {
    case 'files': {
      const files = request.files.map(({ name, bytes }) => ({ name, bytes: new Uint8Array(bytes) }))
      return readSplits(take(filesInMemory(files)), options)
    }
    case 'addresses':
      return readAddresses(request.urls, { ...options, fetch, site })
    case 'mnist-parquet':
      return readMnistParquet({ ...options, fetch, site, digest, onPassedOver })
  }
}

/** What stored splits and MNIST's own are called, by digest. */
async function knownSplits(): Promise<ReadonlyMap<string, string>> {
  const known = new Map<string, string>([
    [MNIST_SPLITS.train, 'the training split of MNIST'],
    [MNIST_SPLITS.test, 'the test split of MNIST'],
  ])
  for (const { name, train, test } of await listDatasets()) {
    if (!known.has(train.digest)) known.set(train.digest, `the training split of ${name}`)
    if (!known.has(test.digest)) known.set(test.digest, `the test split of ${name}`)
  }
  return known
}

async function previewOf(split: FoundSplit, known: ReadonlyMap<string, string>): Promise<SplitPreview> {
  const { files, format, kind, count, images, labels, role } = split
  const found: Sha256 | null = labels === null ? null : await digestSplit({ count, images, labels }, digest)
  const shown = Math.min(SAMPLE, count)
  return {
    files,
    format,
    kind,
    count,
    role,
    classCounts: labels === null ? null : countClasses(labels),
    digest: found,
    sameAs: found === null ? null : (known.get(found) ?? null),
    sample: { images: images.slice(0, shown * IMAGE_PIXELS), labels: labels?.slice(0, shown) ?? null },
  }
}

function countClasses(labels: Uint8Array): readonly number[] {
  const counts = Array.from({ length: CLASS_COUNT }, () => 0)
  for (const label of labels) counts[label] = (counts[label] ?? 0) + 1
  return counts
}

/** What was found, put together as somebody decided. @throws SessionError when a split lacks labels or is not there */
export async function combine(
  { splits, origin, names }: Inspected,
  roles: SplitRoles,
): Promise<{ splits: Splits; source: DatasetSource; derivedFrom?: DerivedFrom }> {
  const format = splits[0]?.format ?? 'idx'
  const source: DatasetSource =
    origin === 'files'
      ? { kind: 'files', names, format }
      : {
          kind: 'url',
          urls: origin === 'addresses' ? names : names.map((name) => `ylecun/mnist ${name}`),
          format,
        }
  switch (roles.kind) {
    case 'pair':
      return { source, splits: { train: labelled(splits, roles.train), test: labelled(splits, roles.test) } }
    case 'cut': {
      const { share, seed } = roles
      if (!(share > 0 && share < 1))
        throw new SessionError(
          'bad-params',
          `The share for testing must lie between 0 and 1, found ${share}.`,
        )
      const cut = cutSplit(labelled(splits, roles.split), share, seed)
      return { splits: cut, source: { ...source, cut: { share, seed } } }
    }
    case 'beside': {
      const { record, train, test } = await readDataset(roles.base)
      const own = labelled(splits, roles.split)
      const [other, what] = roles.as === 'test' ? ['training', 'test'] : ['test', 'training']
      const { id, name, digest: baseDigest } = record
      return {
        source,
        splits: roles.as === 'test' ? { train, test: own } : { train: own, test },
        derivedFrom: {
          id,
          name,
          digest: baseDigest,
          how: `its ${other} split, with ${grouped(own.count)} other digits as the ${what} split`,
        },
      }
    }
  }
}

function labelled(splits: readonly FoundSplit[], place: number): LabelledImages {
  const split = splits[place]
  if (split === undefined)
    throw new SessionError(
      'bad-params',
      `There is no split ${place + 1}; ${splits.length} were found. Choose again.`,
    )
  const { count, images, labels, files } = split
  if (labels === null)
    throw new SessionError(
      'bad-input',
      `${files.join(', ')} must hold a label for each image to be part of a dataset, found none. Choose its label file too.`,
    )
  return { count, images, labels }
}

/** The value, or its problem thrown for the message loop. */
function take<Value>(outcome: Outcome<Value>): Value {
  if (outcome.ok) return outcome.value
  throw new SessionError(outcome.problem.code, outcome.problem.message)
}
