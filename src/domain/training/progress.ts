import type { TrainParams } from '../params/schema'
import type { EpochMetrics } from './events'

export type ProgressParams = Pick<
  TrainParams,
  | 'lr'
  | 'scheduler'
  | 'plateau_factor'
  | 'plateau_patience'
  | 'monitor'
  | 'monitor_mode'
  | 'early_stopping_patience'
  | 'early_stopping_min_delta'
>

/** How much better than the best a value must be to end a plateau, as a share of the best: PyTorch's default. */
const PLATEAU_THRESHOLD = 1e-4
/** A drop by less than this is left out: PyTorch's `eps`. */
const LEAST_DROP = 1e-8

/**
 * What the plateau schedule, early stopping and the choice of the best epoch remember. It follows from the epochs' figures alone,
 * so that it is stored nowhere: a resumed run folds the epochs it has.
 */
export interface Progress {
  /** The first epoch with the best monitored value; null while none had one. */
  readonly bestEpoch: number | null
  /** Of the plateau schedule so far: the rate is lr × plateau_factor^drops. */
  readonly drops: number
  /** Why the run ends with this epoch, in words; null while it goes on. */
  readonly stop: string | null
  readonly best: Mark
  readonly plateau: Mark
  readonly stopping: Mark
}

/** A value to do better than, and how many epochs with a value did not. */
interface Mark {
  readonly value: number | null
  readonly epoch: number
  readonly waited: number
}

const UNMARKED: Mark = { value: null, epoch: 0, waited: 0 }

/** Before the first epoch. */
export const NO_PROGRESS: Progress = {
  bestEpoch: null,
  drops: 0,
  stop: null,
  best: UNMARKED,
  plateau: UNMARKED,
  stopping: UNMARKED,
}

/**
 * The progress after one more epoch. An epoch without the monitored value (not validated) changes nothing.
 *
 * - The best epoch has the best value; of equal ones, the first.
 * - The plateau schedule is PyTorch's ReduceLROnPlateau with `threshold` 1e-4 of the best value, no cool-down and no least
 *   rate: after more than `plateau_patience` epochs in a row that were not better, the rate drops and the count begins anew.
 * - Early stopping ends the run after `early_stopping_patience` epochs in a row that were not better than the best by more
 *   than `early_stopping_min_delta`; 0 never does.
 *
 * A value that is no number is not better than anything.
 */
export function advance(before: Progress, metrics: EpochMetrics, params: ProgressParams): Progress {
  const value = monitored(metrics, params)
  if (value === null) return before
  const up = risesTo(params)
  const { epoch } = metrics
  const best = marked(before.best, value, epoch, (mark) => (up ? value > mark : value < mark))
  const plateau = marked(before.plateau, value, epoch, (mark) =>
    up ? value > mark * (1 + PLATEAU_THRESHOLD) : value < mark * (1 - PLATEAU_THRESHOLD),
  )
  const delta = params.early_stopping_min_delta
  const stopping = marked(before.stopping, value, epoch, (mark) =>
    up ? value - delta > mark : value + delta < mark,
  )
  const drops = plateau.waited > params.plateau_patience
  const rate = params.lr * params.plateau_factor ** before.drops
  const felt = rate * (1 - params.plateau_factor) > LEAST_DROP
  const patience = params.early_stopping_patience
  return {
    bestEpoch: best.value === null ? null : best.epoch,
    drops: before.drops + (params.scheduler === 'plateau' && drops && felt ? 1 : 0),
    stop: patience > 0 && stopping.waited >= patience ? stopInWords(stopping, epoch, params) : null,
    best,
    plateau: drops ? { ...plateau, waited: 0 } : plateau,
    stopping,
  }
}

/** The progress after some epochs, the first of them 1. */
export function progressAfter(epochs: readonly EpochMetrics[], params: ProgressParams): Progress {
  return epochs.reduce((progress, metrics) => advance(progress, metrics, params), NO_PROGRESS)
}

function marked(before: Mark, value: number, epoch: number, better: (mark: number) => boolean): Mark {
  const first = before.value === null && !Number.isNaN(value)
  return first || (before.value !== null && better(before.value))
    ? { value, epoch, waited: 0 }
    : { ...before, waited: before.waited + 1 }
}

function monitored(
  { trainLoss, validation }: EpochMetrics,
  { monitor }: Pick<ProgressParams, 'monitor'>,
): number | null {
  switch (monitor) {
    case 'train_loss':
      return trainLoss
    case 'validation_loss':
      return validation?.loss ?? null
    case 'validation_accuracy':
      return validation?.accuracy ?? null
  }
}

/** Whether more is better. */
function risesTo({ monitor, monitor_mode: mode }: ProgressParams): boolean {
  return mode === 'auto' ? monitor === 'validation_accuracy' : mode === 'max'
}

const NAMES = {
  validation_accuracy: 'validation accuracy',
  validation_loss: 'validation loss',
  train_loss: 'training loss',
} as const

function stopInWords({ value, epoch: since, waited }: Mark, epoch: number, params: ProgressParams): string {
  const delta = params.early_stopping_min_delta
  const margin = delta > 0 ? ` by more than ${delta}` : ''
  const than =
    value === null
      ? 'was no number'
      : `was not better than ${value.toPrecision(5)} of epoch ${since}${margin},`
  return `Ended after epoch ${epoch}: the ${NAMES[params.monitor]} ${than} ${waited === 1 ? 'once' : `${waited} times in a row`}.`
}
