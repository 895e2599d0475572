import { snappyUncompress } from 'hyparquet'
import { faulty } from './fault'

/** Unpacks one page into exactly `length` bytes. */
export type Unpack = (packed: Uint8Array, length: number) => Uint8Array

/** Of one file: what its pages are packed with. Each comes when a file needs it. @throws FormatFault for any other codec */
export async function codecFor(codec: string): Promise<Unpack> {
  switch (codec) {
    case 'UNCOMPRESSED':
      return (packed, length) => sized(packed, length)
    case 'SNAPPY':
      return (packed, length) => {
        const page = new Uint8Array(length)
        snappyUncompress(packed, page)
        return page
      }
    case 'GZIP': {
      const { gunzipSync } = await import('fflate')
      // The library drops what does not fit, so it is given one byte more than may be used.
      return (packed, length) => sized(gunzipSync(packed, { out: new Uint8Array(length + 1) }), length)
    }
    case 'ZSTD': {
      const { decompressZstd } = await import('hyparquet-compressors')
      return (packed, length) => sized(decompressZstd(packed, new Uint8Array(length)), length)
    }
    default:
      return faulty(
        `its pages are packed with ${codec}, which is not read here (Snappy, GZIP and ZSTD are): write it with one of these`,
      )
  }
}

function sized(page: Uint8Array, length: number): Uint8Array {
  return page.length === length
    ? page
    : faulty(`a page unpacks to ${page.length} bytes where its header says ${length}`)
}
