/** Numbers as the little-endian float32 bytes that weights are stored and hashed in. Node runs on little-endian machines only. */
export function bytesOfFloats(numbers: Float32Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength)
}

/** A copy, so that the numbers start on a whole number. @throws RangeError when the length is no multiple of four. */
export function floatsOfBytes(bytes: Uint8Array): Float32Array {
  if (bytes.length % 4 !== 0) throw new RangeError(`weights are 4 bytes each, found ${bytes.length} bytes`)
  return new Float32Array(Uint8Array.from(bytes).buffer)
}
