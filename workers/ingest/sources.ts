import type { DigestFn } from '../../src/domain/ids'
import type { IngestBudget } from './budget'
import { downloadFiles, type Fetch } from './download'
import type { NamedBytes } from './idx'
import { readIdxDataset } from './idx-dataset'
import { type FoundDigits, MNIST_FILES, nameDigits } from './mnist'
import { failure, type OnProgress, type Outcome, success } from './outcome'

/** Hosts that serve the published files, in the order they are asked. The page's content policy names the same hosts. */
const MIRRORS: readonly string[] = [
  'https://cdn.jsdelivr.net/gh/fgnt/mnist/',
  'https://storage.googleapis.com/cvdf-datasets/mnist/',
  'https://ossci-datasets.s3.amazonaws.com/mnist/',
]

export interface LoadMnistOptions {
  readonly fetch: Fetch
  /** Address that `data/mnist/<file>.gz` is relative to; null where there is no site, in Node. */
  readonly site: string | null
  readonly digest: DigestFn
  readonly budget: IngestBudget
  readonly signal: AbortSignal
  readonly onProgress: OnProgress
  /** A source that could not be used, and why; the next one is tried. */
  readonly onPassedOver: (source: string, reason: string) => void
  /** How long a host may send nothing; 10 s unless told. */
  readonly patienceMs?: number
}

/**
 * Takes MNIST from the studio's own site, else from a mirror whose files have the published SHA-256. What lies on the own
 * site may be other digits: they are named after what they are. When nothing can be read the problem names every source;
 * the caller then uses the built-in digits.
 */
export async function loadMnist(options: LoadMnistOptions): Promise<Outcome<FoundDigits>> {
  const reasons: string[] = []
  const sites = options.site === null ? [] : [new URL('data/mnist/', options.site).href]
  for (const url of [...sites, ...MIRRORS]) {
    const isMirror = MIRRORS.includes(url)
    const place = isMirror ? new URL(url).host : 'this site'
    const found = await loadFrom(url, place, isMirror, options)
    if (found.ok || found.problem.code === 'stopped') return found
    options.onPassedOver(place, found.problem.message)
    reasons.push(`${place}: ${found.problem.message}`)
  }
  return failure(
    'unreachable',
    `MNIST was expected on this site or on a mirror, found on none (${reasons.join('; ')}). Choose its four files yourself, or go on with the built-in digits.`,
  )
}

async function loadFrom(
  url: string,
  place: string,
  isMirror: boolean,
  options: LoadMnistOptions,
): Promise<Outcome<FoundDigits>> {
  const { budget, digest, fetch, onProgress, signal, patienceMs = 10_000 } = options
  const requests = MNIST_FILES.map(({ name }) => ({ name: `${name}.gz`, url: `${url}${name}.gz` }))
  const label = `Downloading MNIST from ${place}`
  const files = await downloadFiles(requests, {
    fetch,
    budget,
    signal,
    patienceMs,
    onBytes: (done, total) => onProgress({ label, done, total, unit: 'bytes' }),
  })
  if (!files.ok) return files
  if (isMirror) {
    const mismatch = await findMismatch(files.value, digest)
    if (mismatch !== null) return failure('digest-mismatch', mismatch)
  }
  const splits = await readIdxDataset(files.value, budget, signal, onProgress)
  if (!splits.ok) return splits
  const name = isMirror ? 'MNIST' : await nameDigits(splits.value, digest)
  return success({ name, source: { kind: isMirror ? 'mirror' : 'same-origin', url }, splits: splits.value })
}

async function findMismatch(files: readonly NamedBytes[], digest: DigestFn): Promise<string | null> {
  for (const { name, bytes } of files) {
    const published = MNIST_FILES.find((file) => `${file.name}.gz` === name)
    const found = await digest(bytes)
    if (published?.packedSha256 !== found && published?.unpackedSha256 !== found)
      return `${name} must have the published SHA-256 ${published?.packedSha256}, found ${found}`
  }
  return null
}
