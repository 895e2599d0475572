/** What a picture file says of itself in its first bytes: enough to refuse it before anything is decoded. */
export type PictureHeader =
  | {
      readonly ok: true
      readonly format: 'PNG' | 'JPEG' | 'WebP'
      readonly width: number
      readonly height: number
      /** It has several frames; the first is what will be read. */
      readonly animated: boolean
    }
  /** One sentence: what was expected, what was found, what to do. */
  | { readonly ok: false; readonly problem: string }

/** Bytes of a picture file at most. */
export const PICTURE_MAX_BYTES = 20_000_000
/** Pixels at most: four bytes each once decoded. */
const MAX_PIXELS = 16_000_000

/** What a file is called whose first bytes these are, at an offset; read by no one here. */
const OTHERS: readonly (readonly [string, number, string])[] = [
  ['GIF8', 0, 'a GIF'],
  ['BM', 0, 'a BMP'],
  ['%PDF', 0, 'a PDF'],
  ['II*\0', 0, 'a TIFF'],
  ['MM\0*', 0, 'a TIFF'],
  ['ftypavif', 4, 'an AVIF'],
  ['ftypheic', 4, 'an HEIC photo'],
  ['ftypmif1', 4, 'an HEIF photo'],
  ['<svg', 0, 'an SVG drawing'],
  ['<?xml', 0, 'an SVG drawing or other XML'],
]

/**
 * Reads format and size of a PNG, JPEG or WebP file, and refuses what is none of them, what is too large and what lies.
 * Nothing is decoded.
 */
export function readPictureHeader(bytes: Uint8Array): PictureHeader {
  if (bytes.length > PICTURE_MAX_BYTES)
    return refuse(
      `Expected a picture of at most 20 MB, found ${(bytes.length / 1e6).toFixed(1)} MB. Save it smaller.`,
    )
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const found = pngHeader(bytes, view) ?? jpegHeader(bytes, view) ?? webpHeader(bytes, view)
  if (found === null) {
    const other = OTHERS.find(([magic, offset]) => textAt(bytes, offset, magic.length) === magic)
    const what = bytes.length === 0 ? 'an empty file' : (other?.[2] ?? 'something else')
    return refuse(`Expected a PNG, JPEG or WebP picture, found ${what}. Save it as one of these.`)
  }
  if (found === 'cut') return refuse('The picture file is cut off or damaged. Save or copy it again.')
  const { width, height } = found
  if (width < 1 || height < 1) return refuse(`Expected a picture with pixels, found ${width} × ${height}.`)
  if (width * height > MAX_PIXELS)
    return refuse(
      `Expected a picture of at most 16 million pixels, found ${width} × ${height}. Crop it or save it smaller.`,
    )
  return { ok: true, ...found }
}

type Found = Omit<Extract<PictureHeader, { ok: true }>, 'ok'> | 'cut' | null

function refuse(problem: string): PictureHeader {
  return { ok: false, problem }
}

function textAt(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length))
}

function pngHeader(bytes: Uint8Array, view: DataView): Found {
  if (textAt(bytes, 0, 8) !== '\u0089PNG\r\n\u001A\n') return null
  if (bytes.length < 33 || textAt(bytes, 12, 4) !== 'IHDR') return 'cut'
  const size = { width: view.getUint32(16), height: view.getUint32(20) }
  // An animated PNG says so in a chunk before its pixels.
  for (let at = 33; at + 8 <= bytes.length;) {
    const name = textAt(bytes, at + 4, 4)
    if (name === 'IDAT') break
    if (name === 'acTL') return { format: 'PNG', ...size, animated: true }
    at += 12 + view.getUint32(at)
  }
  return { format: 'PNG', ...size, animated: false }
}

function jpegHeader(bytes: Uint8Array, view: DataView): Found {
  if (bytes.length < 4 || view.getUint16(0) !== 0xffd8) return null
  for (let at = 2; at + 9 <= bytes.length;) {
    if (bytes[at] !== 0xff) return 'cut'
    const marker = bytes[at + 1] ?? 0
    if (marker === 0xff) {
      at++
      continue
    }
    // Frames are C0 to CF, but for the tables DHT, JPG and DAC.
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker))
      return {
        format: 'JPEG',
        width: view.getUint16(at + 7),
        height: view.getUint16(at + 5),
        animated: false,
      }
    at += 2 + Math.max(2, view.getUint16(at + 2))
  }
  return 'cut'
}

function webpHeader(bytes: Uint8Array, view: DataView): Found {
  if (textAt(bytes, 0, 4) !== 'RIFF' || textAt(bytes, 8, 4) !== 'WEBP') return null
  if (bytes.length < 30) return 'cut'
  const chunk = textAt(bytes, 12, 4)
  if (chunk === 'VP8X') {
    const animated = ((bytes[20] ?? 0) & 2) !== 0
    return { format: 'WebP', width: 1 + uint24(view, 24), height: 1 + uint24(view, 27), animated }
  }
  if (chunk === 'VP8L') {
    const bits = view.getUint32(21, true)
    return {
      format: 'WebP',
      width: 1 + (bits & 0x3fff),
      height: 1 + ((bits >>> 14) & 0x3fff),
      animated: false,
    }
  }
  if (chunk !== 'VP8 ') return 'cut'
  const width = view.getUint16(26, true) & 0x3fff
  return { format: 'WebP', width, height: view.getUint16(28, true) & 0x3fff, animated: false }
}

function uint24(view: DataView, at: number): number {
  return view.getUint16(at, true) | (view.getUint8(at + 2) << 16)
}
