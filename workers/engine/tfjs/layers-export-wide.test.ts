/** The preset that takes stock tfjs longest, in a file of its own: test files share the processors. */
import { describe, it } from 'vitest'
import { DIGITS_NAME, interopDigits, presetSpec, vividWeights } from '../interop.testing'
import { expectStockLogits } from './layers-export.testing'

describe(`stock tfjs gives the studio's logits on 1,000 ${DIGITS_NAME}`, () => {
  it('skeleton', { timeout: 600_000 }, async () => {
    const spec = presetSpec('skeleton')
    await expectStockLogits(spec, vividWeights(spec, 7), await interopDigits())
  })
})
