import { CLASS_COUNT } from '../../../src/domain/dataset/dataset'
import { IMAGE_PIXELS } from '../../../src/domain/image/preprocess'
import { readPng } from '../png'
import { faulty } from './fault'
import type { Leaf } from './layout'
import type { Page } from './pages'

/** @throws FormatFault unless every row has a label that is a digit */
export function readLabels(pages: Iterable<Page<Float64Array>>, out: Uint8Array): void {
  let at = 0
  for (const { values, definition } of pages) {
    if (definition !== null) faulty('a label is missing')
    for (const label of values) {
      if (!Number.isInteger(label) || label < 0 || label >= CLASS_COUNT)
        faulty(`a label is ${label}, and only the digits 0…9 are read`)
      if (at === out.length) faulty('a row group has more labels than rows')
      out[at++] = label
    }
  }
  if (at !== out.length) faulty('a row group has fewer labels than rows')
}

/** @throws FormatFault unless every row has one readable image */
export function readEncoded(
  pages: Iterable<Page<readonly Uint8Array[]>>,
  out: Uint8Array | Float32Array,
  onRows: (rows: number) => void,
): void {
  if (!(out instanceof Uint8Array)) throw new TypeError('images are read as bytes')
  let at = 0
  for (const { values, definition } of pages) {
    if (definition !== null) faulty('an image is missing')
    for (const image of values) {
      if (at === out.length) faulty('a row group has more images than rows')
      readPng(image, out.subarray(at, at + IMAGE_PIXELS))
      at += IMAGE_PIXELS
    }
    onRows(at / IMAGE_PIXELS)
  }
  if (at !== out.length) faulty('a row group has fewer images than rows')
}

/** @throws FormatFault unless every row has a list of 784 numbers */
export function readLists(
  pages: Iterable<Page<Float64Array>>,
  leaf: Leaf,
  out: Uint8Array | Float32Array,
  onRows: (rows: number) => void,
): void {
  let at = 0
  for (const { slots, values, repetition, definition } of pages) {
    if (definition !== null) faulty('an image has no pixels, or a pixel is missing')
    if (repetition === null || leaf.maxRepetition !== 1) faulty('an image is no list')
    if (at + slots > out.length) faulty('its lists have more than 784 pixels a row')
    for (let slot = 0; slot < slots; slot++)
      if ((repetition?.[slot] === 0) !== ((at + slot) % IMAGE_PIXELS === 0))
        faulty('an image has not 784 pixels: lists of 28×28 numbers are read')
    store(values, out, at, 1)
    at += slots
    onRows(Math.floor(at / IMAGE_PIXELS))
  }
  if (at !== out.length) faulty('a row group has fewer pixels than 784 a row')
}

/** One pixel of every row. @throws FormatFault unless every row has it */
export function readPixelColumn(
  pages: Iterable<Page<Float64Array>>,
  pixel: number,
  out: Uint8Array | Float32Array,
): void {
  let at = pixel
  for (const { values, definition } of pages) {
    if (definition !== null) faulty('a pixel is missing')
    if (at + (values.length - 1) * IMAGE_PIXELS >= out.length) faulty('a row group has more pixels than rows')
    store(values, out, at, IMAGE_PIXELS)
    at += values.length * IMAGE_PIXELS
  }
  if (at !== out.length + pixel) faulty('a row group has fewer pixels than rows')
}

function store(values: Float64Array, out: Uint8Array | Float32Array, from: number, step: number): void {
  const isBytes = out instanceof Uint8Array
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? 0
    if (isBytes && !(value >= 0 && value <= 255))
      faulty(`a pixel is ${value}, and whole numbers 0…255 are read`)
    out[from + index * step] = value
  }
}
