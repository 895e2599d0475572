import { gzipSync } from 'node:zlib'
import * as fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { IMAGE_PIXELS } from '../../src/domain/image/preprocess'
import { INGEST_BUDGET } from './budget'
import { readIdx, type ReadIdxOptions } from './idx'
import { idxImages, idxLabels } from './idx.testing'

const OPTIONS: ReadIdxOptions = {
  budget: INGEST_BUDGET,
  unpackedLeft: INGEST_BUDGET.unpackedBytes,
  deadline: Number.POSITIVE_INFINITY,
  signal: new AbortController().signal,
  onConsumed() {},
}

/** The one message a file gets. */
async function refusal(name: string, bytes: Uint8Array, options = OPTIONS): Promise<string> {
  const read = await readIdx({ name, bytes }, options)
  if (read.ok) throw new Error(`${name} was accepted`)
  return `${read.problem.code}: ${read.problem.message}`
}

/** Counts what every decompressor from now on hands out. */
function countUnpackedBytes(): () => number {
  let bytes = 0
  const Original = DecompressionStream
  vi.stubGlobal('DecompressionStream', function counting(format: CompressionFormat) {
    const { readable, writable } = new Original(format)
    const counter = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        bytes += chunk.length
        controller.enqueue(chunk)
      },
    })
    return { writable, readable: readable.pipeThrough(counter) }
  })
  return () => bytes
}

afterEach(() => {
  vi.unstubAllGlobals()
})

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}

