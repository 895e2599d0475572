/** Several runs of bytes as one. */
export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

/** The bytes of a text in ASCII. @throws RangeError when a character is not */
export function asciiBytes(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: text.length }, (_, at) => {
    const unit = text.charCodeAt(at)
    if (unit > 0x7f) throw new RangeError(`expected ASCII, found ${JSON.stringify(text[at])}`)
    return unit
  })
}

/** The text of ASCII bytes. @throws RangeError when a byte is none */
export function asciiText(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) {
    if (byte > 0x7f) throw new RangeError(`expected ASCII, found byte 0x${byte.toString(16)}`)
    text += String.fromCharCode(byte)
  }
  return text
}

/** Numbers as little-endian float32. */
export function floatBytes(values: ArrayLike<number>): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(values.length * 4)
  const view = new DataView(bytes.buffer)
  for (let at = 0; at < values.length; at++) view.setFloat32(at * 4, values[at] ?? Number.NaN, true)
  return bytes
}

/** Numbers of little-endian float32. @throws RangeError when the length is no multiple of four */
export function bytesToFloats(bytes: Uint8Array): Float32Array<ArrayBuffer> {
  if (bytes.length % 4 !== 0) throw new RangeError(`float32 take 4 bytes each, found ${bytes.length} bytes`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Float32Array.from({ length: bytes.length / 4 }, (_, at) => view.getFloat32(at * 4, true))
}
