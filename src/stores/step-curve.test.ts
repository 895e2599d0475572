import { describe, expect, it } from 'vitest'
import { createCurveBuffer } from './step-curve'

function column(...values: number[]): Float32Array {
  return Float32Array.from(values)
}

describe('a step’s figures', () => {
  it('each keep to their own column, over growth and gaps', () => {
    const buffer = createCurveBuffer(1)
    for (const firstStep of [0, 100])
      buffer.append({
        firstStep,
        loss: column(1),
        accuracy: column(0.5),
        learningRate: column(0.25),
        gradientNorm: column(8),
      })
    const curve = buffer.view(1)
    for (const step of [0, 100]) {
      expect(curve.loss[step]).toBe(1)
      expect(curve.accuracy[step]).toBe(0.5)
      expect(curve.learningRate[step]).toBe(0.25)
      expect(curve.gradientNorm[step]).toBe(8)
    }
    expect(curve.gradientNorm[50]).toBeNaN()
    expect(curve.gradientNorm).toHaveLength(101)
  })
})
