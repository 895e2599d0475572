import { describe, expect, it } from 'vitest'
import { parseSha256 } from '../domain/ids'
import type { EpochMetrics } from '../domain/training/events'
import { runCurves } from './run-curves'

function epoch(number: number, validation: EpochMetrics['validation']): EpochMetrics {
  return {
    epoch: number,
    trainLoss: 1,
    trainAccuracy: 0.5,
    validation,
    learningRate: 0.01,
    seconds: 1,
    imagesPerSecond: 1,
    weightsSha256: parseSha256('0'.repeat(64)),
  }
}

describe('runCurves', () => {
  it('marks validation where its epoch ends, and skips epochs without', () => {
    const epochs = [epoch(1, { loss: 0.5, accuracy: 0.8, count: 10 }), epoch(2, null)]
    const steps = { loss: [2, 1], accuracy: [0.1, 0.3], learningRate: [0.1, 0.2], gradientNorm: [NaN, 3] }
    const { loss, accuracy, learningRate, gradientNorm } = runCurves(steps, epochs, 421)
    expect(loss.map((curve) => curve.name)).toEqual(['Batch', 'Training', 'Validation'])
    expect(loss[2]?.points).toEqual({ x: [421], y: [0.5] })
    expect(accuracy[2]?.points).toEqual({ x: [421], y: [0.8] })
    expect(loss[0]?.points).toEqual({ x: [0, 1], y: [2, 1] })
    expect(loss[1]?.points.y[0]).toBeCloseTo(2, 6)
    expect(learningRate[0]?.points).toEqual({ x: [0, 1], y: [0.1, 0.2] })
    expect(gradientNorm[0]?.points).toEqual({ x: [1], y: [3] })
  })
})
