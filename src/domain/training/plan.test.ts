import { assert, constantFrom, double, integer, property, uint8Array } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseSha256 } from '../ids'
import { MNIST_PREPROCESS } from '../image/preprocess'
import type { ModelSpec } from '../model/spec'
import { DEFAULT_PARAMS } from '../params/defaults'
import type { TrainParams } from '../params/schema'
import { planSession } from './plan'
import { stratifiedSplit } from './split'

const SPEC: ModelSpec = {
  name: 'linear',
  input: { height: 28, width: 28, channels: 1 },
  layers: [{ kind: 'flatten' }, { kind: 'dense', units: 10, bias: true }],
}

const PARAMS: TrainParams = { ...DEFAULT_PARAMS.train, preset: 'linear', epochs: 3, batch_size: 16, seed: 7 }

function datasetOf(labels: Uint8Array) {
  return { record: { digest: parseSha256('a'.repeat(64)) }, train: { labels } }
}

function cyclicLabels(count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, index) => index % 10)
}

function countsOf(labels: Uint8Array, indices: Iterable<number>): number[] {
  const counts = Array.from({ length: 10 }, () => 0)
  for (const index of indices) counts[labels[index]!]!++
  return counts
}

const anyLabels = uint8Array({ min: 0, max: 9, maxLength: 400 })
const anyFraction = double({ min: 0, max: 0.5, noNaN: true })
const anySeed = integer({ min: 0, max: 0xffffffff })

describe('stratified split', () => {
  it('is disjoint, complete and ascending', () => {
    assert(
      property(anyLabels, anyFraction, anySeed, (labels, fraction, seed) => {
        const { trainIndices, validationIndices } = stratifiedSplit(labels, fraction, seed)
        for (const list of [trainIndices, validationIndices])
          for (let i = 1; i < list.length; i++) expect(list[i]).toBeGreaterThan(list[i - 1]!)
        const all = [...trainIndices, ...validationIndices].sort((a, b) => a - b)
        expect(all).toEqual([...labels.keys()])
      }),
    )
  })

  it('keeps the rounded share of every class and leaves every class an image', () => {
    assert(
      property(anyLabels, anyFraction, anySeed, (labels, fraction, seed) => {
        const { trainIndices, validationIndices } = stratifiedSplit(labels, fraction, seed)
        const sizes = countsOf(labels, labels.keys())
        const kept = countsOf(labels, validationIndices)
        const left = countsOf(labels, trainIndices)
        for (const [label, size] of sizes.entries()) {
          if (size === 0) continue
          expect(left[label]).toBeGreaterThan(0)
          expect(Math.abs(kept[label]! - size * fraction)).toBeLessThanOrEqual(0.5)
        }
      }),
    )
  })

  it('is the same for the same seed and another for another seed', () => {
    const labels = cyclicLabels(1000)
    const first = stratifiedSplit(labels, 0.1, 1)
    expect(stratifiedSplit(labels, 0.1, 1)).toEqual(first)
    expect(stratifiedSplit(labels, 0.1, 2).validationIndices).not.toEqual(first.validationIndices)
  })

  it('chooses within a class without regard to the other classes', () => {
    const pure = stratifiedSplit(new Uint8Array(50).fill(3), 0.2, 9)
    const mixed = stratifiedSplit(
      Uint8Array.from({ length: 100 }, (_, index) => (index < 50 ? 3 : 4)),
      0.2,
      9,
    )
    expect(mixed.validationIndices.filter((index) => index < 50)).toEqual(pure.validationIndices)
  })

  it('spreads over the class instead of taking its head', () => {
    const { validationIndices } = stratifiedSplit(new Uint8Array(1000).fill(5), 0.1, 3)
    const mean = validationIndices.reduce((sum, index) => sum + index, 0) / validationIndices.length
    expect(mean).toBeGreaterThan(400)
    expect(mean).toBeLessThan(600)
  })

  it('names a label out of range with its place', () => {
    expect(() => stratifiedSplit(Uint8Array.of(0, 1, 10), 0.1, 0)).toThrow(
      'labels must lie in 0…9, found 10 at image 2',
    )
  })

  it('refuses a fraction that leaves nothing to train on', () => {
    expect(() => stratifiedSplit(Uint8Array.of(0), 1, 0)).toThrow('found 1')
    expect(() => stratifiedSplit(Uint8Array.of(0), Number.NaN, 0)).toThrow('found NaN')
  })
})

describe('session plan', () => {
  it('counts whole batches only', () => {
    const plan = planSession(
      datasetOf(cyclicLabels(1000)),
      { train: PARAMS, augment: DEFAULT_PARAMS.augment },
      SPEC,
      MNIST_PREPROCESS,
    )
    expect(plan.trainIndices).toHaveLength(900)
    expect(plan.validationIndices).toHaveLength(100)
    expect(plan.stepsPerEpoch).toBe(56)
    expect(plan.totalSteps).toBe(168)
  })

  it('has at least one step an epoch whenever it plans at all', () => {
    assert(
      property(anyLabels, constantFrom(1, 7, 64, 400), anySeed, (labels, batch_size, seed) => {
        const params = { ...PARAMS, batch_size, seed }
        const training = stratifiedSplit(labels, params.validation_fraction, seed).trainIndices.length
        if (batch_size > training) {
          expect(() =>
            planSession(
              datasetOf(labels),
              { train: params, augment: DEFAULT_PARAMS.augment },
              SPEC,
              MNIST_PREPROCESS,
            ),
          ).toThrow(RangeError)
          return
        }
        const plan = planSession(
          datasetOf(labels),
          { train: params, augment: DEFAULT_PARAMS.augment },
          SPEC,
          MNIST_PREPROCESS,
        )
        expect(plan.stepsPerEpoch).toBeGreaterThanOrEqual(1)
        expect(plan.stepsPerEpoch * batch_size).toBeLessThanOrEqual(training)
        expect((plan.stepsPerEpoch + 1) * batch_size).toBeGreaterThan(training)
      }),
    )
  })

  it('says what is wrong with a batch larger than the training images', () => {
    const params = { ...PARAMS, batch_size: 128 }
    expect(() =>
      planSession(
        datasetOf(cyclicLabels(100)),
        { train: params, augment: DEFAULT_PARAMS.augment },
        SPEC,
        MNIST_PREPROCESS,
      ),
    ).toThrow(
      'train.batch_size must not exceed the 90 training images, found 128 (10 of 100 images are kept for validation): choose a smaller batch or a larger dataset',
    )
  })
})
