import type { EpochMillis } from '../ids'
import type { Evaluation } from '../metrics/evaluation'
import type { ParamValue } from '../params/draft'
import type { Run, RunResult } from '../registry/records'
import { isEnded } from '../registry/run'
import type { EpochMetrics, SplitScore } from '../training/events'
import type { Attribute, DatasetKey, Field } from './ast'

export type Fact = string | number | boolean

/** What can be asked about a run. A key that is missing, and a null, are no value. */
export interface RunFacts {
  /** Named with what they are aggregated over: `train_loss_epoch_mean` is no last batch's loss. */
  readonly metrics: Readonly<Record<string, number>>
  /** Of `train` and `augment`, by their keys. */
  readonly params: Readonly<Record<string, ParamValue>>
  readonly tags: Readonly<Record<string, string>>
  readonly attributes: Readonly<Record<Attribute, string | number | null>>
  readonly datasets: Readonly<Record<DatasetKey, string>>
}

/** A run with what a person decided about it. */
export interface AskedRun extends Run {
  readonly note: string
  readonly tags: Readonly<Record<string, string>>
  /** Marked running, but its worker is gone. */
  readonly interrupted: boolean
}

/** The fact a field names; null where the run has none. `params.train.lr` is `params.lr`. */
export function readFact(facts: RunFacts, { entity, key }: Field): Fact | null {
  const values: Readonly<Record<string, Fact | null>> = facts[entity]
  if (Object.hasOwn(values, key)) return values[key] ?? null
  if (entity !== 'params') return null
  const bare = key.replace(/^(?:train|augment)\./, '')
  return Object.hasOwn(values, bare) ? (values[bare] ?? null) : null
}

export function runFacts(run: AskedRun): RunFacts {
  const { status, dataset } = run
  return {
    metrics: runMetrics(run),
    params: { ...run.params, ...run.augment },
    // Under MLflow's names, so that its filters find them.
    tags: {
      ...run.tags,
      'mlflow.runName': run.name,
      ...(run.note === '' ? {} : { 'mlflow.note.content': run.note }),
    },
    attributes: {
      run_id: run.id,
      run_name: run.name,
      status: run.interrupted ? 'INTERRUPTED' : STATUS[status.state],
      user_id: null,
      artifact_uri: null,
      start_time: status.startedAt,
      end_time: endOf(run),
      created: status.startedAt,
    },
    datasets: { name: dataset.name, digest: dataset.digest, context: 'train' },
  }
}

/** MLflow's words. */
const STATUS = { running: 'RUNNING', completed: 'FINISHED', stopped: 'KILLED', failed: 'FAILED' } as const

function endOf({ status }: Run): EpochMillis | null {
  return 'endedAt' in status ? status.endedAt : null
}

/**
 * Every figure a run is compared by. `validation_…` without more is of the epoch whose weights were kept, `…_best` the best of
 * any epoch, `train_…_epoch_mean` the mean over the last epoch's batches, `test_…` measured once, at the end.
 */
function runMetrics(run: Run): Record<string, number> {
  const last = run.epochs.at(-1)
  const result = isEnded(run) ? run.status.result : null
  return known({
    ...(last && { train_loss_epoch_mean: last.trainLoss, train_accuracy_epoch_mean: last.trainAccuracy }),
    ...validationMetrics(run.epochs, result),
    ...(result && testMetrics(result.evaluation)),
    ...(result && {
      steps_done: result.stepsDone,
      train_seconds: result.trainSeconds,
      images_per_second: result.imagesPerSecond,
    }),
    epochs_done: result?.epochsDone ?? run.epochs.length,
    parameter_count: run.parameterCount,
  })
}

function validationMetrics(epochs: readonly EpochMetrics[], result: RunResult | null) {
  const scores = epochs.flatMap(({ validation }) => (validation ? [validation] : []))
  const kept = keptValidation(epochs, result)
  if (kept === null) return {}
  return {
    validation_accuracy: kept.accuracy,
    validation_loss: kept.loss,
    validation_accuracy_best: Math.max(...scores.map(({ accuracy }) => accuracy)),
    validation_loss_best: Math.min(...scores.map(({ loss }) => loss)),
  }
}

/** The validation of the epoch whose weights the run ended with, or of the last epoch before it that had one. */
export function keptValidation(epochs: readonly EpochMetrics[], result: RunResult | null): SplitScore | null {
  const upTo = result?.weightsEpoch ?? Number.POSITIVE_INFINITY
  return epochs.findLast(({ epoch, validation }) => epoch <= upTo && validation !== null)?.validation ?? null
}

function testMetrics({ accuracy, loss, count, correct, perClass, detail }: Evaluation) {
  const present = perClass.filter(({ support }) => support > 0)
  const mean = (of: (entry: Evaluation['perClass'][number]) => number) =>
    perClass.reduce((sum, entry) => sum + of(entry), 0) / perClass.length
  return {
    test_accuracy: accuracy,
    test_loss: loss,
    test_num_samples: count,
    test_error_count: count - correct,
    test_precision_macro: mean(({ precision }) => precision),
    test_recall_macro: mean(({ recall }) => recall),
    test_f1_macro: mean(({ f1 }) => f1),
    test_recall_min: Math.min(...present.map(({ recall }) => recall)),
    test_loss_std: detail?.lossStd,
    test_confidence_mean: detail?.confidence.mean,
    test_roc_auc_macro: detail?.rocAuc.macro,
    test_calibration_error: detail?.calibrationError,
    test_brier: detail?.brier,
    test_top2_accuracy: detail?.top2,
    test_inference_ms_mean: detail?.inferenceMs?.mean,
  }
}

function known(values: Readonly<Record<string, number | null | undefined>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) =>
      value === null || value === undefined ? [] : [[key, value]],
    ),
  )
}
