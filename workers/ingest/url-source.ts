import type { IngestBudget } from './budget'
import type { Fetch } from './download'
import { inPatience, missingReason } from './download'
import { failure, type Outcome, sizeText, success } from './outcome'
import { type ByteSource, memorySource } from './parquet/footer'

/** What is asked for at first: enough to see what a file is, and the whole of a small one. */
const HEAD_BYTES = 65_536
/** Row groups lie one behind the other and may be small: a request fetches this much ahead. */
const AHEAD_BYTES = 4_000_000

export interface UrlOptions {
  readonly fetch: Fetch
  readonly budget: IngestBudget
  readonly signal: AbortSignal
  /** How long a host may send nothing. */
  readonly patienceMs: number
  /** Bytes that came so far. */
  readonly onBytes: (done: number) => void
}

export interface OpenedUrl {
  readonly source: ByteSource
  /** The first bytes, which tell what the file is. */
  readonly head: Uint8Array
}

/**
 * Opens a file behind an address for reading piece by piece. A server that does not know range requests sends the whole file at
 * once, which is kept then.
 */
export async function openUrl(name: string, url: string, options: UrlOptions): Promise<Outcome<OpenedUrl>> {
  const first = await fetchRange(name, url, 0, HEAD_BYTES, options)
  if (!first.ok) return first
  const { bytes, total } = first.value
  if (total > options.budget.fileBytes)
    return failure(
      'over-budget',
      `${name} may have at most ${sizeText(options.budget.fileBytes)}, found ${sizeText(total)}. Choose a smaller file.`,
    )
  if (bytes.length >= total) return success({ source: memorySource(name, bytes), head: bytes })
  let kept = { start: 0, bytes }
  let done = bytes.length
  const source: ByteSource = {
    name,
    length: total,
    async read(start, end) {
      if (start < kept.start || end > kept.start + kept.bytes.length) {
        const piece = await fetchRange(
          name,
          url,
          start,
          Math.min(total, Math.max(end, start + AHEAD_BYTES)),
          options,
        )
        if (!piece.ok) return piece
        kept = { start, bytes: piece.value.bytes }
        done += kept.bytes.length
        options.onBytes(done)
        if (kept.bytes.length < end - start || piece.value.total !== total)
          return failure('unreachable', `${name} changed while it was read. Try again.`)
      }
      return success(kept.bytes.subarray(start - kept.start, end - kept.start))
    },
  }
  return success({ source, head: bytes })
}

async function fetchRange(
  name: string,
  url: string,
  start: number,
  end: number,
  { fetch, budget, patienceMs, signal: outer }: UrlOptions,
): Promise<Outcome<{ readonly bytes: Uint8Array; readonly total: number }>> {
  const silence = new AbortController()
  const signal = AbortSignal.any([outer, silence.signal])
  const headers = { Range: `bytes=${start}-${end - 1}` }
  const response = await inPatience(fetch(url, { signal, headers }), patienceMs, silence)
  if (response === 'silent') return silent(name, patienceMs)
  if (response === 'failed') return failure('unreachable', `${name} could not be reached`)
  const missing = missingReason(response)
  if (missing !== null) return failure('not-found', `${name} is not there (${missing})`)
  const range = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(response.headers.get('content-range') ?? '')
  const most = range === null ? budget.fileBytes : end - start
  const bytes = await readBody(response, most, patienceMs, silence)
  if (bytes === 'silent') return silent(name, patienceMs)
  if (bytes === 'failed') return failure('unreachable', `${name} broke off`)
  if (bytes === 'too-long')
    return failure('over-budget', `${name} sends more than ${sizeText(most)}. Choose a smaller file.`)
  if (range === null) {
    // The whole file, or a piece whose place the server does not tell.
    if (response.status === 206)
      return failure('unreachable', `${name}: the server does not say which bytes it sends`)
    return success({ bytes: start === 0 ? bytes : bytes.subarray(start, end), total: bytes.length })
  }
  if (Number(range[1]) !== start || bytes.length !== Number(range[2]) - start + 1)
    return failure('unreachable', `${name}: the server sent other bytes than were asked for`)
  return success({ bytes, total: Number(range[3]) })
}

async function readBody(
  response: Response,
  most: number,
  patienceMs: number,
  silence: AbortController,
): Promise<Uint8Array | 'silent' | 'failed' | 'too-long'> {
  if (response.body === null) return new Uint8Array(0)
  const reader = response.body.getReader()
  const chunks: Uint8Array[] = []
  let length = 0
  for (;;) {
    const read = await inPatience(reader.read(), patienceMs, silence)
    if (read === 'silent' || read === 'failed') return read
    if (read.done) break
    length += read.value.length
    if (length > most) {
      silence.abort()
      return 'too-long'
    }
    chunks.push(read.value)
  }
  const bytes = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return bytes
}

function silent(name: string, patienceMs: number): Outcome<never> {
  return failure('unreachable', `${name}: no byte came for ${patienceMs / 1000} s`)
}
