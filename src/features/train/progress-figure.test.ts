import { describe, expect, it } from 'vitest'
import { parseSha256 } from '../../domain/ids'
import { DEFAULT_PARAMS } from '../../domain/params/defaults'
import type { EpochMetrics } from '../../domain/training/events'
import { bestEpochFigure, rateNote } from './progress-figure'

const { train } = DEFAULT_PARAMS

/** Epochs 1, 2, … with these validation accuracies. */
function epochsOf(...accuracies: readonly number[]): EpochMetrics[] {
  return accuracies.map((accuracy, index) => ({
    epoch: index + 1,
    trainLoss: 1,
    trainAccuracy: 0.5,
    validation: { loss: 1, accuracy, count: 10 },
    learningRate: 0.01,
    seconds: 1,
    imagesPerSecond: 1,
    weightsSha256: parseSha256('0'.repeat(64)),
  }))
}

function note(text: string): string {
  return text.replaceAll('\u00a0', ' ')
}

describe('bestEpochFigure', () => {
  it('counts towards early stopping', () => {
    const params = { ...train, early_stopping_patience: 5 }
    const figure = bestEpochFigure(epochsOf(0.8, 0.9, 0.85, 0.86), params)
    expect(figure.value).toBe('2')
    expect(note(figure.note)).toBe('2 of 5 validations without progress')
  })

  it('names what it goes by where nothing ends the run early', () => {
    expect(bestEpochFigure(epochsOf(0.8, 0.7), train)).toEqual({
      label: 'Best epoch',
      value: '1',
      note: 'by validation accuracy',
    })
    expect(bestEpochFigure([], train).value).toBe('–')
  })
})

describe('rateNote', () => {
  it('counts the drops of a plateau schedule', () => {
    const params = { ...train, scheduler: 'plateau', plateau_patience: 0 } as const
    expect(note(rateNote(epochsOf(0.9, 0.8), params))).toBe('of the last step, after 1 drop')
    expect(rateNote(epochsOf(0.9), train)).toBe('of the last step')
  })
})
