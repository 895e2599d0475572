import { type FileMetaData, parquetMetadata } from 'hyparquet'
import { IMAGE_PIXELS } from '../../../src/domain/image/preprocess'
import type { IngestBudget } from '../budget'
import { failure, grouped, type Outcome, sizeText, success } from '../outcome'
import { PARQUET_LIMITS } from './budget'
import { faulty } from './fault'
import { findLayout, type Layout, type Leaf, leavesOf } from './layout'
import { checkStruct } from './thrift-guard'

/** Bytes that can be asked for piece by piece: a file in memory, or one behind an address. */
export interface ByteSource {
  readonly name: string
  readonly length: number
  /** From `start` up to `end`, exclusive. */
  readonly read: (start: number, end: number) => Promise<Outcome<Uint8Array>>
}

/** Where the pages of one column of one row group lie. */
export interface Chunk {
  readonly start: number
  readonly end: number
  readonly codec: string
  /** Values and nulls, as the footer counts them. */
  readonly values: number
}

export interface RowGroup {
  readonly rows: number
  readonly chunk: (leaf: Leaf) => Chunk
}

/** A Parquet file whose footer has been checked against the budgets. */
export interface ParquetFile {
  readonly source: ByteSource
  readonly rows: number
  readonly groups: readonly RowGroup[]
  readonly layout: Layout
  /** The columns and how they are packed, in words. */
  readonly schema: string
}

const MAGIC = 'PAR1'
/** Most footers are smaller: one request of a file behind an address is enough. */
const TAIL_BYTES = 65_536

export function isParquet(bytes: Uint8Array): boolean {
  return bytes.length >= 12 && textOf(bytes.subarray(0, 4)) === MAGIC
}

export function memorySource(name: string, bytes: Uint8Array): ByteSource {
  return {
    name,
    length: bytes.length,
    read: (start, end) => Promise.resolve(success(bytes.subarray(start, end))),
  }
}

/**
 * Reads and checks a file's footer: nothing is allocated on its word before rows, columns, row groups and the places of the
 * pages have been held against the budget and the file's own length.
 *
 * @throws FormatFault when the footer contradicts itself or the file
 */
export async function openParquet(source: ByteSource, budget: IngestBudget): Promise<Outcome<ParquetFile>> {
  const footer = await readFooter(source)
  if (!footer.ok) return footer
  checkStruct(footer.value, 0)
  const metadata = parquetMetadata(footer.value, { geoparquet: false })
  const { row_groups: groups } = metadata
  const rows = countOf(metadata.num_rows, 'rows')
  const leaves = leavesOf(metadata.schema)
  const excess = beyondLimits({ rows, leaves: leaves.length, groups: groups.length }, budget)
  if (excess !== null) return failure('over-budget', `${source.name} is not read: ${excess}`)

  const layout = findLayout(leaves)
  if (layout === null) return unknownLayout(source.name, leaves)
  if (rows === 0)
    return failure(
      'bad-input',
      `${source.name} must hold at least one digit, found 0 rows. Choose another file.`,
    )
  if (groups.reduce((sum, group) => sum + countOf(group.num_rows, 'rows'), 0) !== rows)
    faulty(`its footer counts ${grouped(rows)} rows and its row groups others`)
  const checked = groups.map((group): RowGroup => {
    const chunks = chunksOf(group, source.length)
    const groupRows = countOf(group.num_rows, 'rows')
    return {
      rows: groupRows,
      chunk: (leaf) => chunks.get(leaf.path.join('.')) ?? faulty(`column ${leaf.path.join('.')} is missing`),
    }
  })
  return success({ source, rows, groups: checked, layout, schema: schemaText(layout, groups) })
}

