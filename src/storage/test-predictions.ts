/** A model's answers for a whole split, index = image. */
export interface TestPredictions {
  /** The likeliest class, 0…9. */
  readonly labels: Uint8Array
  /** Its probability. */
  readonly confidence: Float32Array
}

const BYTES_PER_ANSWER = 5

/** Stored as all confidences (little-endian float32), then all labels. */
export function encodeTestPredictions({ labels, confidence }: TestPredictions): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(labels.length * BYTES_PER_ANSWER)
  const view = new DataView(bytes.buffer)
  confidence.forEach((value, index) => view.setFloat32(index * 4, value, true))
  bytes.set(labels, labels.length * 4)
  return bytes
}

/** @throws RangeError when the length is not a whole number of answers. */
export function decodeTestPredictions(bytes: Uint8Array): TestPredictions {
  const count = bytes.length / BYTES_PER_ANSWER
  if (!Number.isInteger(count))
    throw new RangeError(
      `stored predictions take ${BYTES_PER_ANSWER} bytes each, found ${bytes.length} bytes`,
    )
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const confidence = Float32Array.from({ length: count }, (_, index) => view.getFloat32(index * 4, true))
  return { labels: bytes.slice(count * 4), confidence }
}
