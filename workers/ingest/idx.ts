import { CLASS_COUNT } from '../../src/domain/dataset/dataset'
import { IMAGE_PIXELS, IMAGE_SIDE } from '../../src/domain/image/preprocess'
import type { IngestBudget } from './budget'
import { failure, grouped, type Outcome, sizeText, stopped, success } from './outcome'
import { GZIP_BEST_RATIO, isGzip, openBytes } from './unpack'

/**
 * IDX, the format MNIST is published in: big-endian 32-bit words, then bytes.
 * Images: 2051, count, rows, columns, pixels. Labels: 2049, count, labels. Either may be packed with gzip.
 */
const IMAGES_MAGIC = 2051
const LABELS_MAGIC = 2049

export interface NamedBytes {
  readonly name: string
  readonly bytes: Uint8Array
}

/** A whole IDX file, checked: `bytes` holds count × 784 pixels, or count labels in 0…9. */
export interface IdxContent {
  readonly kind: 'images' | 'labels'
  readonly name: string
  readonly count: number
  readonly bytes: Uint8Array
}

export interface ReadIdxOptions {
  readonly budget: IngestBudget
  /** What earlier files of the same dataset left of the budget's unpacked bytes. */
  readonly unpackedLeft: number
  /** Milliseconds of `performance.now()` after which reading is given up. */
  readonly deadline: number
  readonly signal: AbortSignal
  /** Bytes of the file as it is (packed) that were read so far. */
  readonly onConsumed: (bytes: number) => void
}

interface Header {
  readonly kind: IdxContent['kind']
  readonly count: number
  readonly headerBytes: number
  readonly payloadBytes: number
}

interface Body {
  readonly header: Header
  readonly payload: Uint8Array
  filled: number
}

/**
 * Reads one IDX or IDX.gz file. Nothing is allocated for the content before the header has been checked against the
 * budget and against what the file can hold; unpacking stops at the first byte too many.
 */
export async function readIdx(file: NamedBytes, options: ReadIdxOptions): Promise<Outcome<IdxContent>> {
  const { name, bytes } = file
  if (bytes.length === 0)
    return failure('bad-input', `${name} must be an IDX file, found 0 bytes. Download or copy it again.`)
  if (bytes.length > options.budget.fileBytes)
    return failure(
      'over-budget',
      `${name} may have at most ${sizeText(options.budget.fileBytes)}, found ${sizeText(bytes.length)}. Choose a smaller file.`,
    )
  const reader = openBytes(bytes)
  let head = new Uint8Array(0)
  let body: Body | null = null
  for (;;) {
    if (options.signal.aborted || performance.now() > options.deadline) {
      await reader.cancel()
      return options.signal.aborted ? stopped() : tooSlow(name, options.budget)
    }
    let chunk = await reader.next()
    options.onConsumed(reader.consumed())
    if (chunk === 'damaged') return damaged(name, body)
    if (chunk === 'end') return finish(name, head, body)
    if (body === null) {
      head = joined(head, chunk)
      const header = parseHeader(file, head, options)
      if (header === 'more') continue
      if (!header.ok) {
        await reader.cancel()
        return header
      }
      body = { header: header.value, payload: new Uint8Array(header.value.payloadBytes), filled: 0 }
      chunk = head.subarray(body.header.headerBytes)
    }
    if (body.filled + chunk.length > body.payload.length) {
      await reader.cancel()
      return tooLong(name, body.header)
    }
    body.payload.set(chunk, body.filled)
    body.filled += chunk.length
  }
}

/** The file has ended where it says it ends: is it whole, and are its labels digits? */
function finish(name: string, head: Uint8Array, body: Body | null): Outcome<IdxContent> {
  if (body === null) return noHeader(name, head)
  const { header, payload, filled } = body
  if (filled < payload.length) return cutShort(name, header, header.headerBytes + filled)
  const { kind, count } = header
  const wrong = kind === 'labels' ? payload.findIndex((label) => label >= CLASS_COUNT) : -1
  if (wrong >= 0)
    return failure(
      'bad-input',
      `${name} must hold labels 0…9, found ${payload[wrong]} as label ${grouped(wrong + 1)}. Choose a dataset of the ten digits.`,
    )
  return success({ kind, name, count, bytes: payload })
}

