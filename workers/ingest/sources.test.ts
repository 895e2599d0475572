// Long because it is one list: every way a source can fail, each with its whole message.
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { INGEST_BUDGET } from './budget'
import type { Fetch } from './download'
import { readIdxFolder } from './folder'
import { idxImages, idxLabels, MNIST_DIR, realFile, sha256 } from './idx.testing'
import type { Progress } from './outcome'
import { loadMnist, type LoadMnistOptions } from './sources'

const SITE = 'https://studio.test/app/'
const JSDELIVR = 'https://cdn.jsdelivr.net/gh/fgnt/mnist/'
const GOOGLE = 'https://storage.googleapis.com/cvdf-datasets/mnist/'

const OWN_FILES: ReadonlyMap<string, Uint8Array> = new Map([
  ['train-images-idx3-ubyte', idxImages(30, 1)],
  ['train-labels-idx1-ubyte', idxLabels(30)],
  ['t10k-images-idx3-ubyte', idxImages(10, 2)],
  ['t10k-labels-idx1-ubyte', idxLabels(10)],
])

type Answer = (name: string, signal: AbortSignal) => Response | Promise<Response>

/** A network that knows some folders; everything else is beyond reach. */
function network(folders: Readonly<Record<string, Answer>>): { fetch: Fetch; asked: string[] } {
  const asked: string[] = []
  async function fetch(this: unknown, url: string, { signal }: { readonly signal: AbortSignal }) {
    if (this !== undefined) throw new TypeError('Illegal invocation')
    asked.push(url)
    const folder = Object.keys(folders).find((candidate) => url.startsWith(candidate))
    if (folder === undefined) throw new TypeError('fetch failed')
    return folders[folder]!(url.slice(folder.length), signal)
  }
  return { fetch, asked }
}

function fileOf(bytes: Uint8Array | null | undefined, headers: Record<string, string> = {}): Response {
  if (!bytes) return new Response('nothing here', { status: 404 })
  return new Response(bytes.slice(), { headers: { 'content-length': `${bytes.length}`, ...headers } })
}

/** Own digits, packed. */
function ownFile(name: string): Response {
  const bytes = OWN_FILES.get(name.replace('.gz', ''))
  return fileOf(bytes && new Uint8Array(gzipSync(bytes)))
}

function page(): Response {
  return new Response('<!doctype html><title>Studio</title>', { headers: { 'content-type': 'text/html' } })
}

function load(fetch: Fetch, changes: Partial<LoadMnistOptions> = {}) {
  const passedOver: string[] = []
  const progress: Progress[] = []
  const result = loadMnist({
    fetch,
    site: SITE,
    digest: sha256,
    budget: INGEST_BUDGET,
    signal: new AbortController().signal,
    onProgress: (event) => progress.push(event),
    onPassedOver: (source, reason) => passedOver.push(`${source}: ${reason}`),
    ...changes,
  })
  return { result, passedOver, progress }
}

const NO_MIRROR = [
  'cdn.jsdelivr.net: train-images-idx3-ubyte.gz could not be reached',
  'storage.googleapis.com: train-images-idx3-ubyte.gz could not be reached',
  'ossci-datasets.s3.amazonaws.com: train-images-idx3-ubyte.gz could not be reached',
]

afterEach(() => {
  vi.useRealTimers()
})

