import type { StepMetrics } from '../domain/training/events'

/** A dense curve: index = step of the run. The arrays are views; treat them as read-only. */
export interface StepCurve {
  /** Rises with every commit; the arrays of an older revision are never changed. */
  readonly revision: number
  readonly length: number
  readonly loss: Float32Array
  readonly accuracy: Float32Array
  readonly learningRate: Float32Array
  /** Before clipping; NaN for steps of before it was measured. */
  readonly gradientNorm: Float32Array
}

const COLUMNS = ['loss', 'accuracy', 'learningRate', 'gradientNorm'] as const

type Columns = Record<(typeof COLUMNS)[number], Float32Array>

export const EMPTY_CURVE: StepCurve = { revision: 0, length: 0, ...columnsOf(() => new Float32Array(0)) }

/** A curve being written: preallocated columns that double when full. Kept outside React. */
export interface CurveBuffer {
  append(steps: Omit<StepMetrics, 'imagesPerSecond'>): void
  /** The steps so far, without copying: later steps are written behind the views. */
  view(revision: number): StepCurve
}

/** Makes a buffer for a run of about `expectedSteps` steps. A gap in the steps is filled with NaN, which charts leave out. */
export function createCurveBuffer(expectedSteps: number): CurveBuffer {
  let capacity = Math.max(64, expectedSteps)
  let length = 0
  let columns = columnsOf(() => new Float32Array(capacity))

  function grow(needed: number): void {
    if (needed <= capacity) return
    capacity = Math.max(needed, capacity * 2)
    const before = columns
    columns = columnsOf((name) => grown(before[name], capacity))
  }

  return {
    append(steps) {
      const end = steps.firstStep + steps.loss.length
      grow(end)
      for (const name of COLUMNS) {
        if (steps.firstStep > length) columns[name].fill(NaN, length, steps.firstStep)
        columns[name].set(steps[name], steps.firstStep)
      }
      length = Math.max(length, end)
    },
    view(revision) {
      return { revision, length, ...columnsOf((name) => columns[name].subarray(0, length)) }
    },
  }
}

function columnsOf(of: (name: (typeof COLUMNS)[number]) => Float32Array): Columns {
  return {
    loss: of('loss'),
    accuracy: of('accuracy'),
    learningRate: of('learningRate'),
    gradientNorm: of('gradientNorm'),
  }
}

function grown(column: Float32Array, capacity: number): Float32Array {
  const larger = new Float32Array(capacity)
  larger.set(column)
  return larger
}