/** The footer as a file of its own: Thrift, its length, the magic. */
async function readFooter(source: ByteSource): Promise<Outcome<Uint8Array>> {
  if (source.length < 12) faulty(`it has ${grouped(source.length)} bytes`)
  const tail = await source.read(Math.max(0, source.length - TAIL_BYTES), source.length)
  if (!tail.ok) return tail
  const end = tail.value
  if (textOf(end.subarray(-4)) !== MAGIC) faulty('it does not end as a Parquet file ends')
  const length = new DataView(end.buffer, end.byteOffset, end.byteLength).getUint32(end.length - 8, true) + 8
  if (length > source.length - 4) faulty(`its footer is longer than the file (${sizeText(length)})`)
  if (length > PARQUET_LIMITS.footerBytes)
    return failure(
      'over-budget',
      `${source.name} is not read: its footer has ${sizeText(length)}, at most ${sizeText(PARQUET_LIMITS.footerBytes)} are read. Write it in fewer row groups.`,
    )
  return length <= end.length
    ? success(end.subarray(-length))
    : source.read(source.length - length, source.length)
}

function beyondLimits(
  { rows, leaves, groups }: { rows: number; leaves: number; groups: number },
  budget: IngestBudget,
): string | null {
  if (rows * IMAGE_PIXELS > budget.unpackedBytes)
    return `its footer claims ${grouped(rows)} rows (${sizeText(rows * IMAGE_PIXELS)} of pixels), at most ${sizeText(budget.unpackedBytes)} are unpacked for one dataset. Choose a smaller dataset.`
  if (leaves > PARQUET_LIMITS.columns)
    return `its footer names ${grouped(leaves)} columns, at most ${grouped(PARQUET_LIMITS.columns)} are looked at. Write only the digits and their labels.`
  if (groups > PARQUET_LIMITS.rowGroups)
    return `its footer names ${grouped(groups)} row groups, at most ${grouped(PARQUET_LIMITS.rowGroups)} are read. Write it in larger ones.`
  return null
}

function chunksOf(group: FileMetaData['row_groups'][number], fileBytes: number): ReadonlyMap<string, Chunk> {
  return new Map(
    group.columns.map(({ file_path: elsewhere, meta_data: meta }) => {
      if (meta === undefined || elsewhere) faulty('its pages lie in another file')
      const first = meta.dictionary_page_offset || meta.data_page_offset
      const start = countOf(first, 'bytes')
      const end = start + countOf(meta.total_compressed_size, 'bytes')
      if (start < 4 || end > fileBytes) faulty('its pages lie beyond its end')
      const chunk = { start, end, codec: String(meta.codec), values: countOf(meta.num_values, 'values') }
      return [meta.path_in_schema.join('.'), chunk] as const
    }),
  )
}

/** Thrift's 64-bit integers as a count. @throws FormatFault when it is none. */
function countOf(value: bigint | number | undefined, what: string): number {
  const count = Number(value ?? NaN)
  return Number.isSafeInteger(count) && count >= 0 ? count : faulty(`it counts ${String(value)} ${what}`)
}

function unknownLayout(name: string, leaves: readonly Leaf[]): Outcome<never> {
  const columns = leaves.slice(0, 8).map(({ path, type }) => `${path.join('.')} (${type.toLowerCase()})`)
  const more = leaves.length > 8 ? ` and ${leaves.length - 8} more` : ''
  return failure(
    'bad-input',
    `${name} must hold digits in an image column (PNG bytes, or a list of 784 numbers) or in 784 pixel columns, found ${columns.join(', ') || 'no column'}${more}. Rename or rewrite its columns.`,
  )
}

const SCHEMA_WORDS: Readonly<Record<Layout['kind'], string>> = {
  encoded: 'PNG images',
  list: 'lists of 784 numbers',
  pixels: '784 pixel columns',
}

function schemaText(layout: Layout, groups: FileMetaData['row_groups']): string {
  const codecs = new Set(groups.flatMap(({ columns }) => columns.map(({ meta_data: meta }) => meta?.codec)))
  const packed = [...codecs].map((codec) => CODEC_WORDS[codec ?? ''] ?? String(codec)).join(', ')
  const label = layout.label === null ? 'without labels' : `labels in ${layout.label.path.join('.')}`
  return `${SCHEMA_WORDS[layout.kind]}, ${label}, ${packed}`
}

const CODEC_WORDS: Readonly<Record<string, string>> = {
  UNCOMPRESSED: 'not packed',
  SNAPPY: 'Snappy',
  GZIP: 'GZIP',
  ZSTD: 'ZSTD',
}

function textOf(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes)
}
