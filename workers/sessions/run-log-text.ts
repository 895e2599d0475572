import type { Evaluation } from '../../src/domain/metrics/evaluation'
import type { TrainParams } from '../../src/domain/params/schema'
import { engineInWords } from '../../src/domain/registry/engine'
import type { RunLogLine } from '../../src/domain/registry/run-log'
import type { EpochMetrics, TrainEvent, TrainOutcome } from '../../src/domain/training/events'
import type { PreparedRun } from './prepare-run'

const COUNT = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 })

/** What a run begins with, or goes on with: recipe, data, engine and why that one, and what is otherwise than asked for. */
export function beginningInWords(run: PreparedRun): readonly Pick<RunLogLine, 'level' | 'message'>[] {
  const { plan, engine, dataset, before, notes } = run
  const { preset, epochs, seed, optimizer, lr, scheduler } = plan.params
  const { record } = engine
  const images = `${COUNT.format(plan.trainIndices.length)} images to learn from, ${COUNT.format(plan.validationIndices.length)} to validate with`
  const steps = `${COUNT.format(plan.stepsPerEpoch)} steps an epoch of ${engine.batch} images`
  const recipe = `${optimizer}, learning rate ${lr}, schedule ${scheduler}, seed ${seed}`
  const begun =
    before === null
      ? `Begun: ${preset}, ${epochs} epochs, ${steps}; ${recipe}.`
      : `${before.note} ${COUNT.format(before.stepsDone)} of ${COUNT.format(plan.totalSteps)} steps were done.`
  return [
    { level: 'info', message: begun },
    { level: 'info', message: `Digits: ${dataset.record.name}, digest ${dataset.record.digest}; ${images}.` },
    {
      level: 'info',
      message: `Engine: ${record.kind} on ${record.device} (${engineInWords(record)}). ${record.reason}.`,
    },
    ...notes.map((message) => ({ level: 'warning' as const, message })),
  ]
}

/** "Epoch 3 of 15: training loss 0.0512, accuracy 98.41 %; validation loss 0.0400, accuracy 98.70 %, the best so far; 12.3 s, 4,120 images/s." */
export function epochInWords(
  { metrics, best }: Pick<Extract<TrainEvent, { kind: 'epoch' }>, 'metrics' | 'best'>,
  epochs: number,
): string {
  const { epoch, trainLoss, trainAccuracy, validation, seconds, imagesPerSecond } = metrics
  const parts = [
    `training loss ${loss(trainLoss)}, accuracy ${percent(trainAccuracy)}`,
    ...(validation
      ? [`validation loss ${loss(validation.loss)}, accuracy ${percent(validation.accuracy)}`]
      : []),
  ]
  const figures = parts.join('; ') + (best ? ', the best so far' : '')
  return `Epoch ${epoch} of ${epochs}: ${figures}; ${seconds.toFixed(1)} s, ${COUNT.format(imagesPerSecond)} images/s.`
}

/** A drop of the step and plateau schedules; the others move at every step, and are told nowhere. */
export function rateChangeInWords(
  before: EpochMetrics | null,
  now: EpochMetrics,
  { scheduler }: Pick<TrainParams, 'scheduler'>,
): string | null {
  const drops = scheduler === 'step' || scheduler === 'plateau'
  if (!drops || before === null || before.learningRate === now.learningRate) return null
  return `Learning rate ${rate(before.learningRate)} → ${rate(now.learningRate)} from epoch ${now.epoch} on (${scheduler} schedule).`
}

/** Why training ended, and whose weights are kept. */
export function endInWords(outcome: TrainOutcome): string {
  const { kind, stoppedEarly, epochsDone, stepsDone, weightsEpoch } = outcome
  const end =
    stoppedEarly ??
    (kind === 'stopped' ? 'Stopped by hand.' : `All ${COUNT.format(epochsDone)} epochs are done.`)
  const kept = weightsEpoch === epochsDone ? '' : ` The weights of epoch ${weightsEpoch} are kept.`
  return `${end} ${COUNT.format(stepsDone)} steps were made.${kept}`
}

export function testInWords({ accuracy, correct, count, loss: nats, interval }: Evaluation): string {
  const bounds = `${percent(interval.low)} to ${percent(interval.high)}`
  return `Test split: ${percent(accuracy)} right (${COUNT.format(correct)} of ${COUNT.format(count)}; 95 % interval ${bounds}), loss ${loss(nats)}.`
}

function loss(value: number): string {
  return value.toFixed(4)
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`
}

function rate(value: number): string {
  return String(Number(value.toPrecision(3)))
}