describe('loadMnist on its own site', () => {
  it('reads other digits and calls them what they are', async () => {
    const { fetch, asked } = network({ [`${SITE}data/mnist/`]: ownFile })
    const { result, passedOver, progress } = load(fetch)
    const found = await result
    expect(found).toMatchObject({
      ok: true,
      value: { name: 'Your IDX files', source: { kind: 'same-origin', url: `${SITE}data/mnist/` } },
    })
    expect(found.ok && found.value.splits.train.images).toEqual(
      OWN_FILES.get('train-images-idx3-ubyte')!.slice(16),
    )
    expect(passedOver).toEqual([])
    expect(asked).toHaveLength(4)
    const downloads = progress.filter(({ label }) => label === 'Downloading MNIST from this site')
    expect(downloads.at(-1)?.done).toBe(downloads.at(-1)?.total)
    expect(progress.at(-1)?.label).toBe('Unpacking t10k-labels-idx1-ubyte.gz')
  })

  it('takes files that arrive unpacked because the server packed the transfer', async () => {
    const { fetch } = network({
      [`${SITE}data/mnist/`]: (name) =>
        fileOf(OWN_FILES.get(name.replace('.gz', '')), { 'content-encoding': 'gzip', 'content-length': '9' }),
    })
    const { result, progress } = load(fetch)
    expect((await result).ok).toBe(true)
    expect(progress[0]?.total).toBeNull()
  })

  it('recognises missing files, as a status and as the start page', async () => {
    for (const [answer, reason] of [
      [() => fileOf(null), 'the server answered 404'],
      [page, 'the server answered with a web page'],
    ] as const) {
      const { fetch } = network({ [SITE]: answer })
      const { result, passedOver } = load(fetch)
      const missing = `this site: train-images-idx3-ubyte.gz is not there (${reason})`
      expect(await result).toEqual({
        ok: false,
        problem: {
          code: 'unreachable',
          message: `MNIST was expected on this site or on a mirror, found on none (${[missing, ...NO_MIRROR].join('; ')}). Choose its four files yourself, or go on with the built-in digits.`,
        },
      })
      expect(passedOver).toEqual([missing, ...NO_MIRROR])
    }
  })

  it('recognises a start page that does not say it is one', async () => {
    const { fetch } = network({ [SITE]: () => new Response('<!doctype html><title>Studio</title>') })
    const { result, passedOver } = load(fetch)
    await result
    expect(passedOver[0]).toBe(
      "this site: train-images-idx3-ubyte.gz must be an IDX file (it starts with 2051 for images or 2049 for labels), found a web page. Choose one of MNIST's four files.",
    )
  })

  it('passes over damaged files', async () => {
    const { fetch } = network({
      [SITE]: (name) => {
        const bytes = OWN_FILES.get(name.split('/').at(-1)!.replace('.gz', ''))
        return fileOf(bytes && new Uint8Array(gzipSync(bytes)).slice(0, -9))
      },
    })
    const { result, passedOver } = load(fetch)
    expect((await result).ok).toBe(false)
    expect(passedOver[0]).toMatch(/^this site: train-images-idx3-ubyte\.gz is cut short or damaged/)
  })
})

describe('loadMnist from mirrors', () => {
  it('refuses files without the published SHA-256', async () => {
    const { fetch } = network({ [JSDELIVR]: ownFile })
    const { result, passedOver } = load(fetch, { site: null })
    expect((await result).ok).toBe(false)
    const found = await sha256(new Uint8Array(gzipSync(OWN_FILES.get('train-images-idx3-ubyte')!)))
    expect(passedOver[0]).toBe(
      `cdn.jsdelivr.net: train-images-idx3-ubyte.gz must have the published SHA-256 440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609, found ${found}`,
    )
  })

  it('gives up a host that sends nothing, before and within a file', async () => {
    vi.useFakeTimers()
    const aborted: string[] = []
    const { fetch } = network({
      [JSDELIVR]: (name, signal) => {
        signal.addEventListener('abort', () => aborted.push(name))
        return new Promise(() => {})
      },
      [GOOGLE]: () =>
        new Response(new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(7)) })),
    })
    const { result, passedOver } = load(fetch, { site: null, patienceMs: 5000 })
    await vi.advanceTimersByTimeAsync(5000)
    await vi.advanceTimersByTimeAsync(5000)
    expect((await result).ok).toBe(false)
    expect(passedOver.slice(0, 2)).toEqual([
      'cdn.jsdelivr.net: train-images-idx3-ubyte.gz: no byte came for 5 s',
      'storage.googleapis.com: train-images-idx3-ubyte.gz: no byte came for 5 s',
    ])
    expect(aborted).toHaveLength(4)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('ends the other files when one is missing', async () => {
    let ended = 0
    const { fetch } = network({
      [JSDELIVR]: (name, signal) =>
        name.startsWith('t10k-labels')
          ? fileOf(null)
          : new Promise((_, reject) => {
              signal.addEventListener('abort', () => {
                ended++
                reject(new DOMException('aborted', 'AbortError'))
              })
            }),
    })
    const { result, passedOver } = load(fetch, { site: null })
    await result
    expect(passedOver[0]).toBe(
      'cdn.jsdelivr.net: t10k-labels-idx1-ubyte.gz is not there (the server answered 404)',
    )
    expect(ended).toBe(3)
  })

  it('refuses a file beyond the budget, announced or not', async () => {
    const budget = { ...INGEST_BUDGET, fileBytes: 1000 }
    const { fetch } = network({
      [JSDELIVR]: () => fileOf(new Uint8Array(2000)),
      [GOOGLE]: () => new Response(new Uint8Array(2000)),
    })
    const { result, passedOver } = load(fetch, { site: null, budget })
    await result
    expect(passedOver.slice(0, 2)).toEqual([
      'cdn.jsdelivr.net: train-images-idx3-ubyte.gz may have at most 1,000 bytes, found 2,000 bytes',
      'storage.googleapis.com: train-images-idx3-ubyte.gz may have at most 1,000 bytes, found 2,000 bytes',
    ])
  })

  it('stops when asked to, and asks no further host', async () => {
    const controller = new AbortController()
    const { fetch, asked } = network({
      [SITE]: () => {
        controller.abort()
        return fileOf(null)
      },
    })
    const { result, passedOver } = load(fetch, { signal: controller.signal })
    expect(await result).toEqual({
      ok: false,
      problem: { code: 'stopped', message: 'Loading was stopped; nothing was kept or changed.' },
    })
    expect(asked.every((url) => url.startsWith(SITE))).toBe(true)
    expect(passedOver).toEqual([])
  })
})

