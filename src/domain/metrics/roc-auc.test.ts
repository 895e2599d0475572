import { array, assert, nat, property } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rocAuc } from './roc-auc'

describe('ROC-AUC', () => {
  it('is the share of pairs that are ranked right, ties counted half', () => {
    const few = array(nat(4), { minLength: 1, maxLength: 30 })
    assert(
      property(few, few, (positives, negatives) => {
        let won = 0
        for (const positive of positives)
          for (const negative of negatives) won += positive > negative ? 1 : positive === negative ? 0.5 : 0
        const pairs = positives.length * negatives.length
        expect(rocAuc(Float64Array.from(positives), Float64Array.from(negatives))).toBeCloseTo(
          won / pairs,
          12,
        )
      }),
    )
  })

  it('does not exist for one class alone, or for scores that are no numbers', () => {
    expect(rocAuc(new Float64Array(0), Float64Array.of(1))).toBeNull()
    expect(rocAuc(Float64Array.of(1), new Float64Array(0))).toBeNull()
    expect(rocAuc(Float64Array.of(1, Number.NaN), Float64Array.of(0))).toBeNull()
  })
})
