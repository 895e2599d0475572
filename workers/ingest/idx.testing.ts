import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSha256, type Sha256 } from '../../src/domain/ids'
import { IMAGE_PIXELS } from '../../src/domain/image/preprocess'
import { PURPOSE, randomU32, streamKey } from '../../src/domain/random'

/** The folder with the real MNIST files, or null where there is none. */
export const MNIST_DIR = process.env['MNIST_DIR'] ?? null

/** Bytes of one of the real files, packed or not, whichever the folder has. Null where there is none. */
export function realFile(name: string): Uint8Array | null {
  const path = join(MNIST_DIR ?? '', name)
  return MNIST_DIR !== null && existsSync(path) ? new Uint8Array(readFileSync(path)) : null
}

export async function sha256(bytes: Uint8Array): Promise<Sha256> {
  return Promise.resolve(parseSha256(createHash('sha256').update(bytes).digest('hex')))
}

/** An IDX image file of `count` random images. `claim` replaces the header's words. */
export function idxImages(
  count: number,
  seed = 1,
  claim: Partial<Record<0 | 1 | 2 | 3, number>> = {},
): Uint8Array {
  const key = streamKey(seed, PURPOSE.generateDigits, 0)
  const bytes = new Uint8Array(16 + count * IMAGE_PIXELS)
  const view = new DataView(bytes.buffer)
  const words = [2051, count, 28, 28]
  words.forEach((word, index) => view.setUint32(index * 4, claim[index as 0 | 1 | 2 | 3] ?? word))
  for (let at = 16; at < bytes.length; at++) bytes[at] = randomU32(key, at) >>> 24
  return bytes
}

/** An IDX label file: 0, 1, … 9, 0, … */
export function idxLabels(count: number, claimedCount = count): Uint8Array {
  const bytes = new Uint8Array(8 + count)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, 2049)
  view.setUint32(4, claimedCount)
  for (let at = 0; at < count; at++) bytes[8 + at] = at % 10
  return bytes
}
