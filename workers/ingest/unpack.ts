import type { Outcome } from './outcome'

/** Deflate cannot do better than 1032 : 1. */
export const GZIP_BEST_RATIO = 1032

/** Packed bytes fed at a time: bounds what a decompressor hands out before it is asked again to 32 MB. */
const SLICE_BYTES = 32_768

export interface ByteReader {
  /** The next unpacked bytes; `end` after the last; `damaged` when the gzip stream is cut short or wrong. */
  readonly next: () => Promise<Uint8Array | 'end' | 'damaged'>
  /** Packed bytes handed to the decompressor so far. */
  readonly consumed: () => number
  readonly cancel: () => Promise<void>
}

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b
}

/** Reads bytes slice by slice, through gzip when they are gzip. Reading stops as soon as nobody calls `next`. */
export function openBytes(bytes: Uint8Array): ByteReader {
  let offset = 0
  const slices = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      pull(controller) {
        if (offset >= bytes.length) return controller.close()
        const slice = bytes.slice(offset, offset + SLICE_BYTES)
        offset += slice.length
        controller.enqueue(slice)
      },
    },
    { highWaterMark: 0 },
  )
  const packed = isGzip(bytes)
  const reader = (packed ? slices.pipeThrough(new DecompressionStream('gzip')) : slices).getReader()
  let unpacked = 0

  async function next(): Promise<Uint8Array | 'end' | 'damaged'> {
    const read = await settle(reader.read())
    if (!read.ok) return 'damaged'
    if (read.value.done) return packed && !lengthMatches(bytes, unpacked) ? 'damaged' : 'end'
    unpacked += read.value.value.length
    return read.value.value
  }
  async function cancel(): Promise<void> {
    await settle(reader.cancel())
  }
  return { next, consumed: () => offset, cancel }
}

/**
 * A gzip member ends with its unpacked length modulo 2³² (RFC 1952, 2.3.1). Hosts differ in what they make of bytes after
 * it (an error, or a second member), so the last four bytes decide: they are this length only when nothing follows.
 */
function lengthMatches(bytes: Uint8Array, unpacked: number): boolean {
  if (bytes.length < 18) return false
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return view.getUint32(bytes.length - 4, true) === unpacked >>> 0
}

/** Rejections of a decompressor are findings about the bytes. */
async function settle<Value>(
  promise: Promise<Value>,
): Promise<Extract<Outcome<Value>, { ok: true }> | { readonly ok: false }> {
  try {
    return { ok: true, value: await promise }
  } catch {
    return { ok: false }
  }
}
