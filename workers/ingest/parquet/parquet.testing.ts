import { gzipSync } from 'fflate'
import type { CompressionCodec, SchemaElement } from 'hyparquet'
import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import { deflateSync } from 'node:zlib'
import { IMAGE_PIXELS } from '../../../src/domain/image/preprocess'
import { PURPOSE, randomU32, streamKey } from '../../../src/domain/random'

/** Digits of random bytes, with labels 0, 1, … 9, 0, … The first pixel is paper and the last full ink, as in real sets. */
export function someDigits(
  count: number,
  seed = 1,
): { count: number; images: Uint8Array; labels: Uint8Array } {
  const key = streamKey(seed, PURPOSE.generateDigits, 0)
  const images = Uint8Array.from({ length: count * IMAGE_PIXELS }, (_, at) => randomU32(key, at) >>> 24)
  images[0] = 0
  images[1] = 255
  return { count, images, labels: Uint8Array.from({ length: count }, (_, at) => at % 10) }
}

type Column = { readonly name: string; readonly data: unknown[] }

export interface WriteOptions {
  readonly codec?: CompressionCodec
  readonly rowGroup?: number
  readonly pageSize?: number
}

function write(
  schema: SchemaElement[],
  columns: readonly Column[],
  { codec = 'SNAPPY', rowGroup = 1000, pageSize = 1_000_000 }: WriteOptions,
): Uint8Array {
  const writer = new ByteWriter()
  const compressors = { GZIP: (bytes: Uint8Array) => gzipSync(bytes), ZSTD: zstdStored }
  const parquet = new ParquetWriter({ writer, schema, codec, compressors })
  void parquet.write({ columnData: [...columns], rowGroupSize: rowGroup, pageSize })
  void parquet.finish()
  return new Uint8Array(writer.getBuffer())
}

/** A Zstandard frame (RFC 8878) of stored blocks: no compressor is needed to write what a decompressor must read. */
function zstdStored(bytes: Uint8Array): Uint8Array {
  const blocks: number[] = []
  const most = 100_000
  for (let at = 0; at < bytes.length || at === 0; at += most) {
    const block = bytes.subarray(at, at + most)
    const head = (block.length << 3) | (at + most >= bytes.length ? 1 : 0)
    blocks.push(head & 255, (head >> 8) & 255, (head >> 16) & 255, ...block)
  }
  const size = bytes.length
  return Uint8Array.from([
    0x28,
    0xb5,
    0x2f,
    0xfd,
    0xa0,
    size & 255,
    (size >> 8) & 255,
    (size >> 16) & 255,
    size >>> 24,
    ...blocks,
  ])
}

type Digits = ReturnType<typeof someDigits>

function labelColumn({ labels }: Digits): Column {
  return { name: 'label', data: Array.from(labels, BigInt) }
}

const LABEL: SchemaElement = { name: 'label', type: 'INT64', repetition_type: 'OPTIONAL' }

