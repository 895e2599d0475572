import type { StepMetrics } from '../domain/training/events'

/** A dense curve: index = step of the run. The arrays are views; treat them as read-only. */
export interface StepCurve {
  /** Rises with every commit; the arrays of an older revision are never changed. */
  readonly revision: number
  readonly length: number
  readonly loss: Float32Array
  readonly accuracy: Float32Array
  readonly learningRate: Float32Array
}

export const EMPTY_CURVE: StepCurve = {
  revision: 0,
  length: 0,
  loss: new Float32Array(0),
  accuracy: new Float32Array(0),
  learningRate: new Float32Array(0),
}

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
  let loss = new Float32Array(capacity)
  let accuracy = new Float32Array(capacity)
  let learningRate = new Float32Array(capacity)

  function grow(needed: number): void {
    if (needed <= capacity) return
    capacity = Math.max(needed, capacity * 2)
    loss = grown(loss, capacity)
    accuracy = grown(accuracy, capacity)
    learningRate = grown(learningRate, capacity)
  }

  return {
    append(steps) {
      const end = steps.firstStep + steps.loss.length
      grow(end)
      if (steps.firstStep > length) {
        loss.fill(NaN, length, steps.firstStep)
        accuracy.fill(NaN, length, steps.firstStep)
        learningRate.fill(NaN, length, steps.firstStep)
      }
      loss.set(steps.loss, steps.firstStep)
      accuracy.set(steps.accuracy, steps.firstStep)
      learningRate.set(steps.learningRate, steps.firstStep)
      length = Math.max(length, end)
    },
    view(revision) {
      return {
        revision,
        length,
        loss: loss.subarray(0, length),
        accuracy: accuracy.subarray(0, length),
        learningRate: learningRate.subarray(0, length),
      }
    },
  }
}

function grown(column: Float32Array<ArrayBuffer>, capacity: number): Float32Array<ArrayBuffer> {
  const larger = new Float32Array(capacity)
  larger.set(column)
  return larger
}
