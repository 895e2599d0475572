import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DEFAULT_PARAMS } from '../params/defaults'
import { learningRateAt, type ScheduleParams } from './schedule'

const STEPS = 4
const BASE: ScheduleParams = { ...DEFAULT_PARAMS.train, lr: 0.1, epochs: 10 }

/** The rate of each epoch's first step. */
function epochRates(params: Partial<ScheduleParams>): readonly number[] {
  const whole = { ...BASE, ...params }
  return Array.from({ length: whole.epochs }, (_, epoch) => learningRateAt(whole, epoch * STEPS, STEPS, 0))
}

/** The rate of every step. */
function stepRates(params: Partial<ScheduleParams>, stepsPerEpoch: number): readonly number[] {
  const whole = { ...BASE, ...params }
  const steps = whole.epochs * stepsPerEpoch
  return Array.from({ length: steps }, (_, step) => learningRateAt(whole, step, stepsPerEpoch, 0))
}

function expectClose(found: readonly number[], expected: readonly number[]): void {
  expect(found).toHaveLength(expected.length)
  expected.forEach((rate, i) => expect(Math.abs((found[i] ?? 0) / rate - 1)).toBeLessThan(2e-7))
}

/** The numbers are torch.optim.lr_scheduler's (2.13), lr = 0.1. */
describe('learningRateAt', () => {
  it('stays where it is without a schedule', () => {
    expectClose(epochRates({ scheduler: 'none' }), Array<number>(10).fill(0.1))
  })

  it('is StepLR(step_size=3, gamma=0.5)', () => {
    expectClose(
      epochRates({ scheduler: 'step', step_size: 3, gamma: 0.5 }),
      [0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.025, 0.025, 0.025, 0.0125],
    )
  })

  it('is CosineAnnealingLR(T_max=10)', () => {
    expectClose(
      epochRates({ scheduler: 'cosine' }),
      [
        0.1, 0.0975528258, 0.0904508497, 0.0793892626, 0.0654508497, 0.05, 0.0345491503, 0.0206107374,
        0.00954915028, 0.00244717419,
      ],
    )
  })

  it('is ExponentialLR(gamma=0.9)', () => {
    expectClose(
      epochRates({ scheduler: 'exponential', gamma: 0.9 }),
      [0.1, 0.09, 0.081, 0.0729, 0.06561, 0.059049, 0.0531441, 0.04782969, 0.043046721, 0.0387420489],
    )
  })

  it('is ReduceLROnPlateau(factor=0.5) after as many drops', () => {
    const rates = [0, 1, 2, 3].map((drops) =>
      learningRateAt({ ...BASE, scheduler: 'plateau', plateau_factor: 0.5 }, 0, STEPS, drops),
    )
    expectClose(rates, [0.1, 0.05, 0.025, 0.0125])
  })

  it('moves on between epochs only', () => {
    for (const scheduler of ['step', 'cosine', 'exponential'] as const) {
      const rates = stepRates({ scheduler, step_size: 1 }, STEPS)
      for (let step = 0; step < rates.length; step++) expect(rates[step]).toBe(rates[step - (step % STEPS)])
    }
  })

  it('warms up as LinearLR(start_factor=1/8, total_iters=7), then leaves the schedule alone', () => {
    expectClose(
      stepRates({ scheduler: 'none', warmup_epochs: 2 }, STEPS).slice(0, 10),
      [0.0125, 0.025, 0.0375, 0.05, 0.0625, 0.075, 0.0875, 0.1, 0.1, 0.1],
    )
    const [warm, cold] = [2, 0].map((warmup_epochs) =>
      stepRates({ scheduler: 'cosine', warmup_epochs }, STEPS).slice(2 * STEPS),
    )
    expect(warm).toEqual(cold)
  })
})

describe('one-cycle', () => {
  const cycle = (pct_start: number, epochs: number, steps: number) =>
    stepRates(
      { scheduler: 'one-cycle', pct_start, epochs, div_factor: 25, final_div_factor: 100, warmup_epochs: 3 },
      steps,
    )

  it('is OneCycleLR(max_lr=0.1, div_factor=25, final_div_factor=100), which has its own warm-up', () => {
    expectClose(
      cycle(0.3, 5, 4),
      [
        0.004, 0.0131671843, 0.0371671843, 0.0668328157, 0.0908328157, 0.1, 0.0987468971, 0.095050424,
        0.0890959375, 0.0811820203, 0.0717055093, 0.0611415963, 0.05002, 0.0388984037, 0.0283344907,
        0.0188579797, 0.0109440625, 0.00498957598, 0.00129310295, 0.00004,
      ],
    )
  })

  it('is the same where the peak lies before the first step', () => {
    expectClose(
      cycle(0.1, 2, 3),
      [0.0986527826, 0.0843183571, 0.0586989359, 0.0302239333, 0.00826231919, 0.00004],
    )
  })

  it('survives a run of one step, and a peak on the first, where PyTorch divides by 0', () => {
    expectClose(cycle(0.3, 1, 1), [0.00004])
    expectClose(cycle(0.5, 1, 2), [0.1, 0.00004])
  })

  it('never leaves the way between its lowest and its highest rate', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 9 }),
        (pct, epochs, steps) =>
          cycle(pct, epochs, steps).every((rate) => rate >= 0.00004 * (1 - 1e-6) && rate <= 0.1 * (1 + 1e-6)),
      ),
      { numRuns: 50 },
    )
  })
})