/** As the Hugging Face hub writes MNIST: an image struct with PNG bytes. `spoil` changes an image's bytes. */
export function encodedFile(
  digits: Digits,
  options: WriteOptions = {},
  spoil: (png: Uint8Array, index: number) => Uint8Array = (png) => png,
): Uint8Array {
  const image = Array.from({ length: digits.count }, (_, index) => ({
    bytes: spoil(pngOf({ pixels: imageAt(digits, index) }), index),
    path: `${index}.png`,
  }))
  const schema: SchemaElement[] = [
    { name: 'schema', num_children: 2 },
    { name: 'image', num_children: 2, repetition_type: 'OPTIONAL' },
    { name: 'bytes', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL' },
    { name: 'path', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
    LABEL,
  ]
  return write(schema, [{ name: 'image', data: image }, labelColumn(digits)], options)
}

/** As the reference pipeline's Spark job writes it: normalised doubles in a three-level list. */
export function listFile(
  digits: Digits,
  options: WriteOptions & {
    readonly type?: 'DOUBLE' | 'FLOAT'
    readonly scale?: (byte: number) => number
  } = {},
): Uint8Array {
  const { type = 'DOUBLE', scale = (byte) => (byte / 255 - 0.1307) / 0.3081 } = options
  const image = Array.from({ length: digits.count }, (_, index) => Array.from(imageAt(digits, index), scale))
  const sides = Array.from({ length: digits.count }, () => 28n)
  const schema: SchemaElement[] = [
    { name: 'spark_schema', num_children: 4 },
    LABEL,
    { name: 'image', num_children: 1, repetition_type: 'OPTIONAL', converted_type: 'LIST' },
    { name: 'list', num_children: 1, repetition_type: 'REPEATED' },
    { name: 'element', type, repetition_type: 'OPTIONAL' },
    { name: 'height', type: 'INT64', repetition_type: 'OPTIONAL' },
    { name: 'width', type: 'INT64', repetition_type: 'OPTIONAL' },
  ]
  const columns = [
    labelColumn(digits),
    { name: 'image', data: image },
    { name: 'height', data: sides },
    { name: 'width', data: sides },
  ]
  return write(schema, columns, options)
}

/** A label and 784 columns of one pixel each. `name` names the column of a pixel. */
export function pixelFile(
  digits: Digits,
  name: (pixel: number) => string,
  options: WriteOptions & { readonly type?: 'INT32' | 'INT64' | 'DOUBLE'; readonly labelled?: boolean } = {},
): Uint8Array {
  const { type = 'INT32', labelled = true } = options
  const pixels = Array.from({ length: IMAGE_PIXELS }, (_, pixel): Column => {
    const data = Array.from(
      { length: digits.count },
      (_row, index) => digits.images[index * IMAGE_PIXELS + pixel] ?? 0,
    )
    return { name: name(pixel), data: type === 'INT64' ? data.map(BigInt) : data }
  })
  const schema: SchemaElement[] = [
    { name: 'schema', num_children: pixels.length + (labelled ? 1 : 0) },
    ...(labelled ? [LABEL] : []),
    ...pixels.map((column): SchemaElement => ({ name: column.name, type, repetition_type: 'REQUIRED' })),
  ]
  return write(schema, [...(labelled ? [labelColumn(digits)] : []), ...pixels], options)
}

/** Some other table: nothing in it is a digit. */
export function otherFile(): Uint8Array {
  const schema: SchemaElement[] = [
    { name: 'schema', num_children: 2 },
    { name: 'city', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
    { name: 'people', type: 'INT32', repetition_type: 'OPTIONAL' },
  ]
  return write(
    schema,
    [
      { name: 'city', data: ['Bern'] },
      { name: 'people', data: [134000] },
    ],
    {},
  )
}

function imageAt({ images }: Digits, index: number): Uint8Array {
  return images.subarray(index * IMAGE_PIXELS, (index + 1) * IMAGE_PIXELS)
}

export interface PngFacts {
  readonly pixels: Uint8Array
  readonly width?: number
  readonly height?: number
  readonly depth?: number
  readonly colour?: number
  readonly interlace?: number
  /** Bytes of one row. */
  readonly rowBytes?: number
  readonly filter?: number
  readonly before?: readonly (readonly [kind: string, body: Uint8Array])[]
}

/** A PNG of rows that are filtered already; 28×28 pixels of 8-bit grey unless told otherwise. */
export function pngOf(facts: PngFacts): Uint8Array {
  const {
    pixels,
    width = 28,
    height = 28,
    depth = 8,
    colour = 0,
    interlace = 0,
    rowBytes = 28,
    filter = 0,
  } = facts
  const rows = Array.from({ length: pixels.length / rowBytes }, (_, row) => [
    filter,
    ...pixels.subarray(row * rowBytes, (row + 1) * rowBytes),
  ])
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([depth, colour, 0, 0, interlace], 8)
  return new Uint8Array(
    Buffer.concat([
      Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10),
      pngChunk('IHDR', header),
      ...(facts.before ?? []).map(([kind, body]) => pngChunk(kind, body)),
      pngChunk('IDAT', deflateSync(Uint8Array.from(rows.flat()))),
      pngChunk('IEND', new Uint8Array(0)),
    ]),
  )
}

function pngChunk(kind: string, body: Uint8Array): Uint8Array {
  const chunk = Buffer.alloc(12 + body.length)
  chunk.writeUInt32BE(body.length, 0)
  chunk.write(kind, 4, 'latin1')
  chunk.set(body, 8)
  chunk.writeUInt32BE(bitwiseCrc(chunk.subarray(4, 8 + body.length)), 8 + body.length)
  return chunk
}

/** From the definition, bit by bit, to hold the reader's table against. */
function bitwiseCrc(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  }
  return ~crc >>> 0
}
