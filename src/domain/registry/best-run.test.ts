import { describe, expect, it } from 'vitest'
import { bestRun } from './best-run'
import { endedRunOf } from './ended-run.testing'

describe('best run', () => {
  const runs = [
    endedRunOf(1, { accuracy: 0.97, loss: 0.11 }),
    endedRunOf(2, { accuracy: 0.99, loss: 0.12 }),
    endedRunOf(3, { accuracy: 0.95, loss: 0.1 }),
    endedRunOf(4, null),
  ]

  it('is chosen by a metric of its validation, higher or lower as the metric wants', () => {
    const byAccuracy = bestRun(runs, 'validation_accuracy')
    expect(byAccuracy).toMatchObject({ ok: true, value: 0.99, run: { name: 'run-2' } })
    expect(byAccuracy.ok && byAccuracy.reason).toBe('Best of 3 by validation_accuracy: 0.9900')
    expect(bestRun(runs, 'validation_loss')).toMatchObject({ ok: true, value: 0.1, run: { name: 'run-3' } })
  })

  it('takes the smaller model of equals, and counts who is as good within chance', () => {
    const equal = [
      endedRunOf(5, { accuracy: 0.99, loss: 0.1 }, 20_000),
      endedRunOf(6, { accuracy: 0.99, loss: 0.2 }, 10_000),
      endedRunOf(7, { accuracy: 0.989, loss: 0.1 }, 10_000),
    ]
    const best = bestRun(equal, 'validation_accuracy')
    expect(best).toMatchObject({ ok: true, run: { name: 'run-6' } })
    expect(best.ok && best.reason).toBe(
      'Best of 3 by validation_accuracy: 0.9900 (2 others within its 95 % interval)',
    )
  })

  it.each([
    ['accuracy', /No run has the metric "accuracy"\. Choose by validation_accuracy or validation_loss/],
    ['test_accuracy', /never chosen by test figures such as "test_accuracy"/],
  ])('refuses %s', (metric, message) => {
    const best = bestRun(runs, metric)
    expect(best.ok ? '' : best.message).toMatch(message)
  })

  it('says so where no run was validated', () => {
    const best = bestRun([endedRunOf(4, null)], 'validation_loss')
    expect(best.ok ? '' : best.message).toMatch(/No ended run has the metric validation_loss/)
  })

  it('takes the figures of the epoch whose weights the run ended with', () => {
    const run = endedRunOf(8, { accuracy: 0.9, loss: 0.3 })
    const later = { ...run.epochs[0]!, epoch: 2, validation: { accuracy: 0.5, loss: 2, count: 1000 } }
    expect(bestRun([{ ...run, epochs: [...run.epochs, later] }], 'validation_accuracy')).toMatchObject({
      ok: true,
      value: 0.9,
    })
  })
})
