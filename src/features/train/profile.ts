import type { StepProfile } from '../../domain/training/events'

/** What one kind of operation takes of a step. */
export interface OperationShare {
  readonly operation: string
  readonly milliseconds: number
  /** Of all timed operations, in [0, 1]. */
  readonly share: number
}

/** A step's time by kind of operation, the longest first. */
export function profileByOperation({ operations }: StepProfile): readonly OperationShare[] {
  const times = new Map<string, number>()
  let total = 0
  for (const { operation, milliseconds } of operations) {
    times.set(operation, (times.get(operation) ?? 0) + milliseconds)
    total += milliseconds
  }
  return [...times]
    .map(([operation, milliseconds]) => ({
      operation,
      milliseconds,
      share: total > 0 ? milliseconds / total : 0,
    }))
    .sort((a, b) => b.milliseconds - a.milliseconds)
}
