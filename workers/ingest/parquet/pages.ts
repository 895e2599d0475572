import type { Chunk } from './footer'
import { PARQUET_LIMITS } from './budget'
import type { Unpack } from './codecs'
import { type Cursor, nextByte, readHybrid, readPlainBytes, readPlainNumbers } from './encodings'
import { faulty } from './fault'
import type { Leaf } from './layout'
import { checkStruct } from './thrift-guard'
import { type PageHeader, readPageHeader } from './page-header'

/** The values of one page and where they belong. */
export interface Page<Values> {
  /** Levels of the page's slots, one each: nulls and empty lists have a slot and no value. */
  readonly slots: number
  /** Null where every slot is at level 0, which is: a row of its own. */
  readonly repetition: Uint8Array | null
  /** Null where every slot has a value. */
  readonly definition: Uint8Array | null
  /** Only of the slots that have one. */
  readonly values: Values
}

/**
 * Decodes the pages of one column of one row group, one by one. Pages are decoded here and not by the library that reads the
 * footer: it fills as many values as a run claims, so that a changed byte can cost all memory, or never end.
 *
 * @param kind makes values of a page's bytes, or of dictionary entries
 * @yields {Page} each page's values, in file order
 * @throws FormatFault when a page contradicts its header, the footer or a budget
 */
export function* readPages<Values extends Float64Array | readonly Uint8Array[]>(
  bytes: Uint8Array,
  chunk: Chunk,
  leaf: Leaf,
  unpack: Unpack,
  kind: ValueKind<Values>,
): Generator<Page<Values>> {
  let at = 0
  let left = chunk.values
  let dictionary: Values | null = null
  while (left > 0) {
    const bodyAt = checkStruct(bytes, at)
    const header = readPageHeader(bytes, at)
    const packed = bytes.subarray(bodyAt, bodyAt + header.packedBytes)
    if (packed.length !== header.packedBytes) faulty('a page breaks off')
    if (header.pageBytes > PARQUET_LIMITS.pageBytes) faulty('a page claims more than 128 MB')
    at = bodyAt + header.packedBytes
    if (header.kind === 'other') continue
    if (header.kind === 'dictionary') {
      if (dictionary !== null) faulty('a column has two dictionaries')
      const page = { bytes: unpack(packed, header.pageBytes), at: 0 }
      dictionary = kind.plain(page, leaf.type, header.values)
      continue
    }
    if (header.values > left || header.values === 0) faulty('a page counts more values than its column')
    left -= header.values
    const { page, repetition, definition } = openPage(packed, header, leaf, unpack)
    const count = definition === null ? header.values : countLevel(definition, leaf.maxDefinition)
    const values = readValues(page, { encoding: header.encoding, count, leaf, dictionary, kind })
    const isFull = count === header.values
    yield { slots: header.values, repetition, definition: isFull ? null : definition, values }
  }
}

/** A data page's levels, and the cursor at its first value. Pages of the second kind keep their levels unpacked before it. */
function openPage(
  packed: Uint8Array,
  header: Extract<PageHeader, { kind: 'data' | 'data-2' }>,
  { maxRepetition, maxDefinition }: Leaf,
  unpack: Unpack,
) {
  const { values } = header
  if (header.kind === 'data') {
    const page: Cursor = { bytes: unpack(packed, header.pageBytes), at: 0 }
    const repetition = readLevels(page, maxRepetition, values)
    return { page, repetition, definition: readLevels(page, maxDefinition, values) }
  }
  const { repetitionBytes } = header
  const levelBytes = repetitionBytes + header.definitionBytes
  if (levelBytes > packed.length || levelBytes > header.pageBytes)
    faulty('the levels of a page are longer than it')
  const body = packed.subarray(levelBytes)
  const page: Cursor = {
    bytes: header.isPacked ? unpack(body, header.pageBytes - levelBytes) : body,
    at: 0,
  }
  return {
    page,
    repetition: fixedLevels(packed.subarray(0, repetitionBytes), maxRepetition, values),
    definition: fixedLevels(packed.subarray(repetitionBytes, levelBytes), maxDefinition, values),
  }
}

/** Numbers or byte strings: how they are read and picked. */
export interface ValueKind<Values> {
  readonly plain: (cursor: Cursor, type: string, count: number) => Values
  readonly pick: (dictionary: Values, indices: Uint32Array) => Values
}

export const NUMBERS: ValueKind<Float64Array> = {
  plain: readPlainNumbers,
  pick(dictionary, indices) {
    const values = new Float64Array(indices.length)
    for (let at = 0; at < indices.length; at++)
      values[at] = dictionary[indices[at] ?? 0] ?? faulty('a value is not in its dictionary')
    return values
  },
}

export const BYTE_STRINGS: ValueKind<readonly Uint8Array[]> = {
  plain(cursor, type, count) {
    if (type !== 'BYTE_ARRAY') faulty(`a column of bytes is written as ${type}`)
    return readPlainBytes(cursor, count)
  },
  pick: (dictionary, indices) =>
    Array.from(indices, (index) => dictionary[index] ?? faulty('a value is not in its dictionary')),
}

interface ValuesRequest<Values> {
  readonly encoding: string
  readonly count: number
  readonly leaf: Leaf
  readonly dictionary: Values | null
  readonly kind: ValueKind<Values>
}

function readValues<Values>(page: Cursor, request: ValuesRequest<Values>): Values {
  const { encoding, count, leaf, dictionary, kind } = request
  switch (encoding) {
    case 'PLAIN':
      return kind.plain(page, leaf.type, count)
    case 'PLAIN_DICTIONARY':
    case 'RLE_DICTIONARY': {
      const indices = new Uint32Array(count)
      if (count > 0) readHybrid(page, nextByte(page), indices)
      return kind.pick(dictionary ?? faulty('a page needs a dictionary that is not there'), indices)
    }
    default:
      return faulty(
        `its values are written as ${encoding}, which is not read here: write it plainly or with dictionaries`,
      )
  }
}

/** Levels of a page of the first kind: a length, then the hybrid. */
function readLevels(page: Cursor, most: number, count: number): Uint8Array | null {
  if (most === 0) return null
  const { bytes, at } = page
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(at, true)
  if (length > bytes.length - at - 4) faulty('the levels of a page are longer than it')
  const levels = fixedLevels(bytes.subarray(at + 4, at + 4 + length), most, count)
  page.at = at + 4 + length
  return levels
}

function fixedLevels(bytes: Uint8Array, most: number, count: number): Uint8Array | null {
  if (most === 0) return null
  const levels = new Uint8Array(count)
  readHybrid({ bytes, at: 0 }, 32 - Math.clz32(most), levels)
  return levels
}

function countLevel(levels: Uint8Array, wanted: number): number {
  let count = 0
  for (const level of levels) if (level === wanted) count++
  return count
}
