import { faulty } from './fault'

/**
 * Parquet's footer and page headers are Thrift structs in the compact protocol. A list says its own length and a varint may go on
 * for ever: readers believe both, and allocate. This walk believes neither: it goes over a struct without keeping anything and
 * faults where a length is more than the bytes that are left.
 */

const DEEPEST = 24
const VARINT_BYTES = 10
const [STOP, TRUE, FALSE, BYTE, DOUBLE, BINARY, LIST, SET, STRUCT] = [0, 1, 2, 3, 7, 8, 9, 10, 12]

/**
 * Walks over the struct that starts at `offset`.
 * @returns the offset behind it
 * @throws FormatFault when it does not end within the bytes, is nested too deep or has a kind that Parquet never writes.
 */
export function checkStruct(bytes: Uint8Array, offset: number, depth = 0): number {
  if (depth > DEEPEST) faulty('a header is nested without end')
  let at = offset
  for (;;) {
    const head = byteAt(bytes, at++)
    const type = head & 15
    if (type === STOP) return at
    if (head >> 4 === 0) at = checkVarint(bytes, at)
    at = type === TRUE || type === FALSE ? at : checkElement(bytes, at, type, depth)
  }
}

function checkElement(bytes: Uint8Array, offset: number, type: number, depth: number): number {
  switch (type) {
    case TRUE:
    case FALSE:
    case BYTE:
      return checkRoom(bytes, offset, 1)
    case DOUBLE:
      return checkRoom(bytes, offset, 8)
    case BINARY: {
      const [length, start] = readLength(bytes, offset)
      return checkRoom(bytes, start, length)
    }
    case LIST:
    case SET:
      return checkList(bytes, offset, depth)
    case STRUCT:
      return checkStruct(bytes, offset, depth + 1)
    case 4:
    case 5:
    case 6:
      return checkVarint(bytes, offset)
    default:
      return faulty(`a header holds a field of unknown kind ${type}`)
  }
}

function checkList(bytes: Uint8Array, offset: number, depth: number): number {
  const head = byteAt(bytes, offset)
  const [length, start] = head >> 4 === 15 ? readLength(bytes, offset + 1) : [head >> 4, offset + 1]
  // The least that an element takes is one byte.
  checkRoom(bytes, start, length)
  let at = start
  for (let index = 0; index < length; index++) at = checkElement(bytes, at, head & 15, depth + 1)
  return at
}

function checkRoom(bytes: Uint8Array, offset: number, length: number): number {
  if (length > bytes.length - offset) faulty('a header is longer than the bytes that hold it')
  return offset + length
}

function readLength(bytes: Uint8Array, offset: number): readonly [length: number, end: number] {
  let length = 0
  for (let index = 0; index < 5; index++) {
    const byte = byteAt(bytes, offset + index)
    length += (byte & 127) * 2 ** (7 * index)
    if (byte < 128) return [length, offset + index + 1]
  }
  return faulty('a header announces a length beyond 34 bits')
}

function checkVarint(bytes: Uint8Array, offset: number): number {
  for (let index = 0; index < VARINT_BYTES; index++)
    if (byteAt(bytes, offset + index) < 128) return offset + index + 1
  return faulty('a header holds a number of more than 64 bits')
}

function byteAt(bytes: Uint8Array, offset: number): number {
  return bytes[offset] ?? faulty('a header breaks off')
}
