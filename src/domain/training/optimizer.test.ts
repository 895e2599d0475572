import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  averageDecayAt,
  clipFactor,
  gradientNorm,
  optimizerStep,
  UPDATE_SCALARS,
  updateScalars,
  type UpdateScalar,
} from './optimizer'
import { optimizerSlots, type OptimizerRecipe, type Recipe } from './recipe'

const WEIGHTS = [0.5, -1.25, 2]
const GRADIENTS = [
  [0.1, -0.2, 0.3],
  [-0.4, 0.05, 0.3],
  [0.02, 0, -0.7],
  [1.5, -0.6, 0.01],
]
const RATE = 0.1

/** The weights after each step over GRADIENTS. */
function steps(optimizer: OptimizerRecipe): readonly (readonly number[])[] {
  const state = {
    weights: Float64Array.from(WEIGHTS),
    optimizer: new Float64Array(optimizerSlots(optimizer) * WEIGHTS.length),
  }
  return GRADIENTS.map((gradient, step) => {
    optimizerStep(optimizer, state, Float64Array.from(gradient), { learningRate: RATE, step })
    return [...state.weights]
  })
}

/** torch 2.13, float64: weights after the first and the fourth step, without weight decay and with 0.1. */
const GOLDEN: readonly {
  readonly name: string
  readonly optimizer: (weightDecay: number) => OptimizerRecipe
  readonly plain: readonly (readonly number[])[]
  readonly decayed: readonly (readonly number[])[]
}[] = [
  {
    name: 'SGD(lr=0.1)',
    optimizer: (weightDecay) => ({ kind: 'sgd', momentum: 0, nesterov: false, weightDecay }),
    plain: [
      [0.49, -1.23, 1.97],
      [0.378, -1.175, 2.009],
    ],
    decayed: [
      [0.485, -1.2175, 1.95],
      [0.357819015, -1.1262395325, 1.93098005],
    ],
  },
  {
    name: 'SGD(lr=0.1, momentum=0.9)',
    optimizer: (weightDecay) => ({ kind: 'sgd', momentum: 0.9, nesterov: false, weightDecay }),
    plain: [
      [0.49, -1.23, 1.97],
      [0.42021, -1.13477, 1.94753],
    ],
    decayed: [
      [0.485, -1.2175, 1.95],
      [0.375054465, -1.0249830075, 1.77243155],
    ],
  },
  {
    name: 'SGD(lr=0.1, momentum=0.9, nesterov=True)',
    optimizer: (weightDecay) => ({ kind: 'sgd', momentum: 0.9, nesterov: true, weightDecay }),
    plain: [
      [0.481, -1.212, 1.943],
      [0.306189, -1.071293, 1.961777],
    ],
    decayed: [
      [0.4715, -1.18825, 1.905],
      [0.245158923032, -0.927249241568, 1.7322647601],
    ],
  },
  {
    name: 'Adam(lr=0.1, betas=(0.8, 0.99), eps=1e-8)',
    optimizer: (weightDecay) => ({ kind: 'adam', beta1: 0.8, beta2: 0.99, epsilon: 1e-8, weightDecay }),
    plain: [
      [0.40000001, -1.150000005, 1.90000000333],
      [0.444723796316, -1.00637344857, 1.84008129953],
    ],
    decayed: [
      [0.400000006667, -1.15000000308, 1.900000002],
      [0.410206329578, -0.911939535985, 1.75845903469],
    ],
  },
  {
    name: 'AdamW(lr=0.1, betas=(0.8, 0.99), eps=1e-8)',
    optimizer: (weightDecay) => ({ kind: 'adamw', beta1: 0.8, beta2: 0.99, epsilon: 1e-8, weightDecay }),
    plain: [
      [0.40000001, -1.150000005, 1.90000000333],
      [0.444723796316, -1.00637344857, 1.84008129953],
    ],
    decayed: [
      [0.39500001, -1.137500005, 1.88000000333],
      [0.42637517981, -0.961229114479, 1.76600169751],
    ],
  },
  {
    name: 'RMSprop(lr=0.1, alpha=0.9, eps=1e-6)',
    optimizer: (weightDecay) => ({ kind: 'rmsprop', alpha: 0.9, epsilon: 1e-6, weightDecay }),
    plain: [
      [0.183782233667, -0.933777233904, 1.68377556728],
      [0.16827462747, -0.710998481534, 1.72606690792],
    ],
    decayed: [
      [0.183778900509, -0.933775310876, 1.68377423397],
      [0.11785455021, -0.508059533376, 1.60141322037],
    ],
  },
  {
    name: 'Adagrad(lr=0.1, eps=1e-10)',
    optimizer: (weightDecay) => ({ kind: 'adagrad', epsilon: 1e-10, weightDecay }),
    plain: [
      [0.4000000001, -1.15000000005, 1.90000000003],
      [0.395753550196, -1.07968031381, 1.91358632969],
    ],
    decayed: [
      [0.400000000067, -1.15000000003, 1.90000000002],
      [0.37795263774, -1.00842827664, 1.86712857507],
    ],
  },
]

