import { describe, expect, it } from 'vitest'
import { axisFloor, describeClasses } from './class-scores'

function scores(...pairs: readonly (readonly [number, number])[]) {
  return pairs.map(([precision, recall], label) => ({ label, precision, recall, f1: 0, support: 1 }))
}

describe('axisFloor', () => {
  it.each([
    [[1, 1], 0.95],
    [[0.98, 0.99], 0.95],
    [[0.95, 0.99], 0.9],
    [[0.99, 0.61], 0.6],
    [[0.04, 1], 0],
    [[0, 0], 0],
  ] as const)('lies below %j, at %f', (pair, floor) => {
    expect(axisFloor(scores([1, 1], pair))).toBeCloseTo(floor, 12)
  })
})

describe('describeClasses', () => {
  it('names the weakest digit of each kind', () => {
    expect(describeClasses(scores([0.99, 0.97], [0.95, 0.98]))).toBe(
      'Precision and recall of each digit as dots: lowest precision 95.00\u00a0%, of digit 1; lowest recall 97.00\u00a0%, of digit 0. The table By digit has the numbers.',
    )
  })
})
