import { array, assert, float, integer, nat, property, tuple } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseSha256 } from '../ids'
import { evaluateLogits } from './evaluate'
import { wilsonInterval } from './interval'
import { softmaxPrediction } from './softmax'

const DIGEST = parseSha256('d'.repeat(64))

/** Logits that answer `answers[row]` with a lead of 5. */
function logitsFor(answers: readonly number[]): Float32Array {
  const logits = new Float32Array(answers.length * 10)
  for (const [row, answer] of answers.entries()) logits[row * 10 + answer] = 5
  return logits
}

function evaluate(actual: readonly number[], answers: readonly number[]) {
  return evaluateLogits(logitsFor(answers), Uint8Array.from(actual), 'test', DIGEST)
}

describe('evaluation', () => {
  it('counts right answers, confusion and classes as scikit-learn does with zero_division=0', () => {
    const evaluation = evaluate([0, 0, 1, 1, 2, 2], [0, 1, 1, 1, 0, 0])
    expect(evaluation.correct).toBe(3)
    expect(evaluation.accuracy).toBe(0.5)
    expect(evaluation.confusion.slice(0, 3).map((row) => row.slice(0, 3))).toEqual([
      [1, 1, 0],
      [0, 2, 0],
      [2, 0, 0],
    ])
    const [zero, one, two, three] = evaluation.perClass
    expect(zero).toEqual({ label: 0, support: 2, precision: 1 / 3, recall: 1 / 2, f1: 0.4 })
    expect(one).toEqual({ label: 1, support: 2, precision: 2 / 3, recall: 1, f1: 0.8 })
    expect(two).toEqual({ label: 2, support: 2, precision: 0, recall: 0, f1: 0 })
    expect(three).toEqual({ label: 3, support: 0, precision: 0, recall: 0, f1: 0 })
    expect(evaluation.split).toBe('test')
    expect(evaluation.splitDigest).toBe(DIGEST)
  })

  it('has the mean negative log-likelihood as its loss', () => {
    const right = Math.log(1 + 9 * Math.exp(-5))
    expect(evaluate([4], [4]).loss).toBeCloseTo(right, 12)
    expect(evaluate([4, 4], [4, 3]).loss).toBeCloseTo(right + 2.5, 12)
    const uniform = evaluateLogits(new Float32Array(20), Uint8Array.of(3, 9), 'validation', DIGEST)
    expect(uniform.loss).toBeCloseTo(Math.LN10, 12)
  })

  it('survives logits whose exponentials overflow or vanish', () => {
    const logits = Float32Array.of(3e4, -3e4, 0, 0, 0, 0, 0, 0, 0, 0)
    expect(evaluateLogits(logits, Uint8Array.of(0), 'test', DIGEST).loss).toBe(0)
    expect(evaluateLogits(logits, Uint8Array.of(1), 'test', DIGEST).loss).toBe(6e4)
  })

  it('shows a diverged model as a NaN loss', () => {
    const evaluation = evaluateLogits(new Float32Array(10).fill(Number.NaN), Uint8Array.of(2), 'test', DIGEST)
    expect(evaluation.loss).toBeNaN()
    expect(evaluation.correct).toBe(0)
  })

  it('adds up, whatever was answered', () => {
    const anyAnswers = array(tuple(nat(9), nat(9)), { minLength: 1, maxLength: 200 })
    assert(
      property(anyAnswers, (pairs) => {
        const actual = pairs.map(([label]) => label)
        const evaluation = evaluate(
          actual,
          pairs.map(([, answer]) => answer),
        )
        for (const { label, support, precision, recall, f1 } of evaluation.perClass) {
          expect(support).toBe(actual.filter((value) => value === label).length)
          expect(evaluation.confusion[label]!.reduce((sum, value) => sum + value, 0)).toBe(support)
          const harmonic = precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall)
          expect(f1).toBeCloseTo(harmonic, 12)
        }
        const diagonal = evaluation.confusion.reduce((sum, row, label) => sum + row[label]!, 0)
        expect(diagonal).toBe(evaluation.correct)
        expect(evaluation.interval.low).toBeLessThanOrEqual(evaluation.accuracy)
        expect(evaluation.interval.high).toBeGreaterThanOrEqual(evaluation.accuracy)
      }),
    )
  })

  it('names what does not fit', () => {
    expect(() => evaluateLogits(new Float32Array(0), new Uint8Array(0), 'test', DIGEST)).toThrow(
      'at least one image',
    )
    expect(() => evaluateLogits(new Float32Array(19), new Uint8Array(2), 'test', DIGEST)).toThrow(
      '2 labels need 20 logits (10 an image), found 19',
    )
    expect(() => evaluateLogits(new Float32Array(10), Uint8Array.of(77), 'test', DIGEST)).toThrow(
      'found 77 at image 0',
    )
  })
})