// Needs the four original .gz files; MNIST_DIR names their folder.
describe.skipIf(MNIST_DIR === null)('with the real files (needs MNIST_DIR)', () => {
  it('names MNIST on its own site, also packed anew', async () => {
    const anew = (name: string) => new Uint8Array(gzipSync(gunzipSync(realFile(name)!), { level: 1 }))
    for (const bytesOf of [realFile, anew]) {
      const { fetch } = network({ [`${SITE}data/mnist/`]: (name) => fileOf(bytesOf(name)) })
      const found = await load(fetch).result
      expect(found).toMatchObject({ ok: true, value: { name: 'MNIST', source: { kind: 'same-origin' } } })
    }
  })

  it('goes on to the next mirror, packed or unpacked by its transfer', async () => {
    const { fetch } = network({
      [SITE]: page,
      [JSDELIVR]: (name) => fileOf(realFile(name)!.with(5000 % realFile(name)!.length, 0)),
      [GOOGLE]: (name) =>
        fileOf(name.startsWith('train-images') ? gunzipSync(realFile(name)!) : realFile(name)),
    })
    const { result, passedOver } = load(fetch)
    const found = await result
    expect(found).toMatchObject({
      ok: true,
      value: { name: 'MNIST', source: { kind: 'mirror', url: GOOGLE } },
    })
    expect(found.ok && found.value.splits.test.count).toBe(10_000)
    expect(passedOver).toHaveLength(2)
    expect(passedOver[1]).toMatch(/^cdn\.jsdelivr\.net: .* must have the published SHA-256/)
  })

  it('reads a folder', async () => {
    const found = await readFolder(async (name) => Promise.resolve(realFile(name)))
    expect(found).toMatchObject({
      ok: true,
      value: { name: 'MNIST', source: { kind: 'folder', path: '/digits' } },
    })
  })
})

function readFolder(readFile: (name: string) => Promise<Uint8Array | null>) {
  const signal = new AbortController().signal
  return readIdxFolder({
    path: '/digits',
    readFile,
    digest: sha256,
    budget: INGEST_BUDGET,
    signal,
    onProgress() {},
  })
}

describe('readIdxFolder', () => {
  it('takes files packed or not, with a dot or a dash', async () => {
    const folder = new Map([
      ['train-images.idx3-ubyte', OWN_FILES.get('train-images-idx3-ubyte')!],
      ['train-labels-idx1-ubyte.gz', new Uint8Array(gzipSync(OWN_FILES.get('train-labels-idx1-ubyte')!))],
      ['t10k-images-idx3-ubyte', OWN_FILES.get('t10k-images-idx3-ubyte')!],
      ['t10k-labels-idx1-ubyte', OWN_FILES.get('t10k-labels-idx1-ubyte')!],
    ])
    const found = await readFolder(async (name) => Promise.resolve(folder.get(name) ?? null))
    expect(found).toMatchObject({
      ok: true,
      value: { name: 'Your IDX files', splits: { train: { count: 30 } } },
    })
  })

  it('names the file that is missing', async () => {
    const found = await readFolder(async (name) =>
      Promise.resolve(name.includes('t10k') ? null : idxImages(2)),
    )
    expect(found).toEqual({
      ok: false,
      problem: {
        code: 'not-found',
        message:
          "/digits must hold MNIST's four files, found no t10k-images-idx3-ubyte.gz and no t10k-images-idx3-ubyte. Name a folder that has them all.",
      },
    })
  })
})