describe('optimizerStep', () => {
  it.each(GOLDEN)('is $name of PyTorch, with and without weight decay', ({ optimizer, plain, decayed }) => {
    for (const [weightDecay, expected] of [
      [0, plain],
      [0.1, decayed],
    ] as const) {
      const found = steps(optimizer(weightDecay))
      for (const [row, at] of [
        [expected[0], 0],
        [expected[1], 3],
      ] as const)
        row?.forEach((value, i) => expect(found[at]?.[i]).toBeCloseTo(value, 9))
    }
  })

  it('says which lengths it wants', () => {
    const state = { weights: new Float64Array(3), optimizer: new Float64Array(3) }
    const adam: OptimizerRecipe = { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 }
    expect(() => optimizerStep(adam, state, new Float64Array(3), { learningRate: 1, step: 0 })).toThrow(
      '3 weights have as many gradients and 6 values of state, found 3 and 3',
    )
  })
})

describe('clipping', () => {
  it('is clip_grad_norm_', () => {
    const gradient = Float64Array.of(3, 4, 0, 12)
    const norm = gradientNorm(gradient)
    expect(norm).toBe(13)
    // torch 2.13: clip_grad_norm_(…, 2.0)
    const expected = [0.46153842603550577, 0.615384568047341, 0, 1.846153704142023]
    expected.forEach((value, i) => expect((gradient[i] ?? 0) * clipFactor(norm, 2)).toBeCloseTo(value, 14))
    expect(clipFactor(norm, 14)).toBe(1)
    expect(clipFactor(norm, null)).toBe(1)
  })

  it('never leaves a norm above the bound, and never lengthens a gradient', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
        (norm, bound) => {
          const factor = clipFactor(norm, bound)
          return factor <= 1 && norm * factor <= bound
        },
      ),
    )
  })

  it('does not hide a gradient that is no number', () => {
    expect(clipFactor(Number.NaN, 1)).toBeNaN()
  })
})

describe('the moving average', () => {
  it('follows the weights closely at first, and never more slowly than its decay', () => {
    expect([0, 1, 10].map((step) => averageDecayAt(0.999, step))).toEqual([0.1, 2 / 11, 11 / 20])
    expect(averageDecayAt(0.999, 100_000)).toBe(0.999)
    expect(averageDecayAt(0.05, 0)).toBe(0.05)
  })
})

describe('updateScalars', () => {
  const recipe: Recipe = {
    optimizer: { kind: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 },
    clipNorm: 5,
    labelSmoothing: 0,
    averageDecay: 0.99,
    augment: null,
  }
  const named = (of: Recipe, step: number): Record<UpdateScalar, number> => {
    const values = updateScalars(of, { learningRate: 0.1, step })
    return Object.fromEntries(UPDATE_SCALARS.map((name, i) => [name, values[i]])) as Record<
      UpdateScalar,
      number
    >
  }

  it('holds bias corrections, decay, clipping and averaging of a step as float32', () => {
    const first = named(recipe, 0)
    expect(first.rate).toBe(Math.fround(0.1 / (1 - 0.9)))
    expect(first.rootScale).toBe(Math.fround(1 / Math.sqrt(1 - 0.999)))
    expect(first.keep).toBe(Math.fround(1 - 0.1 * 0.01))
    expect(first.decay).toBe(0)
    expect(first.maxNorm).toBe(5)
    expect(first.averageShare).toBe(Math.fround(0.9))
    const late = named(recipe, 1_000_000)
    expect(late.rate).toBe(Math.fround(0.1))
    expect(late.rootScale).toBe(1)
    expect(late.averageShare).toBe(Math.fround(1 - 0.99))
  })

  it('leaves out what a recipe leaves out', () => {
    const plain: Recipe = {
      ...recipe,
      optimizer: { kind: 'sgd', momentum: 0.9, nesterov: false, weightDecay: 0.5 },
      clipNorm: null,
      averageDecay: null,
    }
    const scalars = named(plain, 3)
    expect(scalars).toMatchObject({
      rate: Math.fround(0.1),
      decay: 0.5,
      keep: 1,
      maxNorm: 0,
      averageShare: 0,
    })
  })
})
