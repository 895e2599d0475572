import { inflateSync } from 'fflate'
import { IMAGE_PIXELS, IMAGE_SIDE } from '../../src/domain/image/preprocess'
import { faulty } from './parquet/fault'

/**
 * PNG (ISO/IEC 15948) of 28×28 pixels to 784 grey bytes, exactly: no colour management, no gamma, so that a digit keeps its
 * digest. 1, 2 and 4 bits are spread over 0…255, 16 bits are rounded to 8; colours become grey by the weights of ITU-R BT.601
 * (0.299, 0.587, 0.114, rounded); what is transparent is paper, the value 0. Interlaced images are refused.
 */
const SIGNATURE = [137, 80, 78, 71, 13, 10, 26, 10]
/** A digit takes a few hundred bytes; comments and profiles beside it may take some more. */
const MOST_BYTES = 1_000_000

const GREY = 0
const RGB = 2
const PALETTE = 3
const GREY_ALPHA = 4
const RGB_ALPHA = 6
const CHANNELS: Readonly<Record<number, number>> = {
  [GREY]: 1,
  [RGB]: 3,
  [PALETTE]: 1,
  [GREY_ALPHA]: 2,
  [RGB_ALPHA]: 4,
}
const DEPTHS: Readonly<Record<number, readonly number[]>> = {
  [GREY]: [1, 2, 4, 8, 16],
  [RGB]: [8, 16],
  [PALETTE]: [1, 2, 4, 8],
  [GREY_ALPHA]: [8, 16],
  [RGB_ALPHA]: [8, 16],
}

interface Header {
  readonly depth: number
  readonly colour: number
  readonly channels: number
}

interface Chunks {
  readonly header: Header
  readonly packed: Uint8Array
  readonly palette: Uint8Array | null
  readonly transparency: Uint8Array | null
}

/** Reads one image into `out` (784 bytes). @throws FormatFault when it is no whole PNG of 28×28 pixels */
export function readPng(bytes: Uint8Array, out: Uint8Array): void {
  if (bytes.length > MOST_BYTES) faulty(`an image has ${bytes.length} bytes, more than 28×28 pixels can need`)
  if (!SIGNATURE.every((byte, at) => bytes[at] === byte)) faulty('an image is no PNG')
  const chunks = readChunks(bytes)
  const { depth, channels } = chunks.header
  const rowBytes = Math.ceil((IMAGE_SIDE * channels * depth) / 8)
  const rows = unfiltered(
    inflated(chunks.packed, (rowBytes + 1) * IMAGE_SIDE),
    rowBytes,
    Math.max(1, (channels * depth) / 8),
  )
  for (let pixel = 0; pixel < IMAGE_PIXELS; pixel++) {
    const column = pixel % IMAGE_SIDE
    const row = rows.subarray(((pixel - column) / IMAGE_SIDE) * rowBytes)
    out[pixel] = greyOf(chunks, (channel) => sampleAt(row, column * channels + channel, depth))
  }
}

function readChunks(bytes: Uint8Array): Chunks {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let header: Header | null = null
  let palette: Uint8Array | null = null
  let transparency: Uint8Array | null = null
  const data: Uint8Array[] = []
  for (let at = 8; ;) {
    if (at + 12 > bytes.length) faulty('an image breaks off')
    const length = view.getUint32(at)
    if (length > bytes.length - at - 12) faulty('a part of an image is longer than it')
    const kind = String.fromCharCode(...bytes.subarray(at + 4, at + 8))
    const body = bytes.subarray(at + 8, at + 8 + length)
    if (crc32(bytes.subarray(at + 4, at + 8 + length)) !== view.getUint32(at + 8 + length))
      faulty('an image does not match its own checksum')
    at += 12 + length
    if (header === null && kind !== 'IHDR') faulty('an image does not start with its header')
    if (kind === 'IHDR') header = readHeader(body)
    else if (kind === 'PLTE') palette = body
    else if (kind === 'tRNS') transparency = body
    else if (kind === 'IDAT') data.push(body)
    else if (kind === 'IEND') break
  }
  return { header: header ?? faulty('an image has no header'), packed: joined(data), palette, transparency }
}

function readHeader(body: Uint8Array): Header {
  if (body.length !== 13) faulty('the header of an image has another length than 13')
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength)
  const [width, height] = [view.getUint32(0), view.getUint32(4)]
  const [depth = 0, colour = 0, packing, filter, interlace] = body.subarray(8)
  if (width !== IMAGE_SIDE || height !== IMAGE_SIDE)
    faulty(`an image has ${width}×${height} pixels, not 28×28: scale the images first`)
  const channels = CHANNELS[colour]
  if (channels === undefined || DEPTHS[colour]?.includes(depth) !== true)
    faulty(`an image has colours of kind ${colour} with ${depth} bits, which PNG does not know`)
  if (packing !== 0 || filter !== 0) faulty('an image is packed in a way that PNG does not know')
  if (interlace !== 0) faulty('an image is interlaced: write it without')
  return { depth, colour, channels: channels ?? 0 }
}

