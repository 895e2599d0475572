import type { EpochMillis, RunId } from '../ids'
import { parameterTable } from '../model/parameters'
import type { ModelSpec } from '../model/spec'
import type { EngineRecord } from './records'

/** What came of executing a run once more from its record. */
export interface Replay {
  readonly runId: RunId
  readonly at: EpochMillis
  readonly appVersion: string
  /** Browser and platform. */
  readonly host: string
  readonly engine: EngineRecord
  /** Epochs, from the first on, whose weights came out the same to the bit. */
  readonly epochsSame: number
  readonly verdict: ReplayVerdict
}

export type ReplayVerdict =
  | { readonly kind: 'same' }
  | {
      readonly kind: 'different'
      /** The first epoch whose weights came out otherwise. */
      readonly epoch: number
      /** Where, if the run's own weights of that epoch are still kept. */
      readonly tensor: TensorDifference | null
    }

/** The first tensor, in the order of the layers, of which two models have other values. */
export interface TensorDifference {
  /** `<layer index>.<role>`, for example `4.kernel`. */
  readonly name: string
  readonly size: number
  /** How many of its values differ, and the greatest difference; NaN where a value is no number. */
  readonly differing: number
  readonly largest: number
}

/**
 * Where two models of one spec differ first; null when every value has the same bits.
 *
 * @param expected flat, by `parameterTable(spec)`; `found` as well
 * @throws RangeError when either has another length than the model
 */
export function firstDifference(
  spec: ModelSpec,
  expected: Float32Array,
  found: Float32Array,
): TensorDifference | null {
  const { tensors, total } = parameterTable(spec)
  for (const { length } of [expected, found])
    if (length !== total) throw new RangeError(`${spec.name} has ${total} values, found ${length}`)
  const [expectedBits, foundBits] = [bitsOf(expected), bitsOf(found)]
  // Running statistics stand last in the flat array, but belong to their layer.
  const byLayer = tensors.toSorted((a, b) => a.layer - b.layer)
  for (const { name, offset, size } of byLayer) {
    let differing = 0
    let largest = 0
    for (let i = offset; i < offset + size; i++) {
      if (expectedBits[i] === foundBits[i]) continue
      differing++
      largest = Math.max(largest, Math.abs((expected[i] ?? 0) - (found[i] ?? 0)))
    }
    if (differing > 0) return { name, size, differing, largest }
  }
  return null
}

function bitsOf(values: Float32Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length)
}
