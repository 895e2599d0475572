import { faulty } from './fault'

/**
 * How Parquet writes values inside a page (https://parquet.apache.org/docs/file-format/data-pages/encodings/). Every reader here
 * fills what was allocated for it and stops: a run that claims more values than are wanted gives those that are.
 */

/** A page's bytes with a place in them. */
export interface Cursor {
  readonly bytes: Uint8Array
  at: number
}

/**
 * The RLE and bit-packed hybrid of levels and dictionary indices, `width` bits a value.
 * @throws FormatFault when the bytes end before `out` is full.
 */
export function readHybrid(cursor: Cursor, width: number, out: Uint8Array | Uint32Array): void {
  if (width > 24) faulty(`a page packs values of ${width} bits`)
  let filled = 0
  while (filled < out.length) {
    const header = readVarint(cursor)
    if ((header & 1) === 1) {
      const wanted = Math.min(Math.floor(header / 2) * 8, out.length - filled)
      if (wanted === 0) faulty('a page holds an empty run')
      readPacked(cursor, width, out.subarray(filled, filled + wanted))
      cursor.at += Math.ceil((Math.floor(header / 2) * 8 * width) / 8)
      filled += wanted
    } else {
      const wanted = Math.min(Math.floor(header / 2), out.length - filled)
      if (wanted === 0) faulty('a page holds an empty run')
      let value = 0
      for (let byte = 0; byte < Math.ceil(width / 8); byte++) value |= nextByte(cursor) << (8 * byte)
      out.fill(value, filled, filled + wanted)
      filled += wanted
    }
  }
}

/** Least significant bit first, from the cursor's place, which stays. */
function readPacked({ bytes, at }: Cursor, width: number, out: Uint8Array | Uint32Array): void {
  if (at + Math.ceil((out.length * width) / 8) > bytes.length)
    faulty('a page breaks off in its packed values')
  const mask = 2 ** width - 1
  let bits = 0
  let held = 0
  let from = at
  for (let index = 0; index < out.length; index++) {
    while (held < width) {
      bits |= (bytes[from++] ?? 0) << held
      held += 8
    }
    out[index] = bits & mask
    bits >>>= width
    held -= width
  }
}

/** Numbers written plainly, little-endian. @throws FormatFault for a type that is no number, or when the bytes end early. */
export function readPlainNumbers({ bytes, at }: Cursor, type: string, count: number): Float64Array {
  const width = NUMBER_BYTES[type] ?? faulty(`a column of numbers is written as ${type}`)
  if (count * width > bytes.length - at) faulty(`a page of ${count} values breaks off`)
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, count * width)
  const values = new Float64Array(count)
  for (let index = 0; index < count; index++) values[index] = readNumber(view, type, index * width)
  return values
}

const NUMBER_BYTES: Readonly<Record<string, number>> = { INT32: 4, INT64: 8, FLOAT: 4, DOUBLE: 8 }

function readNumber(view: DataView, type: string, at: number): number {
  switch (type) {
    case 'INT32':
      return view.getInt32(at, true)
    case 'INT64':
      return Number(view.getBigInt64(at, true))
    case 'FLOAT':
      return view.getFloat32(at, true)
    default:
      return view.getFloat64(at, true)
  }
}

/** Byte strings written plainly: a 32-bit length before each. They are views on the page. */
export function readPlainBytes(cursor: Cursor, count: number): Uint8Array[] {
  const { bytes } = cursor
  if (count * 4 > bytes.length - cursor.at) faulty(`a page of ${count} byte strings breaks off`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const values: Uint8Array[] = []
  for (let index = 0; index < count; index++) {
    const length = view.getUint32(cursor.at, true)
    const start = cursor.at + 4
    if (length > bytes.length - start) faulty('a byte string is longer than its page')
    values.push(bytes.subarray(start, start + length))
    cursor.at = start + length
  }
  return values
}

export function nextByte(cursor: Cursor): number {
  return cursor.bytes[cursor.at++] ?? faulty('a page breaks off')
}

function readVarint(cursor: Cursor): number {
  let value = 0
  for (let index = 0; index < 5; index++) {
    const byte = nextByte(cursor)
    value += (byte & 127) * 2 ** (7 * index)
    if (byte < 128) return value
  }
  return faulty('a page holds a run of more than 34 bits')
}