/** The pixels' bytes, with what zlib says about them checked: the library drops what does not fit. */
function inflated(zlib: Uint8Array, length: number): Uint8Array {
  const [method = 0, flags = 0] = zlib
  if (zlib.length < 6 || (method & 15) !== 8 || (method * 256 + flags) % 31 !== 0 || (flags & 32) !== 0)
    faulty('the pixels of an image are no zlib stream')
  const rows = inflateSync(zlib.subarray(2, -4), { out: new Uint8Array(length) })
  const claimed = new DataView(zlib.buffer, zlib.byteOffset, zlib.byteLength).getUint32(zlib.length - 4)
  if (rows.length !== length || adler32(rows) !== claimed)
    faulty('the pixels of an image do not match their checksum')
  return rows
}

/** Takes the filters of the rows away. `step` is how many bytes a pixel takes, at least one. */
function unfiltered(filtered: Uint8Array, rowBytes: number, step: number): Uint8Array {
  const rows = new Uint8Array(rowBytes * IMAGE_SIDE)
  for (let row = 0; row < IMAGE_SIDE; row++) {
    const filter = filtered[row * (rowBytes + 1)] ?? 0
    if (filter > 4) faulty(`a row of an image has filter ${filter}, which PNG does not know`)
    for (let at = 0; at < rowBytes; at++) {
      const place = row * rowBytes + at
      const left = at < step ? 0 : (rows[place - step] ?? 0)
      const up = row === 0 ? 0 : (rows[place - rowBytes] ?? 0)
      const upLeft = row === 0 || at < step ? 0 : (rows[place - rowBytes - step] ?? 0)
      rows[place] = (filtered[row * (rowBytes + 1) + 1 + at] ?? 0) + predicted(filter, left, up, upLeft)
    }
  }
  return rows
}

function predicted(filter: number, left: number, up: number, upLeft: number): number {
  switch (filter) {
    case 1:
      return left
    case 2:
      return up
    case 3:
      return (left + up) >> 1
    case 4:
      return paeth(left, up, upLeft)
    default:
      return 0
  }
}

/** The neighbour nearest to left + up − upLeft; on a tie left before up before upLeft. */
function paeth(left: number, up: number, upLeft: number): number {
  const toLeft = Math.abs(up - upLeft)
  const toUp = Math.abs(left - upLeft)
  const toUpLeft = Math.abs(left + up - 2 * upLeft)
  if (toLeft <= toUp && toLeft <= toUpLeft) return left
  return toUp <= toUpLeft ? up : upLeft
}

function sampleAt(row: Uint8Array, sample: number, depth: number): number {
  if (depth === 8) return row[sample] ?? 0
  if (depth === 16) return (row[2 * sample] ?? 0) * 256 + (row[2 * sample + 1] ?? 0)
  const bit = sample * depth
  return ((row[bit >> 3] ?? 0) >> (8 - depth - (bit & 7))) & (2 ** depth - 1)
}

function greyOf({ header, palette, transparency }: Chunks, raw: (channel: number) => number): number {
  const { colour, depth } = header
  const most = 2 ** depth - 1
  const level = (channel: number) => Math.round((raw(channel) * 255) / most)
  switch (colour) {
    case GREY:
      return isKey(transparency, [raw(0)]) ? 0 : level(0)
    case GREY_ALPHA:
      return Math.round((level(0) * level(1)) / 255)
    case RGB:
      return isKey(transparency, [raw(0), raw(1), raw(2)]) ? 0 : luma(level(0), level(1), level(2))
    case RGB_ALPHA:
      return Math.round((luma(level(0), level(1), level(2)) * level(3)) / 255)
    default: {
      const entry = raw(0)
      if (palette === null || entry * 3 + 2 >= palette.length)
        faulty('an image uses a colour that is not in its palette')
      const [red = 0, green = 0, blue = 0] = palette?.subarray(entry * 3, entry * 3 + 3) ?? []
      return Math.round((luma(red, green, blue) * (transparency?.[entry] ?? 255)) / 255)
    }
  }
}

/** Whether these samples are the one colour that tRNS makes transparent. */
function isKey(transparency: Uint8Array | null, samples: readonly number[]): boolean {
  if (transparency === null || transparency.length < samples.length * 2) return false
  return samples.every(
    (sample, index) => (transparency[2 * index] ?? 0) * 256 + (transparency[2 * index + 1] ?? 0) === sample,
  )
}

function luma(red: number, green: number, blue: number): number {
  return Math.round((299 * red + 587 * green + 114 * blue) / 1000)
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts
  if (parts.length === 1 && only !== undefined) return only
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1
  return value >>> 0
})

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) crc = (CRC_TABLE[(crc ^ byte) & 255] ?? 0) ^ (crc >>> 8)
  return ~crc >>> 0
}

function adler32(bytes: Uint8Array): number {
  let [a, b] = [1, 0]
  for (const byte of bytes) {
    a = (a + byte) % 65521
    b = (b + a) % 65521
  }
  return b * 65536 + a
}
