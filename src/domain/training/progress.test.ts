import { describe, expect, it } from 'vitest'
import { parseSha256 } from '../ids'
import { DEFAULT_PARAMS } from '../params/defaults'
import type { EpochMetrics } from './events'
import { advance, NO_PROGRESS, progressAfter, type ProgressParams } from './progress'

function paramsWith(changes: Partial<ProgressParams>): ProgressParams {
  return { ...DEFAULT_PARAMS.train, ...changes }
}

/** Epochs with these validation accuracies (null: not validated); their losses fall with them. */
function epochsOf(accuracies: readonly (number | null)[]): readonly EpochMetrics[] {
  return accuracies.map((accuracy, index) => ({
    epoch: index + 1,
    trainLoss: 2 - (accuracy ?? 0),
    trainAccuracy: 0.5,
    validation: accuracy === null ? null : { accuracy, loss: 1 - accuracy, count: 100 },
    learningRate: 0.1,
    seconds: 1,
    imagesPerSecond: 100,
    weightsSha256: parseSha256('0'.repeat(64)),
  }))
}

function drops(values: readonly (number | null)[], changes: Partial<ProgressParams>): readonly number[] {
  const params = paramsWith({ scheduler: 'plateau', ...changes })
  let progress = NO_PROGRESS
  return epochsOf(values).map((metrics) => {
    progress = advance(progress, metrics, params)
    return progress.drops
  })
}

describe('the best epoch', () => {
  it.each([
    ['validation_accuracy', 'auto', 2],
    ['validation_loss', 'auto', 2],
    ['train_loss', 'auto', 2],
    ['validation_accuracy', 'min', 1],
    ['validation_loss', 'max', 1],
  ] as const)('is the first with the best %s, mode %s', (monitor, monitor_mode, best) => {
    const epochs = epochsOf([0.5, 0.9, 0.8, 0.9])
    expect(progressAfter(epochs, paramsWith({ monitor, monitor_mode })).bestEpoch).toBe(best)
  })

  it('is never one that was not validated, or whose value is no number', () => {
    expect(progressAfter(epochsOf([null, Number.NaN, null]), paramsWith({})).bestEpoch).toBeNull()
    expect(progressAfter(epochsOf([null, 0.5, Number.NaN, null]), paramsWith({})).bestEpoch).toBe(2)
  })
})

describe('the plateau schedule', () => {
  it('drops after more than its patience without progress, and then counts anew', () => {
    // torch.optim.lr_scheduler.ReduceLROnPlateau(mode='max', factor=0.5, patience=1) drops after the same epochs.
    expect(drops([0.5, 0.6, 0.6, 0.6, 0.6, 0.6, 0.7, 0.6, 0.6], { plateau_patience: 1 })).toEqual([
      0, 0, 0, 1, 1, 2, 2, 2, 3,
    ])
  })

  it('takes less than a ten-thousandth for no progress', () => {
    expect(drops([0.5, 0.50004, 0.50011], { plateau_patience: 0 })).toEqual([0, 1, 1])
    const loss = { plateau_patience: 0, monitor: 'validation_loss' } as const
    expect(drops([0.5, 0.50004, 0.50011], loss)).toEqual([0, 1, 1])
  })

  it('passes over epochs that were not validated', () => {
    expect(drops([0.5, null, null, 0.5, null, 0.5], { plateau_patience: 1 })).toEqual([0, 0, 0, 0, 0, 1])
  })

  it('drops nothing under another schedule, nor a rate that could hardly get lower', () => {
    expect(drops([0.5, 0.5], { plateau_patience: 0, scheduler: 'step' })).toEqual([0, 0])
    expect(drops([0.5, 0.5, 0.5], { plateau_patience: 0, lr: 3e-8, plateau_factor: 0.5 })).toEqual([0, 1, 1])
  })
})

describe('early stopping', () => {
  it('ends after its patience, and says by what', () => {
    const params = paramsWith({ early_stopping_patience: 2 })
    const epochs = epochsOf([0.5, 0.6, 0.6, 0.55])
    expect(progressAfter(epochs.slice(0, 3), params).stop).toBeNull()
    expect(progressAfter(epochs, params).stop).toBe(
      'Ended after epoch 4: the validation accuracy was not better than 0.60000 of epoch 2, 2 times in a row.',
    )
  })

  it('asks for more than its least difference, while the best epoch is the best all the same', () => {
    const params = paramsWith({ early_stopping_patience: 2, early_stopping_min_delta: 0.05 })
    const after = progressAfter(epochsOf([0.5, 0.53, 0.54]), params)
    expect(after.bestEpoch).toBe(3)
    expect(after.stop).toMatch(/not better than 0\.50000 of epoch 1 by more than 0\.05, 2 times/)
    // Slow progress adds up: it is compared with where the count began.
    expect(progressAfter(epochsOf([0.5, 0.53, 0.56, 0.58]), params).stop).toBeNull()
  })

  it('never ends a run with patience 0', () => {
    expect(progressAfter(epochsOf([0.5, 0.4, 0.3, 0.2]), paramsWith({})).stop).toBeNull()
  })
})

it('goes on from stored epochs as if it had seen them itself', () => {
  const params = paramsWith({ scheduler: 'plateau', plateau_patience: 1, early_stopping_patience: 5 })
  const epochs = epochsOf([0.5, 0.5, null, 0.5, 0.7, 0.7])
  for (let kept = 0; kept <= epochs.length; kept++) {
    const resumed = epochs
      .slice(kept)
      .reduce(
        (progress, metrics) => advance(progress, metrics, params),
        progressAfter(epochs.slice(0, kept), params),
      )
    expect(resumed).toEqual(progressAfter(epochs, params))
  }
})
