import { parquetHeader } from 'hyparquet/src/column.js'
import { faulty } from './fault'

/** What a page says about itself, checked to be numbers that a page can have. */
export type PageHeader =
  | {
      readonly kind: 'dictionary'
      readonly values: number
      readonly packedBytes: number
      readonly pageBytes: number
    }
  | {
      readonly kind: 'data'
      readonly values: number
      readonly encoding: string
      readonly packedBytes: number
      readonly pageBytes: number
    }
  | {
      readonly kind: 'data-2'
      readonly values: number
      readonly encoding: string
      readonly packedBytes: number
      readonly pageBytes: number
      readonly repetitionBytes: number
      readonly definitionBytes: number
      readonly isPacked: boolean
    }
  | { readonly kind: 'other'; readonly packedBytes: number; readonly pageBytes: number }

/** Of the page that starts at `offset`, where `checkStruct` has been. @throws FormatFault when a number is none */
export function readPageHeader(bytes: Uint8Array, offset: number): PageHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const header = parquetHeader({ view, offset })
  const sizes = {
    packedBytes: whole(header.compressed_page_size),
    pageBytes: whole(header.uncompressed_page_size),
  }
  const { data_page_header: first, data_page_header_v2: second, dictionary_page_header: dictionary } = header
  if (header.type === 'DICTIONARY_PAGE' && dictionary)
    return { kind: 'dictionary', values: whole(dictionary.num_values), ...sizes }
  if (header.type === 'DATA_PAGE' && first)
    return { kind: 'data', values: whole(first.num_values), encoding: String(first.encoding), ...sizes }
  if (header.type === 'DATA_PAGE_V2' && second)
    return {
      kind: 'data-2',
      values: whole(second.num_values),
      encoding: String(second.encoding),
      repetitionBytes: whole(second.repetition_levels_byte_length),
      definitionBytes: whole(second.definition_levels_byte_length),
      isPacked: second.is_compressed !== false,
      ...sizes,
    }
  return header.type === 'INDEX_PAGE' ? { kind: 'other', ...sizes } : faulty('a page is of no known kind')
}

function whole(value: unknown): number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0
    ? value
    : faulty(`a page counts ${String(value)}`)
}
