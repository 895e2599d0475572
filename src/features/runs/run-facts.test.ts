import { describe, expect, it } from 'vitest'
import { readFact, runFacts, type AskedRun } from '../../domain/query/run-facts'
import { endedRun } from './run.testing'

function asked(changes: Partial<AskedRun> = {}): AskedRun {
  return { ...endedRun(1, 2), note: '', tags: {}, interrupted: false, ...changes }
}

describe('the facts of a run', () => {
  it('name each metric with what it is aggregated over', () => {
    const { metrics } = runFacts(asked())
    expect(metrics).toMatchObject({
      test_accuracy: 0.8,
      test_error_count: 2,
      test_recall_min: 0,
      train_loss_epoch_mean: 0.25,
      validation_accuracy: 0.95,
      validation_loss_best: 0.2,
      epochs_done: 1,
      steps_done: 6,
    })
  })

  it('take the validation of the epoch whose weights were kept', () => {
    const run = asked()
    const [first] = run.epochs
    const second = { ...first!, epoch: 2, validation: { loss: 0.1, accuracy: 0.99, count: 100 } }
    const { metrics } = runFacts({ ...run, epochs: [first!, second] })
    expect(metrics).toMatchObject({ validation_accuracy: 0.95, validation_accuracy_best: 0.99 })
  })

  it('are few while it is under way, and know that nobody goes on with it', () => {
    const run = asked({ status: { state: 'running', startedAt: endedRun(1).status.startedAt }, epochs: [] })
    expect(runFacts(run).metrics).toEqual({ epochs_done: 0, parameter_count: 10_790 })
    expect(runFacts(run).attributes.status).toBe('RUNNING')
    expect(runFacts({ ...run, interrupted: true }).attributes.status).toBe('INTERRUPTED')
  })

  it("have MLflow's tags of name and note", () => {
    const facts = runFacts(asked({ note: 'good', tags: { owner: 'Ada' } }))
    expect(facts.tags).toEqual({ owner: 'Ada', 'mlflow.runName': 'run-1', 'mlflow.note.content': 'good' })
    expect(readFact(facts, { entity: 'params', key: 'train.preset' })).toBe('lite')
    expect(readFact(facts, { entity: 'attributes', key: 'user_id' })).toBeNull()
  })
})
