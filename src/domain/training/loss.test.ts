import { describe, expect, it } from 'vitest'
import { crossEntropy } from './loss'

const LOGITS = Float64Array.of(1, -2, 0.5, 0, 3, -1)
const LABELS = Uint8Array.of(2, 1)

describe('crossEntropy', () => {
  /** torch 2.13: CrossEntropyLoss(label_smoothing=…), float64. */
  it.each([
    {
      smoothing: 0,
      loss: 0.5352404030498562,
      gradient: [
        0.3018744480743129, 0.015029443784787011, -0.3169038918590999, 0.023306311288986945,
        -0.03188022406174712, 0.008573912772760194,
      ],
    },
    {
      smoothing: 0.4,
      loss: 1.1352404030498562,
      gradient: [
        0.23520778140764625, -0.051637222881879656, -0.18357055852576654, -0.043360355377679724,
        0.10145310927158618, -0.058092753893906474,
      ],
    },
  ])('is CrossEntropyLoss(label_smoothing=$smoothing) of PyTorch', ({ smoothing, loss, gradient }) => {
    const found = crossEntropy(LOGITS, LABELS, smoothing)
    expect(found.loss).toBeCloseTo(loss, 14)
    gradient.forEach((value, i) => expect(found.gradient[i]).toBeCloseTo(value, 14))
  })

  it('has a gradient that adds up to 0 in each row', () => {
    const { gradient } = crossEntropy(LOGITS, LABELS, 0.1)
    for (const row of [gradient.subarray(0, 3), gradient.subarray(3)])
      expect(row.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 15)
  })

  it('stays finite with logits far apart', () => {
    const { loss } = crossEntropy(Float32Array.of(1e4, -1e4), Uint8Array.of(1), 0)
    expect(loss).toBe(2e4)
  })

  it('wants a row of logits a label', () => {
    expect(() => crossEntropy(new Float32Array(5), LABELS, 0)).toThrow(
      '2 labels need as many rows of logits, found 5 values',
    )
  })
})
