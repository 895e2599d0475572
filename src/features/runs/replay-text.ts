import type { Replay, TensorDifference } from '../../domain/registry/replay'
import { formatCount, formatCounted, formatSignificant } from '../../ui/format'

export type EpochMark = 'same' | 'different' | 'open'

/** One mark an epoch on record, from what was compared so far. */
export function epochMarks(epochs: number, compared: readonly boolean[]): readonly EpochMark[] {
  return Array.from({ length: epochs }, (_, index) => {
    const same = compared[index]
    if (same === undefined) return 'open'
    return same ? 'same' : 'different'
  })
}

export function verdictInWords({ epochsSame, verdict }: Replay): string {
  if (verdict.kind === 'same')
    return epochsSame === 1
      ? 'The epoch came out with the same weights'
      : `All ${formatCounted(epochsSame, 'epoch')} came out with the same weights`
  return `Epoch ${verdict.epoch} came out with other weights`
}

/** Where the weights differ first, as far as that can still be told. */
export function tensorInWords(tensor: TensorDifference | null): string {
  if (tensor === null)
    return "Which values differ cannot be told: the run's own weights of that epoch are no longer kept."
  const { name, size, differing, largest } = tensor
  return `The first tensor that differs is ${name}: ${formatCount(differing)} of ${formatCounted(size, 'value')}, by at most ${formatSignificant(largest)}.`
}