describe('Wilson interval', () => {
  it.each([
    [9938, 0.9921, 0.9952],
    [9933, 0.9915, 0.9947],
    [9923, 0.9904, 0.9938],
  ])('of %i right in 10,000 is [%f, %f]', (correct, low, high) => {
    const interval = wilsonInterval(correct, 10_000)
    expect(interval.low).toBeCloseTo(low, 4)
    expect(interval.high).toBeCloseTo(high, 4)
  })

  it('solves |share − p| = z √(p (1 − p) / n), by which it is defined', () => {
    const anyCounts = integer({ min: 2, max: 60_000 }).chain((count) =>
      tuple(integer({ min: 1, max: count - 1 }), integer({ min: count, max: count })),
    )
    assert(
      property(anyCounts, ([correct, count]) => {
        const { low, high } = wilsonInterval(correct, count)
        for (const bound of [low, high]) {
          const deviation = Math.abs(correct / count - bound)
          const limit = 1.959963984540054 * Math.sqrt((bound * (1 - bound)) / count)
          expect(Math.abs(deviation - limit)).toBeLessThan(1e-9)
        }
      }),
    )
  })

  it('touches 0 and 1 exactly, and only there', () => {
    expect(wilsonInterval(0, 10).low).toBe(0)
    expect(wilsonInterval(10, 10).high).toBe(1)
    expect(wilsonInterval(10, 10).low).toBeCloseTo(1 / (1 + 1.959963984540054 ** 2 / 10), 12)
  })

  it('refuses what is no share', () => {
    expect(() => wilsonInterval(3, 0)).toThrow('found 3 of 0')
    expect(() => wilsonInterval(11, 10)).toThrow('found 11 of 10')
  })
})

describe('prediction', () => {
  it('is a distribution whose likeliest class leads by the margin', () => {
    const anyLogits = array(float({ min: -100, max: 100, noNaN: true }), { minLength: 10, maxLength: 10 })
    assert(
      property(anyLogits, (values) => {
        const { label, probabilities, margin } = softmaxPrediction(Float32Array.from(values), 0)
        expect(probabilities.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 6)
        const ranked = [...probabilities].sort((a, b) => b - a)
        expect(probabilities[label]).toBe(ranked[0])
        expect(margin).toBeCloseTo(ranked[0]! - ranked[1]!, 6)
      }),
    )
  })

  it('reads the row asked for and takes the lowest of equal classes', () => {
    const logits = logitsFor([3, 8])
    expect(softmaxPrediction(logits, 1).label).toBe(8)
    expect(softmaxPrediction(new Float32Array(10), 0)).toMatchObject({ label: 0, margin: 0 })
  })

  it('gives back published log-probabilities of the first test image, a 7', () => {
    const published = [
      -16.5905, -14.0536, -16.3884, -15.9243, -14.1422, -19.2692, -24.4796, -0.0, -19.6562, -12.0643,
    ]
    const { label, probabilities } = softmaxPrediction(Float32Array.from(published), 0)
    expect(label).toBe(7)
    for (const [digit, value] of published.entries())
      expect(Math.log(probabilities[digit]!)).toBeCloseTo(value, 4)
  })

  it.each([-1, 2, 0.5])('has no row %d in two rows', (row) => {
    expect(() => softmaxPrediction(new Float32Array(20), row)).toThrow(`row ${row} lies outside 2 rows`)
  })
})
