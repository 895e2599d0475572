import { CLASS_COUNT } from '../dataset/dataset'
import { permutation, PURPOSE, streamKey } from '../random'

/** Two disjoint, ascending index lists that together are 0 … count − 1. */
export interface StratifiedSplit {
  readonly trainIndices: Uint32Array
  readonly validationIndices: Uint32Array
}

/**
 * Keeps a share of each class for validation. A class of n images gives round(n × fraction) of them, halves rounded up, but
 * never its last one; which ones is decided by the stream (seed, split, label), so that neither another class nor the order
 * of training changes it.
 *
 * @param labels one byte an image, each in 0…9
 * @param fraction in [0, 1); 0 keeps nothing for validation
 * @param seed 32-bit unsigned integer
 * @throws RangeError when a label lies outside 0…9 or the fraction outside [0, 1)
 */
export function stratifiedSplit(labels: Uint8Array, fraction: number, seed: number): StratifiedSplit {
  if (!(fraction >= 0 && fraction < 1))
    throw new RangeError(`the validation fraction must lie in [0, 1), found ${fraction}`)

  const members = indicesByClass(labels)
  const kept = new Uint8Array(labels.length)
  let keptCount = 0
  for (const [label, indices] of members.entries()) {
    const share = Math.min(Math.round(indices.length * fraction), Math.max(0, indices.length - 1))
    const order = permutation(indices.length, streamKey(seed, PURPOSE.split, label))
    for (const position of order.subarray(0, share)) {
      const index = indices[position]
      if (index !== undefined) kept[index] = 1
    }
    keptCount += share
  }

  const trainIndices = new Uint32Array(labels.length - keptCount)
  const validationIndices = new Uint32Array(keptCount)
  let trainEnd = 0
  let validationEnd = 0
  for (let index = 0; index < labels.length; index++) {
    if (kept[index] === 1) validationIndices[validationEnd++] = index
    else trainIndices[trainEnd++] = index
  }
  return { trainIndices, validationIndices }
}

function indicesByClass(labels: Uint8Array): readonly (readonly number[])[] {
  const members: number[][] = Array.from({ length: CLASS_COUNT }, () => [])
  for (const [index, label] of labels.entries()) {
    const list = members[label]
    if (list === undefined)
      throw new RangeError(`labels must lie in 0…${CLASS_COUNT - 1}, found ${label} at image ${index}`)
    list.push(index)
  }
  return members
}
