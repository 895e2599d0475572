/** Protocol buffers, written: a message is its fields one after the other, each a number, a kind and a value. */
import { asciiBytes, joined } from './bytes'

const VARINT = 0
const LENGTH_DELIMITED = 2
const FIXED_32 = 5

/** @param value a whole number ≥ 0 below 2⁵³ */
export function wholeField(field: number, value: number): Uint8Array {
  return joined([tag(field, VARINT), varint(value)])
}

export function floatField(field: number, value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setFloat32(0, value, true)
  return joined([tag(field, FIXED_32), bytes])
}

export function bytesField(field: number, bytes: Uint8Array): Uint8Array {
  return joined([tag(field, LENGTH_DELIMITED), varint(bytes.length), bytes])
}

export function textField(field: number, text: string): Uint8Array {
  return bytesField(field, asciiBytes(text))
}

/** Another message as a field. */
export function messageField(field: number, fields: readonly Uint8Array[]): Uint8Array {
  return bytesField(field, joined(fields))
}

function tag(field: number, kind: number): Uint8Array {
  return varint(field * 8 + kind)
}

/** Seven bits a byte, the lowest first; the eighth says that more follow. Not by shifts: those end at 32 bits. */
function varint(value: number): Uint8Array {
  const bytes: number[] = []
  let rest = value
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) + 0x80)
    rest = Math.floor(rest / 0x80)
  }
  bytes.push(rest)
  return Uint8Array.from(bytes)
}
