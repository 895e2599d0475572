import * as z from 'zod/mini'
import { canonicalJson } from '../registry/canonical-json'
import { asciiBytes, asciiText, bytesToFloats, floatBytes, joined } from './bytes'

/** A tensor as safetensors keeps it: little-endian, C order. */
export type SafeTensor =
  | {
      readonly name: string
      readonly dtype: 'F32'
      readonly shape: readonly number[]
      readonly values: Float32Array
    }
  | {
      readonly name: string
      readonly dtype: 'I64'
      readonly shape: readonly number[]
      readonly values: readonly number[]
    }

const HEADER_LIMIT = 100_000_000
const ALIGNMENT = 8
const BYTES = { F32: 4, I64: 8 } as const

const entrySchema = z.strictObject({
  dtype: z.enum(['F32', 'I64']),
  shape: z.array(z.int().check(z.gte(0), z.lte(2 ** 24))).check(z.maxLength(8)),
  data_offsets: z.tuple([z.int().check(z.gte(0)), z.int().check(z.gte(0))]),
})
const metadataSchema = z.record(z.string(), z.string())

/**
 * The file: eight bytes of the header's length, the header as JSON padded to eight with spaces, then the tensors one after the
 * other.
 * @param metadata texts for whoever reads it; left out when there are none
 */
export function writeSafetensors(
  tensors: readonly SafeTensor[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const parts = tensors.map((tensor) =>
    tensor.dtype === 'F32' ? floatBytes(tensor.values) : longBytes(tensor.values),
  )
  let at = 0
  const entries = tensors.map(({ name, dtype, shape }, index) => {
    const begin = at
    at += parts[index]?.length ?? 0
    // In the order that the format's own writer has.
    return `${canonicalJson(name)}:{"dtype":"${dtype}","shape":[${shape.join(',')}],"data_offsets":[${begin},${at}]}`
  })
  const named = Object.keys(metadata).length > 0 ? [`"__metadata__":${canonicalJson(metadata)}`] : []
  const text = `{${[...named, ...entries].join(',')}}`
  const header = asciiBytes(text.padEnd(Math.ceil(text.length / ALIGNMENT) * ALIGNMENT, ' '))
  return joined([longBytes([header.length]), header, ...parts])
}

export interface Safetensors {
  readonly tensors: ReadonlyMap<string, SafeTensor>
  readonly metadata: Readonly<Record<string, string>>
}

/** Reads what {@link writeSafetensors} writes. @throws RangeError that says what is wrong with the bytes */
export function readSafetensors(bytes: Uint8Array): Safetensors {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 8)
    throw new RangeError(`safetensors begin with 8 bytes of length, found ${bytes.length} bytes`)
  const length = Number(view.getBigUint64(0, true))
  if (length > HEADER_LIMIT || 8 + length > bytes.length)
    throw new RangeError(`the header is to have ${length} bytes, found ${bytes.length - 8} behind its length`)
  const header = parsed(asciiText(bytes.subarray(8, 8 + length)))
  const tensors = new Map<string, SafeTensor>()
  let metadata: Readonly<Record<string, string>> = {}
  let covered = 0
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') {
      const read = metadataSchema.safeParse(value)
      if (!read.success) throw new RangeError('the metadata must be texts by name')
      metadata = read.data
      continue
    }
    const read = entrySchema.safeParse(value)
    if (!read.success)
      throw new RangeError(`the entry of ${name} must be {dtype, shape, data_offsets} of F32 or I64`)
    const {
      dtype,
      shape,
      data_offsets: [begin, end],
    } = read.data
    const count = shape.reduce((product, extent) => product * extent, 1)
    if (begin !== covered || end - begin !== count * BYTES[dtype] || 8 + length + end > bytes.length)
      throw new RangeError(
        `${name} of shape ${shape.join('×')} must take ${count * BYTES[dtype]} bytes from ${covered} on, found ${begin} to ${end}`,
      )
    covered = end
    const part = bytes.subarray(8 + length + begin, 8 + length + end)
    tensors.set(
      name,
      dtype === 'F32'
        ? { name, dtype, shape, values: bytesToFloats(part) }
        : { name, dtype, shape, values: longsOf(part) },
    )
  }
  if (8 + length + covered !== bytes.length)
    throw new RangeError(`the tensors end at byte ${8 + length + covered}, the file at ${bytes.length}`)
  return { tensors, metadata }
}

function parsed(text: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new RangeError('the header is not JSON')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new RangeError('the header must be an object of tensors by name')
  return { ...value }
}

function longBytes(values: readonly number[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(values.length * 8)
  const view = new DataView(bytes.buffer)
  values.forEach((value, at) => view.setBigInt64(at * 8, BigInt(value), true))
  return bytes
}

function longsOf(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Array.from({ length: bytes.length / 8 }, (_, at) => Number(view.getBigInt64(at * 8, true)))
}
