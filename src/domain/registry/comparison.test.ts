import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseSha256 } from '../ids'
import { evaluateLogits } from '../metrics/evaluate'
import { pairAnswers } from '../metrics/paired'
import { DEFAULT_PARAMS } from '../params/defaults'
import { classDeltas, compareParameters, confusionDifference, flips, sameDigits } from './comparison'

const DIGEST = parseSha256('1'.repeat(64))

function evaluationOf(answers: Uint8Array, labels: Uint8Array) {
  const logits = new Float32Array(labels.length * 10)
  answers.forEach((answer, at) => {
    logits[at * 10 + answer] = 5
  })
  return evaluateLogits(logits, labels, 'test', DIGEST)
}

describe('parameters side by side', () => {
  const { train, augment } = DEFAULT_PARAMS

  it('says which differ', () => {
    const compared = compareParameters([
      { params: train, augment },
      { params: { ...train, lr: 0.1 }, augment: { ...augment, shift: 2 } },
    ])
    expect(compared.filter(({ differs }) => differs)).toEqual([
      { path: 'train.lr', values: [0.01, 0.1], differs: true },
      { path: 'augment.shift', values: [0, 2], differs: true },
    ])
    expect(compared.length).toBeGreaterThan(30)
  })

  it('knows that a run of another build lacks one', () => {
    const { shift: _shift, ...older } = augment
    const compared = compareParameters([
      { params: train, augment },
      { params: train, augment: older as typeof augment },
    ])
    expect(compared.filter(({ differs }) => differs)).toEqual([
      { path: 'augment.shift', values: [0, null], differs: true },
    ])
  })
})

describe('answers side by side', () => {
  const labels = Uint8Array.from([0, 1, 2, 3, 4])
  const first = Uint8Array.from([0, 1, 9, 3, 8])
  const second = Uint8Array.from([0, 7, 2, 3, 9])

  it('names each digit that was read otherwise', () => {
    expect(flips(first, second, labels)).toEqual({
      lost: [{ index: 1, actual: 1, first: 1, second: 7 }],
      gained: [{ index: 2, actual: 2, first: 9, second: 2 }],
      otherwise: [{ index: 4, actual: 4, first: 8, second: 9 }],
    })
    expect(() => flips(first, second.subarray(1), labels)).toThrow('found 5 and 4 for 5')
  })

  it('subtracts the first confusion matrix from the second', () => {
    const difference = confusionDifference(evaluationOf(first, labels), evaluationOf(second, labels))
    expect(difference[1]).toEqual([0, -1, 0, 0, 0, 0, 0, 1, 0, 0])
    expect(difference[0]?.every((count) => count === 0)).toBe(true)
  })

  it('puts the classes beside each other', () => {
    const deltas = classDeltas(evaluationOf(first, labels), evaluationOf(second, labels))
    expect(deltas[1]).toMatchObject({ label: 1, support: 1, recall: [1, 0] })
  })

  it('has as many flips as the pairing counts', () => {
    const digit = fc.integer({ min: 0, max: 9 })
    fc.assert(
      fc.property(fc.array(fc.tuple(digit, digit, digit), { minLength: 1 }), (rows) => {
        const [a, b, truth] = [0, 1, 2].map((column) => Uint8Array.from(rows, (row) => row[column]!))
        const found = flips(a!, b!, truth!)
        const paired = pairAnswers(a!, b!, truth!)
        expect([found.lost.length, found.gained.length]).toEqual([paired.onlyFirst, paired.onlySecond])
        expect(found.otherwise.length).toBeLessThanOrEqual(paired.bothWrong)
        const sum = confusionDifference(evaluationOf(a!, truth!), evaluationOf(b!, truth!)).flat()
        expect(sum.reduce((total, count) => total + count, 0)).toBe(0)
      }),
    )
  })

  it('pairs only what was measured on the same digits', () => {
    const one = evaluationOf(first, labels)
    expect(sameDigits(one, evaluationOf(second, labels))).toBe(true)
    expect(sameDigits(one, { ...one, splitDigest: parseSha256('2'.repeat(64)) })).toBe(false)
  })
})
