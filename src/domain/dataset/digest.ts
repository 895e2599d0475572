import type { DigestFn, Sha256 } from '../ids'
import type { LabelledImages } from './dataset'

/**
 * Digests name pixels and labels, not files: an IDX, a Parquet and a zip of the same digits give the same digest.
 *
 * A split's canonical bytes are this ASCII text, lines ended by \n, so that any tool with SHA-256 can check it:
 *
 *     mnist-studio split 1
 *     <count> 28x28 u8
 *     <SHA-256 of the pixels: count × 784 bytes, row by row, 0 paper, 255 ink>
 *     <SHA-256 of the labels: count bytes>
 *
 * A dataset's canonical bytes are:
 *
 *     mnist-studio dataset 1
 *     train <digest of the training split>
 *     test <digest of the test split>
 */

/** SHA-256 of a split's canonical bytes. Hashes pixels and labels in place, without a copy. */
export async function digestSplit(split: LabelledImages, digest: DigestFn): Promise<Sha256> {
  const pixels = await digest(split.images)
  const labels = await digest(split.labels)
  return digest(asciiBytes(`mnist-studio split 1\n${split.count} 28x28 u8\n${pixels}\n${labels}\n`))
}

/** SHA-256 of a dataset's canonical bytes: over both splits' digests, training first. */
export function digestDataset(train: Sha256, test: Sha256, digest: DigestFn): Promise<Sha256> {
  return digest(asciiBytes(`mnist-studio dataset 1\ntrain ${train}\ntest ${test}\n`))
}

function asciiBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}
