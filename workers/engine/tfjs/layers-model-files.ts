import type * as tf from '@tensorflow/tfjs'
import { isRecord, requireList, requireRecord, type JsonRecord } from './layers-model-json'
import { walkShapes } from './layers-model-shapes'

/** A tf.layers model as its files hold it. */
export interface LayersModelFiles {
  /** `model.json`, parsed and nothing more. */
  readonly json: unknown
  /** The weight files, one after the other in the order of the manifest. */
  readonly weights: Uint8Array
}

/** What was found sound in them. */
export interface LayersModelParts {
  readonly model: { [key: string]: Json }
  readonly weightSpecs: readonly tf.io.WeightsManifestEntry[]
  /** An image's shape and the answer's. */
  readonly input: readonly number[]
  readonly output: readonly number[]
  /** What the last layer applies; `linear` when nothing. */
  readonly head: string
}

/** What tfjs takes a topology as. */
type Json = boolean | number | string | null | Json[] | { [key: string]: Json }

const BYTES: Readonly<Record<string, number>> = { float32: 4, float16: 2, uint16: 2, uint8: 1 }

/** Checks the files before tfjs sees them. @throws RangeError that says what is wrong with them */
export function readLayersModel({ json, weights }: LayersModelFiles): LayersModelParts {
  const file = requireRecord(json, 'model.json')
  const topology = requireRecord(file['modelTopology'], 'modelTopology')
  const model = requireRecord(topology['model_config'] ?? topology, 'the model')
  if (model['class_name'] !== 'Sequential')
    throw new RangeError(`the model must be Sequential, found ${JSON.stringify(model['class_name'])}`)
  const config = model['config']
  const layers = requireList(
    Array.isArray(config) ? config : requireRecord(config, 'the model')['layers'],
    'layers',
  )
  const records = layers.map((layer) => requireRecord(layer, 'a layer'))
  const weightSpecs = requireList(file['weightsManifest'], 'weightsManifest').flatMap((group) =>
    requireList(requireRecord(group, 'a group of weights')['weights'], 'weights').map(weightSpec),
  )
  const bytes = weightSpecs.reduce((sum, spec) => sum + bytesOf(spec), 0)
  if (bytes !== weights.byteLength)
    throw new RangeError(`the weights named take ${bytes} bytes, found ${weights.byteLength}`)
  const kernels = new Map(weightSpecs.map(({ name, shape }) => [name, shape]))
  return { model: withZeros(model), weightSpecs, ...walkShapes(records, kernels), head: headOf(records) }
}

function headOf(layers: readonly JsonRecord[]): string {
  const last = layers.at(-1) ?? {}
  if (last['class_name'] === 'Softmax') return 'softmax'
  const activation = isRecord(last['config']) ? last['config']['activation'] : undefined
  return typeof activation === 'string' ? activation : 'linear'
}

function weightSpec(entry: unknown): tf.io.WeightsManifestEntry {
  const { name, shape, dtype, quantization } = requireRecord(entry, 'a weight')
  if (typeof name !== 'string' || dtype !== 'float32')
    throw new RangeError(
      `a weight must have a name and be of float32, found ${JSON.stringify({ name, dtype })}`,
    )
  const extents = requireList(shape, `the shape of ${name}`).map((extent) => {
    if (typeof extent === 'number' && Number.isSafeInteger(extent) && extent > 0) return extent
    throw new RangeError(`the shape of ${name} must be of whole numbers, found ${JSON.stringify(extent)}`)
  })
  if (quantization === undefined) return { name, shape: extents, dtype }
  const { dtype: packed, scale, min } = requireRecord(quantization, `the quantization of ${name}`)
  if (packed === 'float16') return { name, shape: extents, dtype, quantization: { dtype: packed } }
  if ((packed === 'uint8' || packed === 'uint16') && typeof scale === 'number' && typeof min === 'number')
    return { name, shape: extents, dtype, quantization: { dtype: packed, scale, min } }
  throw new RangeError(`weight ${name} must be packed as float16, uint16 or uint8`)
}

function bytesOf({ shape, dtype, quantization }: tf.io.WeightsManifestEntry): number {
  const bytes = BYTES[quantization?.dtype ?? dtype] ?? Number.NaN
  return shape.reduce((product, extent) => product * extent, bytes)
}

/** The same with every initial value zero, since the files' weights take their place at once. */
function withZeros(record: JsonRecord): { [key: string]: Json } {
  return Object.fromEntries(
    Object.entries(record).map(([key, value]) => [
      key,
      key.endsWith('_initializer') ? { class_name: 'Zeros', config: {} } : zeroed(value),
    ]),
  )
}

function zeroed(value: unknown): Json {
  if (Array.isArray(value)) return value.map(zeroed)
  if (isRecord(value)) return withZeros(value)
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null
}
