import { describe, expect, it } from 'vitest'
import { IMAGE_PIXELS } from '../image/preprocess'
import { withFeedback } from './with-feedback'

const split = (count: number, byte: number) => ({
  count,
  images: new Uint8Array(count * IMAGE_PIXELS).fill(byte),
  labels: new Uint8Array(count).fill(3),
})

describe('withFeedback', () => {
  it('puts the named digits behind the training digits and leaves the test split alone', () => {
    const base = { train: split(2, 1), test: split(1, 2) }
    const digit = new Uint8Array(IMAGE_PIXELS).fill(9)
    const { train, test } = withFeedback(base, [{ digit, label: 4 }])
    expect(train.count).toBe(3)
    expect([...train.labels]).toEqual([3, 3, 4])
    expect(train.images.subarray(2 * IMAGE_PIXELS)).toEqual(digit)
    expect(train.images.subarray(0, 2 * IMAGE_PIXELS)).toEqual(base.train.images)
    expect(test).toBe(base.test)
    expect(base.train.count).toBe(2)
  })

  it('refuses what is no digit and no label', () => {
    const base = { train: split(1, 1), test: split(1, 2) }
    expect(() => withFeedback(base, [{ digit: new Uint8Array(10), label: 4 }])).toThrow(RangeError)
    expect(() => withFeedback(base, [{ digit: new Uint8Array(IMAGE_PIXELS), label: 10 }])).toThrow(RangeError)
  })
})