/** `more` while the head is shorter than the header it announces. */
function parseHeader(file: NamedBytes, head: Uint8Array, options: ReadIdxOptions): Outcome<Header> | 'more' {
  const { name } = file
  if (head.length < 8) return 'more'
  const words = new DataView(head.buffer, head.byteOffset, head.byteLength)
  const magic = words.getUint32(0)
  if (magic !== IMAGES_MAGIC && magic !== LABELS_MAGIC) return notIdx(name, file.bytes, magic)
  const kind = magic === IMAGES_MAGIC ? 'images' : 'labels'
  const headerBytes = kind === 'images' ? 16 : 8
  if (head.length < headerBytes) return 'more'
  const count = words.getUint32(4)
  if (kind === 'images') {
    const rows = words.getUint32(8)
    const columns = words.getUint32(12)
    if (rows !== IMAGE_SIDE || columns !== IMAGE_SIDE)
      return failure(
        'bad-input',
        `${name} must hold images of 28×28 pixels, found ${grouped(rows)}×${grouped(columns)} in its header. Scale the images to 28×28 first.`,
      )
  }
  if (count === 0)
    return failure(
      'bad-input',
      `${name} must hold at least one of its ${kind}, found 0 in its header. Choose another file.`,
    )
  const payloadBytes = kind === 'images' ? count * IMAGE_PIXELS : count
  return checkSize(file, { kind, count, headerBytes, payloadBytes }, options)
}

/** Compares what the header claims with the budget and with what a file of this size can hold. */
function checkSize({ name, bytes }: NamedBytes, header: Header, options: ReadIdxOptions): Outcome<Header> {
  const total = header.headerBytes + header.payloadBytes
  const claim = `its header claims ${grouped(header.count)} ${header.kind} (${sizeText(total)})`
  if (total > options.unpackedLeft)
    return failure(
      'over-budget',
      `${name} is not read: ${claim}, at most ${sizeText(options.budget.unpackedBytes)} may be unpacked for one dataset. Choose a smaller dataset, or a fresh copy if this is MNIST.`,
    )
  if (isGzip(bytes)) {
    if (bytes.length * GZIP_BEST_RATIO < total)
      return failure(
        'bad-input',
        `${name} is cut short: ${claim}, which ${sizeText(bytes.length)} of gzip cannot hold. Download or copy it again.`,
      )
  } else if (bytes.length < total) return cutShort(name, header, bytes.length)
  else if (bytes.length > total) return tooLong(name, header)
  return success(header)
}

function notIdx(name: string, file: Uint8Array, magic: number): Outcome<never> {
  const found = isGzip(file)
    ? `gzip of something else (it starts with ${magic})`
    : (likelyKind(file) ?? `${magic}`)
  return failure(
    'bad-input',
    `${name} must be an IDX file (it starts with 2051 for images or 2049 for labels), found ${found}. Choose one of MNIST's four files.`,
  )
}

/** What a file seems to be that is not IDX, by its first bytes; null where they say nothing. */
export function likelyKind(file: Uint8Array): string | null {
  const start = String.fromCharCode(...file.subarray(0, 64)).trimStart()
  if (start.startsWith('<')) return 'a web page'
  if (start.startsWith('PK')) return 'a zip archive'
  if (start.startsWith('PAR1')) return 'a Parquet file'
  if (start.startsWith('\u0089PNG')) return 'a PNG image'
  if (/^"?\w[^,\0]{0,40}("?,"?[\w.-]{1,20}){2}/.test(start)) return 'a CSV table'
  return null
}

function noHeader(name: string, head: Uint8Array): Outcome<never> {
  const magic =
    head.length < 4 ? null : new DataView(head.buffer, head.byteOffset, head.byteLength).getUint32(0)
  if (magic !== null && magic !== IMAGES_MAGIC && magic !== LABELS_MAGIC) return notIdx(name, head, magic)
  return failure(
    'bad-input',
    `${name} is cut short: expected the header of an IDX file, found ${grouped(head.length)} bytes. Download or copy it again.`,
  )
}

function cutShort(name: string, header: Header, found: number): Outcome<never> {
  return failure(
    'bad-input',
    `${name} is cut short: expected ${grouped(header.headerBytes + header.payloadBytes)} bytes for ${grouped(header.count)} ${header.kind}, found ${grouped(found)}. Download or copy it again.`,
  )
}

function tooLong(name: string, header: Header): Outcome<never> {
  return failure(
    'bad-input',
    `${name} is longer than its header says: expected ${grouped(header.headerBytes + header.payloadBytes)} bytes for ${grouped(header.count)} ${header.kind}, found more. Download or copy it again.`,
  )
}

function damaged(name: string, body: Body | null): Outcome<never> {
  const where =
    body === null
      ? 'in its header'
      : `after ${grouped(body.header.headerBytes + body.filled)} of ${grouped(body.header.headerBytes + body.header.payloadBytes)} unpacked bytes`
  return failure(
    'bad-input',
    `${name} is cut short or damaged: expected one whole gzip stream, found a fault ${where}. Download or copy it again.`,
  )
}

function tooSlow(name: string, budget: IngestBudget): Outcome<never> {
  return failure(
    'over-budget',
    `${name} is not read: unpacking may take ${budget.milliseconds / 1000} s in all. Choose a smaller dataset, or try again when the machine is less busy.`,
  )
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(first.length + second.length)
  both.set(first)
  both.set(second, first.length)
  return both
}
