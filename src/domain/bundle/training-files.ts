/** What a bundle tells of the run that made its model. */
import { CLASS_COUNT } from '../dataset/dataset'
import type { DriftBaseline } from '../metrics/baseline'
import { canonicalJson, type JsonValue } from '../registry/canonical-json'
import type { RegistryEvent, Run } from '../registry/records'
import type { EpochMetrics, StepMetrics } from '../training/events'
import { yamlText } from './yaml-text'

/** The parameters in the sections of `params.yaml`: `--params` reads them again. */
export function paramsText({ params, augment, preprocess }: Run): string {
  return yamlText({
    mnist: { normalize_mean: preprocess.mean, normalize_std: preprocess.std },
    train: { ...params },
    augment: { ...augment },
  })
}

/** Digits of a float32 that mean something. */
const FLOAT_DIGITS = 7

/** The run's figures, a line of JSON each: its epochs, then its steps. */
export function metricsText(
  epochs: readonly EpochMetrics[],
  steps: readonly Pick<StepMetrics, 'firstStep' | 'loss' | 'accuracy' | 'learningRate'>[],
): string {
  const epochLines = epochs.map((epoch) => line({ kind: 'epoch', ...epochFigures(epoch) }))
  const stepLines = steps.flatMap(({ firstStep, loss, accuracy, learningRate }) =>
    Array.from(loss, (value, at) =>
      line({
        kind: 'step',
        step: firstStep + at,
        loss: figure(value),
        accuracy: figure(accuracy[at]),
        learning_rate: figure(learningRate[at]),
      }),
    ),
  )
  return [...epochLines, ...stepLines].join('')
}

function epochFigures(epoch: EpochMetrics): { readonly [key: string]: JsonValue } {
  const { trainLoss, trainAccuracy, validation, learningRate, seconds, weightsSha256 } = epoch
  return {
    epoch: epoch.epoch,
    train_loss: finite(trainLoss),
    train_accuracy: finite(trainAccuracy),
    validation_loss: finite(validation?.loss),
    validation_accuracy: finite(validation?.accuracy),
    learning_rate: finite(learningRate),
    seconds,
    weights_sha256: weightsSha256,
  }
}

/** JSON has no text for what is not a number. */
function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null
}

function figure(value: number | undefined): number | null {
  const kept = finite(value)
  return kept === null ? null : Number(kept.toPrecision(FLOAT_DIGITS))
}

/** The registry's history, a line of canonical JSON each: a line without its hash hashes to it. */
export function eventsText(events: readonly RegistryEvent[]): string {
  return events
    .map(
      ({ sequence, at, reason, action, previous, hash }) =>
        `${canonicalJson({ sequence, at, reason, action: { ...action }, previous, hash })}\n`,
    )
    .join('')
}

/** Share of each class in the training split: the reference pipeline's `baseline_distribution.json`. */
export function baselineShares({ labels }: DriftBaseline): Record<string, number> {
  const count = labels.reduce((sum, found) => sum + found, 0)
  return Object.fromEntries(
    Array.from({ length: CLASS_COUNT }, (_, label) => [
      String(label),
      count === 0 ? 0 : (labels[label] ?? 0) / count,
    ]),
  )
}

function line(value: { readonly [key: string]: JsonValue }): string {
  return `${JSON.stringify(value)}\n`
}
