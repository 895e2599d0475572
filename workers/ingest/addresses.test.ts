import { describe, expect, it } from 'vitest'
import { MNIST_PREPROCESS } from '../../src/domain/image/preprocess'
import { readAddresses, readMnistParquet, type AddressOptions } from './addresses'
import { INGEST_BUDGET } from './budget'
import type { Fetch } from './download'
import { sha256 } from './idx.testing'
import { encodedFile, listFile, someDigits } from './parquet/parquet.testing'

const SITE = 'http://studio.test/'
const digits = someDigits(40)

/** A server of these files by path, with or without range requests. It notes what it was asked for. */
function server(files: Record<string, Uint8Array>, { ranges = true } = {}) {
  const asked: string[] = []
  const fetch: Fetch = async (url, { headers }) => {
    const range = headers?.['Range'] ?? ''
    asked.push(`${url} ${range}`)
    const bytes = files[new URL(url).pathname]
    if (bytes === undefined) return new Response('not found', { status: 404 })
    const [, start, end] = /bytes=(\d+)-(\d+)/.exec(range) ?? []
    if (!ranges || start === undefined) return new Response(bytes.slice())
    const last = Math.min(Number(end), bytes.length - 1)
    const piece = bytes.slice(Number(start), last + 1)
    const place = `bytes ${start}-${last}/${bytes.length}`
    return new Response(piece, { status: 206, headers: { 'content-range': place } })
  }
  return { fetch, asked }
}

function optionsOf(fetch: Fetch, changes: Partial<AddressOptions> = {}): AddressOptions {
  return {
    fetch,
    site: SITE,
    preprocess: MNIST_PREPROCESS,
    budget: INGEST_BUDGET,
    signal: new AbortController().signal,
    onProgress: () => {},
    patienceMs: 50,
    ...changes,
  }
}

describe('readAddresses', () => {
  // Random pixels as PNG are large enough to be asked for in pieces.
  const large = encodedFile(someDigits(400), { rowGroup: 50 })

  it('reads Parquet piece by piece where the server knows ranges', async () => {
    const { fetch, asked } = server({ '/a/train.parquet': large })
    const outcome = await readAddresses([`${SITE}a/train.parquet`], optionsOf(fetch))
    expect(outcome).toMatchObject({ ok: true, value: [{ count: 400, role: 'train', format: 'parquet' }] })
    expect(asked[0]).toBe(`${SITE}a/train.parquet bytes=0-65535`)
    expect(asked[1]).toBe(`${SITE}a/train.parquet bytes=${large.length - 65536}-${large.length - 1}`)
    expect(asked.length).toBeLessThan(6)
  })

  it('takes the whole file from a server without ranges, once', async () => {
    const { fetch, asked } = server({ '/test.parquet': large }, { ranges: false })
    const outcome = await readAddresses(['test.parquet'], optionsOf(fetch))
    expect(outcome).toMatchObject({ ok: true, value: [{ count: 400, role: 'test' }] })
    expect(asked).toHaveLength(1)
  })

  it('refuses a host that the page may not ask, before asking it', async () => {
    const { fetch, asked } = server({})
    expect(await readAddresses(['https://elsewhere.example/x.parquet'], optionsOf(fetch))).toMatchObject({
      ok: false,
      problem: {
        code: 'unreachable',
        message: expect.stringMatching(
          /^elsewhere\.example is not asked.*Download the file and drop it here\.$/,
        ),
      },
    })
    expect(asked).toEqual([])
  })

  it('answers with one problem what is missing, silent, too large, no address or no dataset', async () => {
    const { fetch } = server({ '/page': new TextEncoder().encode('<!doctype html>') })
    const codes = await Promise.all(
      [
        readAddresses([`${SITE}gone.parquet`], optionsOf(fetch)),
        readAddresses(
          [`${SITE}x`],
          optionsOf(() => new Promise(() => {})),
        ),
        readAddresses(
          [`${SITE}x`],
          optionsOf(() => Promise.reject(new TypeError('blocked'))),
        ),
        readAddresses(['ftp://a/b'], optionsOf(fetch)),
        readAddresses([`${SITE}page`], optionsOf(fetch)),
        readAddresses(
          ['a.parquet'],
          optionsOf(server({ '/a.parquet': large }).fetch, {
            budget: { ...INGEST_BUDGET, fileBytes: 70_000 },
          }),
        ),
      ].map(async (reading) => {
        const outcome = await reading
        return outcome.ok ? 'read' : outcome.problem.code
      }),
    )
    expect(codes).toEqual([
      'not-found',
      'unreachable',
      'unreachable',
      'bad-input',
      'bad-input',
      'over-budget',
    ])
  })

  it('refuses pieces of a file that changed on the way', async () => {
    const { fetch } = server({ '/a.parquet': large })
    let asked = 0
    const changing: Fetch = (url, init) => {
      asked++
      if (asked < 3) return fetch(url, init)
      return server({ '/a.parquet': large.subarray(0, large.length - 5) }).fetch(url, init)
    }
    const outcome = await readAddresses(['a.parquet'], optionsOf(changing))
    expect(outcome).toMatchObject({ ok: false, problem: { code: 'unreachable' } })
  })
})

describe('readMnistParquet', () => {
  it('takes no other digits for MNIST, and says so of every place', async () => {
    const reasons: string[] = []
    const { fetch } = server({
      '/data/mnist-parquet/train-00000-of-00001.parquet': listFile(digits),
    })
    const outcome = await readMnistParquet({
      ...optionsOf(fetch),
      digest: sha256,
      onPassedOver: (place, reason) => reasons.push(`${place}: ${reason}`),
    })
    expect(outcome).toMatchObject({ ok: false, problem: { code: 'unreachable' } })
    expect(reasons[0]).toMatch(/^this site: its digits must have MNIST’s digest ff84f272/)
    expect(reasons.map((reason) => reason.split(':')[0])).toEqual([
      'this site',
      'huggingface.co',
      'this site',
      'huggingface.co',
    ])
  })
})
