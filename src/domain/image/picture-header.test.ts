import { describe, expect, it } from 'vitest'
import { PICTURE_MAX_BYTES, readPictureHeader } from './picture-header'

function bytes(...parts: (string | number[])[]): Uint8Array {
  return Uint8Array.from(
    parts.flatMap((part) =>
      typeof part === 'string' ? Array.from(part, (letter) => letter.charCodeAt(0)) : part,
    ),
  )
}
function png(width: number, height: number, ...chunks: (string | number[])[]): Uint8Array {
  const size = [width, height].flatMap((value) => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255))
  return bytes('\u0089PNG\r\n\u001A\n', [0, 0, 0, 13], 'IHDR', size, [8, 0, 0, 0, 0, 1, 2, 3, 4], ...chunks)
}
function jpeg(width: number, height: number): Uint8Array {
  const size = [height >> 8, height & 255, width >> 8, width & 255]
  return bytes([
    0xff,
    0xd8,
    0xff,
    0xe0,
    0,
    4,
    0,
    0,
    0xff,
    0xc4,
    0,
    2,
    0xff,
    0xff,
    0xc2,
    0,
    11,
    8,
    ...size,
    1,
    0,
    0,
  ])
}
function webp(chunk: string, body: number[]): Uint8Array {
  return bytes(
    'RIFF',
    [99, 0, 0, 0],
    'WEBP',
    chunk,
    [10, 0, 0, 0],
    body,
    Array.from({ length: 12 }, () => 0),
  )
}

describe('readPictureHeader', () => {
  it.each([
    ['a PNG', png(28, 30), 'PNG', 28, 30, false],
    ['an animated PNG', png(5, 6, [0, 0, 0, 8], 'acTL'), 'PNG', 5, 6, true],
    [
      'a PNG whose pixels come first',
      png(5, 6, [0, 0, 0, 0], 'IDAT', [0, 0, 0, 0], [0, 0, 0, 8], 'acTL'),
      'PNG',
      5,
      6,
      false,
    ],
    ['a progressive JPEG behind a table', jpeg(4000, 3000), 'JPEG', 4000, 3000, false],
    ['a WebP', webp('VP8 ', [0, 0, 0, 0x9d, 0x01, 0x2a, 0x40, 0x01, 0xf0, 0x40]), 'WebP', 320, 240, false],
    ['a lossless WebP', webp('VP8L', [0x2f, 99, 0x40, 0x12, 0]), 'WebP', 100, 74, false],
    ['an animated WebP', webp('VP8X', [2, 0, 0, 0, 99, 0, 0, 49, 0, 0]), 'WebP', 100, 50, true],
  ])('reads %s', (_, file, format, width, height, animated) => {
    expect(readPictureHeader(file)).toEqual({ ok: true, format, width, height, animated })
  })

  it.each([
    [
      'an empty file',
      new Uint8Array(),
      'Expected a PNG, JPEG or WebP picture, found an empty file. Save it as one of these.',
    ],
    ['a GIF', bytes('GIF89a'), 'Expected a PNG, JPEG or WebP picture, found a GIF. Save it as one of these.'],
    [
      'an SVG',
      bytes('<svg xmlns='),
      'Expected a PNG, JPEG or WebP picture, found an SVG drawing. Save it as one of these.',
    ],
    [
      'text',
      bytes('hello'),
      'Expected a PNG, JPEG or WebP picture, found something else. Save it as one of these.',
    ],
    [
      'a cut PNG',
      png(28, 28).subarray(0, 20),
      'The picture file is cut off or damaged. Save or copy it again.',
    ],
    [
      'a JPEG without a frame',
      jpeg(9, 9).subarray(0, 14),
      'The picture file is cut off or damaged. Save or copy it again.',
    ],
    ['a PNG without width', png(0, 28), 'Expected a picture with pixels, found 0 × 28.'],
    [
      'a bomb',
      png(60_000, 60_000),
      'Expected a picture of at most 16 million pixels, found 60000 × 60000. Crop it or save it smaller.',
    ],
    [
      'a file too large',
      new Uint8Array(PICTURE_MAX_BYTES + 1),
      'Expected a picture of at most 20 MB, found 20.0 MB. Save it smaller.',
    ],
  ])('refuses %s', (_, file, problem) => {
    expect(readPictureHeader(file)).toEqual({ ok: false, problem })
  })
})
