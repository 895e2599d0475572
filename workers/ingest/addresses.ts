import type { DigestFn } from '../../src/domain/ids'
import { digestSplit } from '../../src/domain/dataset/digest'
import { INGEST_PATIENCE_MS } from './budget'
import type { Fetch } from './download'
import { likelyKind, type NamedBytes } from './idx'
import { MNIST_SPLITS } from './mnist'
import { failure, type Outcome, success } from './outcome'
import { type ByteSource, isParquet } from './parquet/footer'
import type { ReadSplitOptions } from './split-files'
import { type FilesToRead, type FoundSplit, readSplits } from './splits'
import { openUrl } from './url-source'

export interface AddressOptions extends ReadSplitOptions {
  readonly fetch: Fetch
  /** The studio's own address; null in Node, which may ask any host. */
  readonly site: string | null
  /** How long a host may send nothing; 10 s unless told. */
  readonly patienceMs?: number
}

/** Hosts that the page's content policy lets it ask (`deploy/headers.ts`), beside its own site. */
const KNOWN_HOSTS =
  /^(cdn\.jsdelivr\.net|huggingface\.co|([\w-]+\.)*hf\.co|storage\.googleapis\.com|ossci-datasets\.s3\.amazonaws\.com)$/

/** The public MNIST Parquet, by the names it is published under. */
const MNIST_PARQUET = [
  { name: 'train-00000-of-00001.parquet', split: 'train' },
  { name: 'test-00000-of-00001.parquet', split: 'test' },
] as const
const HUB = 'https://huggingface.co/datasets/ylecun/mnist/resolve/main/mnist/'

/** Reads the splits of files behind addresses: Parquet by range requests, IDX as a whole. */
export async function readAddresses(
  urls: readonly string[],
  options: AddressOptions,
): Promise<Outcome<readonly FoundSplit[]>> {
  const parquet: ByteSource[] = []
  const whole: NamedBytes[] = []
  for (const url of urls) {
    const opened = await open(url, options)
    if (!opened.ok) return opened
    const { source, head } = opened.value
    if (isParquet(head)) {
      parquet.push(source)
      continue
    }
    const kind = likelyKind(head)
    if (kind !== null)
      return failure(
        'bad-input',
        `${source.name} must be an IDX or a Parquet file, found ${kind}. Check the address, or download the file and drop it here.`,
      )
    const bytes = await source.read(0, source.length)
    if (!bytes.ok) return bytes
    whole.push({ name: source.name, bytes: bytes.value })
  }
  const files: FilesToRead = { whole, parquet }
  return readSplits(files, options)
}

async function open(url: string, options: AddressOptions) {
  const { budget, fetch, onProgress, signal, site, patienceMs = INGEST_PATIENCE_MS } = options
  const address = URL.canParse(url, site ?? undefined) ? new URL(url, site ?? undefined) : null
  if (address === null || (address.protocol !== 'https:' && address.protocol !== 'http:'))
    return failure(
      'bad-input',
      `An address must start with https:// or http://, found ${JSON.stringify(url)}. Type the address of a file.`,
    )
  const isOwn = site === null || address.origin === new URL(site).origin
  if (!isOwn && !KNOWN_HOSTS.test(address.hostname))
    return failure(
      'unreachable',
      `${address.host} is not asked: this page may fetch from its own site and from the hosts that publish MNIST, so that nothing it reads can be sent elsewhere. Download the file and drop it here.`,
    )
  const name = decodeURIComponent(address.pathname.split('/').at(-1) ?? '') || address.host
  const opened = await openUrl(name, address.href, {
    fetch,
    budget,
    signal,
    patienceMs,
    onBytes: (done) =>
      onProgress({
        label: `Reading ${name} from ${isOwn ? 'this site' : address.host}`,
        done,
        total: null,
        unit: 'bytes',
      }),
  })
  if (opened.ok || opened.problem.code !== 'unreachable' || isOwn) return opened
  return failure(
    'unreachable',
    `${opened.problem.message} (${address.host}). Check the address and the network, or download the file and drop it here.`,
  )
}

/**
 * The public MNIST Parquet, each of its two files from the studio's own site where it lies there (`data/mnist-parquet/`), else
 * from the Hugging Face hub, whose digits must have MNIST's digests. One of the two is enough: what came is the answer, and why
 * the other did not come is told.
 */
export async function readMnistParquet(
  options: AddressOptions & {
    readonly digest: DigestFn
    readonly onPassedOver: (source: string, reason: string) => void
  },
): Promise<Outcome<readonly FoundSplit[]>> {
  const found: FoundSplit[] = []
  const reasons: string[] = []
  for (const { name, split } of MNIST_PARQUET) {
    const places = [
      ...(options.site === null ? [] : [new URL(`data/mnist-parquet/${name}`, options.site).href]),
      `${HUB}${name}`,
    ]
    for (const url of places) {
      const read = await readAddresses([url], options)
      if (!read.ok && read.problem.code === 'stopped') return read
      const place = url.startsWith(HUB) ? 'huggingface.co' : 'this site'
      const problem = read.ok ? await otherThan(split, read.value, options.digest) : read.problem.message
      if (read.ok && problem === null) {
        found.push(...read.value)
        break
      }
      options.onPassedOver(place, `${problem}`)
      reasons.push(`${place}: ${problem}`)
    }
  }
  if (found.length > 0) return success(found)
  return failure(
    'unreachable',
    `MNIST’s Parquet files were expected on this site or on huggingface.co, found on neither (${reasons.join('; ')}). Download them and drop them here.`,
  )
}

/** Why these are not the digits of MNIST's split, or null. */
async function otherThan(
  split: 'train' | 'test',
  [found]: readonly FoundSplit[],
  digest: DigestFn,
): Promise<string | null> {
  if (found === undefined || found.labels === null) return 'its file holds no labels'
  const { count, images, labels } = found
  const digestFound = await digestSplit({ count, images, labels }, digest)
  return digestFound === MNIST_SPLITS[split]
    ? null
    : `its digits must have MNIST’s digest ${MNIST_SPLITS[split]}, found ${digestFound}`
}
