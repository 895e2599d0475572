/** The input of the Open Inference Protocol: a tensor of images as bytes. */
import { canvasToDigit } from '../../src/domain/image/canvas'
import { IMAGE_PIXELS, IMAGE_SIDE, type Preprocess } from '../../src/domain/image/preprocess'
import { MAX_BATCH } from '../../src/domain/serving/limits'
import { field, isObject, kindOf, quoted, type JsonObject } from './body'
import { type Read, read, refuse } from './http'
import { flattenNumbers } from './numbers'
import { type PixelScale, toBytes } from './pixels'

/** Shapes that one image has behind the count of images. */
const IMAGE_SHAPES = [
  [IMAGE_SIDE, IMAGE_SIDE],
  [IMAGE_PIXELS],
  [1, IMAGE_SIDE, IMAGE_SIDE],
  [IMAGE_SIDE, IMAGE_SIDE, 1],
].map((shape) => shape.join())

/** Pixels a side of a drawing (`parameters.canvas`). */
const MAX_CANVAS = 1024
/** Pixels of all drawings of a request. */
const MAX_CANVAS_PIXELS = MAX_CANVAS * MAX_CANVAS

const FLOATS: ReadonlySet<string> = new Set(['FP16', 'FP32', 'FP64'])

/** Our own parameters, of the request or of its input. */
interface TensorParameters {
  /** The values are normalised already, by the model's mean and deviation. */
  readonly preprocessed: boolean
  /** Each image is a drawing of any size: it is cut out, scaled and centred as on the Draw screen. */
  readonly canvas: boolean
}

/** The one input `image` of a request as count × 784 bytes. */
export function readTensor(body: JsonObject, preprocess: Preprocess): Read<Uint8Array> {
  const inputs = field(body, 'inputs')
  if (!Array.isArray(inputs) || inputs.length !== 1)
    return refuse(400, `Expected "inputs" to be an array of one tensor, found ${kindOf(inputs)}`)
  const input: unknown = inputs[0]
  if (!isObject(input)) return refuse(400, `Expected inputs[0] to be an object, found ${kindOf(input)}`)
  const name = field(input, 'name')
  if (name !== 'image')
    return refuse(
      400,
      `Expected an input named "image", found ${typeof name === 'string' ? quoted(name) : kindOf(name)}`,
    )
  const parameters = readParameters(body, input)
  if (!parameters.ok) return parameters
  const scale = readScale(input, parameters.value, preprocess)
  if (!scale.ok) return scale
  const shape = readShape(field(input, 'shape'))
  if (!shape.ok) return shape
  return parameters.value.canvas
    ? readCanvases(input, shape.value, scale.value, preprocess)
    : readImages(input, shape.value, scale.value)
}

function readParameters(body: JsonObject, input: JsonObject): Read<TensorParameters> {
  const found = { preprocessed: false, canvas: false }
  for (const source of [field(body, 'parameters'), field(input, 'parameters')]) {
    if (source === undefined) continue
    if (!isObject(source))
      return refuse(400, `Expected "parameters" to be an object, found ${kindOf(source)}`)
    for (const name of ['preprocessed', 'canvas'] as const) {
      const value = field(source, name)
      if (value === undefined) continue
      if (typeof value !== 'boolean')
        return refuse(400, `Expected parameters.${name} to be true or false, found ${kindOf(value)}`)
      found[name] = value
    }
  }
  return found.preprocessed && found.canvas
    ? refuse(400, 'Expected either parameters.preprocessed or parameters.canvas, found both')
    : read(found)
}

function readScale(
  input: JsonObject,
  { preprocessed }: TensorParameters,
  preprocess: Preprocess,
): Read<PixelScale> {
  const datatype = field(input, 'datatype')
  if (datatype === 'UINT8' && !preprocessed) return read('bytes')
  if (typeof datatype === 'string' && FLOATS.has(datatype)) return read(preprocessed ? preprocess : 'shares')
  const found = typeof datatype === 'string' ? quoted(datatype) : kindOf(datatype)
  return preprocessed
    ? refuse(400, `Expected datatype FP32 for preprocessed values, found ${found}`)
    : refuse(400, `Expected datatype UINT8 (0–255) or FP32 (0–1), found ${found}`)
}

function readShape(shape: unknown): Read<readonly number[]> {
  if (!Array.isArray(shape) || shape.length === 0 || shape.length > 4 || !shape.every(isExtent))
    return refuse(
      400,
      `Expected "shape" to be 1 to 4 whole numbers, found ${JSON.stringify(shape)?.slice(0, 80)}`,
    )
  return read(shape as readonly number[])
}

function isExtent(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) > 0
}

function readImages(input: JsonObject, shape: readonly number[], scale: PixelScale): Read<Uint8Array> {
  const [count = 0, ...rest] = shape
  if (!IMAGE_SHAPES.includes(rest.join()))
    return refuse(
      400,
      `Expected shape [n, 28, 28], [n, 784] or [n, 1, 28, 28], found [${shape.join(', ')}]: other sizes need parameters.canvas`,
    )
  if (count > MAX_BATCH) return refuse(400, `Expected 1 to ${MAX_BATCH} images, found ${count}`)
  const bytes = new Uint8Array(count * IMAGE_PIXELS)
  const filled = fill(input, bytes, scale, shape)
  return filled.ok ? read(bytes) : filled
}

/** One drawing [h, w], or several [n, h, w]. */
function readCanvases(
  input: JsonObject,
  shape: readonly number[],
  scale: PixelScale,
  preprocess: Preprocess,
): Read<Uint8Array> {
  const [width = 0, height = 0, count = 1] = shape.toReversed()
  if (shape.length > 3 || shape.length < 2 || Math.max(width, height) > MAX_CANVAS)
    return refuse(
      400,
      `Expected drawings of shape [h, w] or [n, h, w] of at most ${MAX_CANVAS} pixels a side, found [${shape.join(', ')}]`,
    )
  if (count > MAX_BATCH || count * width * height > MAX_CANVAS_PIXELS)
    return refuse(
      400,
      `Expected at most ${MAX_BATCH} drawings of together ${MAX_CANVAS_PIXELS} pixels, found [${shape.join(', ')}]`,
    )
  const drawings = new Uint8Array(count * width * height)
  const filled = fill(input, drawings, scale, shape)
  if (!filled.ok) return filled
  const digits = new Uint8Array(count * IMAGE_PIXELS)
  for (let index = 0; index < count; index++) {
    const drawing = drawings.subarray(index * width * height, (index + 1) * width * height)
    const side = Math.max(width, height)
    const found = canvasToDigit(onSquare(drawing, width, side), side, preprocess)
    // Without ink it stays blank, and the answer says so.
    if (found.kind === 'digit') digits.set(found.digit, index * IMAGE_PIXELS)
  }
  return read(digits)
}

function fill(
  input: JsonObject,
  target: Uint8Array,
  scale: PixelScale,
  shape: readonly number[],
): Read<null> {
  const flat = flattenNumbers(field(input, 'data'), target.length, 'value')
  if (!flat.ok) return flat
  const { values, count } = flat.value
  if (count !== target.length)
    return refuse(
      400,
      `Expected ${target.length} values for shape [${shape.join(', ')}], found ${count} in "data"`,
    )
  return toBytes(values, scale, target)
}

/** Where on the square it lies does not matter: the digit is cut out by its ink. */
function onSquare(drawing: Uint8Array, width: number, side: number): Uint8Array {
  const square = new Uint8Array(side * side)
  for (let row = 0; row * width < drawing.length; row++)
    square.set(drawing.subarray(row * width, (row + 1) * width), row * side)
  return square
}