describe('readIdx', () => {
  it('reads images and labels, packed or not', async () => {
    for (const pack of [
      (bytes: Uint8Array) => bytes,
      (bytes: Uint8Array) => new Uint8Array(gzipSync(bytes)),
    ]) {
      const images = idxImages(300)
      expect(await readIdx({ name: 'images', bytes: pack(images) }, OPTIONS)).toEqual({
        ok: true,
        value: { kind: 'images', name: 'images', count: 300, bytes: images.slice(16) },
      })
      const labels = idxLabels(11)
      expect(await readIdx({ name: 'labels', bytes: pack(labels) }, OPTIONS)).toEqual({
        ok: true,
        value: { kind: 'labels', name: 'labels', count: 11, bytes: labels.slice(8) },
      })
    }
  })

  it('counts the packed bytes it has read', async () => {
    const bytes = new Uint8Array(gzipSync(idxImages(200)))
    const seen: number[] = []
    await readIdx({ name: 'images', bytes }, { ...OPTIONS, onConsumed: (done) => seen.push(done) })
    expect(seen.length).toBeGreaterThan(3)
    expect(seen).toEqual(seen.toSorted((a, b) => a - b))
    expect(seen.at(-1)).toBe(bytes.length)
  })

  it('refuses an empty file', async () => {
    expect(await refusal('train-labels', new Uint8Array(0))).toBe(
      'bad-input: train-labels must be an IDX file, found 0 bytes. Download or copy it again.',
    )
  })

  it('refuses a truncated gzip', async () => {
    const packed = new Uint8Array(gzipSync(idxImages(100)))
    const half = await refusal('i.gz', packed.slice(0, 40_000))
    expect(half).toMatch(
      /^bad-input: i\.gz is cut short or damaged: expected one whole gzip stream, found a fault after [\d,]+ of 78,416 unpacked bytes\. Download or copy it again\.$/,
    )
    expect(await refusal('i.gz', packed.slice(0, -1))).toMatch(/cut short or damaged/)
    expect(await refusal('i.gz', packed.slice(0, 5))).toBe(
      'bad-input: i.gz is cut short or damaged: expected one whole gzip stream, found a fault in its header. Download or copy it again.',
    )
  })

  it('refuses bytes after the gzip stream, a second one too', async () => {
    const packed = new Uint8Array(gzipSync(idxLabels(500)))
    expect(await refusal('l.gz', new Uint8Array([...packed, 1, 2, 3, 4, 5]))).toMatch(/cut short or damaged/)
    const empty = new Uint8Array(gzipSync(new Uint8Array(0)))
    expect(await refusal('l.gz', new Uint8Array([...packed, ...empty]))).toMatch(/cut short or damaged/)
  })

  it('refuses a file shorter or longer than its header says', async () => {
    expect(await refusal('i', idxImages(3).slice(0, -1))).toBe(
      'bad-input: i is cut short: expected 2,368 bytes for 3 images, found 2,367. Download or copy it again.',
    )
    expect(await refusal('i', new Uint8Array([...idxImages(3), 0]))).toBe(
      'bad-input: i is longer than its header says: expected 2,368 bytes for 3 images, found more. Download or copy it again.',
    )
    expect(await refusal('l.gz', new Uint8Array(gzipSync(idxLabels(9, 10))))).toBe(
      'bad-input: l.gz is cut short: expected 18 bytes for 10 labels, found 17. Download or copy it again.',
    )
    expect(await refusal('l.gz', new Uint8Array(gzipSync(idxLabels(11, 10))))).toBe(
      'bad-input: l.gz is longer than its header says: expected 18 bytes for 10 labels, found more. Download or copy it again.',
    )
    expect(await refusal('i', Uint8Array.of(0, 0, 8, 3, 0, 0))).toBe(
      'bad-input: i is cut short: expected the header of an IDX file, found 6 bytes. Download or copy it again.',
    )
  })

  it('refuses a header that claims 2 GB before anything is allocated', async () => {
    const claim = idxImages(1, 1, { 1: 2_739_138 })
    const message =
      'its header claims 2,739,138 images (2.1 GB), at most 400 MB may be unpacked for one dataset. Choose a smaller dataset, or a fresh copy if this is MNIST.'
    expect(await refusal('i', claim)).toBe(`over-budget: i is not read: ${message}`)
    expect(await refusal('i.gz', new Uint8Array(gzipSync(claim)))).toBe(
      `over-budget: i.gz is not read: ${message}`,
    )
    expect(await refusal('i', idxImages(1, 1, { 1: 0xffffffff }))).toMatch(
      /claims 4,294,967,295 images \(3367 GB\)/,
    )
  })

  it('refuses a claim within the budget that the gzip cannot hold', async () => {
    const packed = new Uint8Array(gzipSync(idxImages(1, 1, { 1: 100_000 })))
    expect(await refusal('i.gz', packed)).toBe(
      `bad-input: i.gz is cut short: its header claims 100,000 images (78 MB), which ${packed.length} bytes of gzip cannot hold. Download or copy it again.`,
    )
  })

  it('stops a gzip bomb at the first byte too many', async () => {
    const bomb = new Uint8Array(200_000_000)
    bomb.set(idxLabels(10))
    const packed = new Uint8Array(gzipSync(bomb))
    const unpacked = countUnpackedBytes()
    expect(await refusal('l.gz', packed)).toBe(
      'bad-input: l.gz is longer than its header says: expected 18 bytes for 10 labels, found more. Download or copy it again.',
    )
    expect(unpacked()).toBeGreaterThan(18)
    expect(unpacked()).toBeLessThan(2_000_000)
  })

  it('says what other files are', async () => {
    const wanted = 'must be an IDX file (it starts with 2051 for images or 2049 for labels), found'
    const wayOut = "Choose one of MNIST's four files."
    expect(await refusal('a', ascii('<!doctype html><p>Not found'))).toBe(
      `bad-input: a ${wanted} a web page. ${wayOut}`,
    )
    expect(await refusal('a', ascii('PK\u0003\u0004aaaaaaaa'))).toContain('found a zip archive')
    expect(await refusal('a', ascii('PAR1aaaaaaaa'))).toContain('found a Parquet file')
    expect(await refusal('a', ascii('\u0089PNG\r\n\u001a\n'))).toContain('found a PNG image')
    expect(await refusal('a', Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 1))).toBe(
      `bad-input: a ${wanted} 2050. ${wayOut}`,
    )
    expect(await refusal('a.gz', new Uint8Array(gzipSync(ascii('hello, world'))))).toContain(
      'found gzip of something else',
    )
  })

  it('refuses other image sizes, no images, and labels beyond 9', async () => {
    expect(await refusal('i', idxImages(1, 1, { 2: 32, 3: 32 }))).toBe(
      'bad-input: i must hold images of 28×28 pixels, found 32×32 in its header. Scale the images to 28×28 first.',
    )
    expect(await refusal('i', idxImages(0))).toBe(
      'bad-input: i must hold at least one of its images, found 0 in its header. Choose another file.',
    )
    expect(await refusal('l', idxLabels(20).with(8 + 12, 26))).toBe(
      'bad-input: l must hold labels 0…9, found 26 as label 13. Choose a dataset of the ten digits.',
    )
  })

  it('keeps to the budget of one file and of time', async () => {
    const budget = { ...INGEST_BUDGET, fileBytes: 100_000 }
    expect(await refusal('i', idxImages(200), { ...OPTIONS, budget })).toBe(
      'over-budget: i may have at most 100 kB, found 157 kB. Choose a smaller file.',
    )
    expect(await refusal('i', idxImages(2), { ...OPTIONS, deadline: performance.now() - 1 })).toBe(
      'over-budget: i is not read: unpacking may take 120 s in all. Choose a smaller dataset, or try again when the machine is less busy.',
    )
  })

  it('stops when asked to', async () => {
    const controller = new AbortController()
    const signal = controller.signal
    const packed = new Uint8Array(gzipSync(idxImages(400)))
    const message = await refusal('i.gz', packed, {
      ...OPTIONS,
      signal,
      onConsumed: () => controller.abort(),
    })
    expect(message).toBe('stopped: Loading was stopped; nothing was kept or changed.')
  })

  it('answers any damage with content of the right size or one message, and never throws', async () => {
    const sources = [idxImages(3), idxLabels(40), new Uint8Array(gzipSync(idxImages(3)))]
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...sources),
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 6 }),
        fc.nat({ max: 3000 }),
        async (source, changes, cut) => {
          const bytes = source.slice(0, Math.max(1, source.length - (cut % source.length)))
          for (const [at, byte] of changes) bytes[at % Math.min(bytes.length, 40)] = byte
          const read = await readIdx({ name: 'x', bytes }, OPTIONS)
          if (read.ok)
            expect(read.value.bytes.length).toBe(
              read.value.count * (read.value.kind === 'images' ? IMAGE_PIXELS : 1),
            )
          else expect(read.problem.message).toMatch(/^x /)
        },
      ),
      { seed: 51, numRuns: 300 },
    )
  })
})
