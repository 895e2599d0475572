import type { TrainParams } from '../params/schema'

export type ScheduleParams = Pick<
  TrainParams,
  | 'lr'
  | 'scheduler'
  | 'step_size'
  | 'gamma'
  | 'plateau_factor'
  | 'pct_start'
  | 'div_factor'
  | 'final_div_factor'
  | 'warmup_epochs'
  | 'epochs'
>

/**
 * The learning rate of one step, as float32, which the engines use. PyTorch's formulas: `step` is StepLR, `cosine`
 * CosineAnnealingLR with T_max = epochs and eta_min = 0, `exponential` ExponentialLR, each moved on once an epoch;
 * `plateau` is ReduceLROnPlateau, whose drops so far are given; `one-cycle` is OneCycleLR with cosine annealing, moved on every
 * step. Warm-up multiplies all but one-cycle by (step + 1) / warm-up steps until that reaches 1.
 *
 * @param step of the whole run, 0 for the first
 * @param drops of the plateau schedule before this step's epoch
 */
export function learningRateAt(
  params: ScheduleParams,
  step: number,
  stepsPerEpoch: number,
  drops: number,
): number {
  const { scheduler } = params
  if (scheduler === 'one-cycle') return Math.fround(oneCycle(params, step, stepsPerEpoch * params.epochs))
  const warmUpSteps = params.warmup_epochs * stepsPerEpoch
  const warmUp = step < warmUpSteps ? (step + 1) / warmUpSteps : 1
  return Math.fround(epochRate(params, scheduler, Math.floor(step / stepsPerEpoch), drops) * warmUp)
}

function epochRate(
  params: ScheduleParams,
  scheduler: Exclude<ScheduleParams['scheduler'], 'one-cycle'>,
  epoch: number,
  drops: number,
): number {
  switch (scheduler) {
    case 'none':
      return params.lr
    case 'step':
      return params.lr * params.gamma ** Math.floor(epoch / params.step_size)
    case 'cosine':
      return (params.lr * (1 + Math.cos((Math.PI * epoch) / params.epochs))) / 2
    case 'exponential':
      return params.lr * params.gamma ** epoch
    case 'plateau':
      return params.lr * params.plateau_factor ** drops
  }
}

/** From lr / div_factor up to lr over the first share of the steps, then down to lr / div_factor / final_div_factor. */
function oneCycle(params: ScheduleParams, step: number, totalSteps: number): number {
  const first = params.lr / params.div_factor
  const last = first / params.final_div_factor
  const peak = params.pct_start * totalSteps - 1
  if (step <= peak) return annealed(first, params.lr, peak === 0 ? 1 : step / peak)
  const end = totalSteps - 1
  return annealed(params.lr, last, end === peak ? 1 : (step - peak) / (end - peak))
}

/** Half a cosine from one value to another; `share` of the way in [0, 1]. */
function annealed(from: number, to: number, share: number): number {
  return to + ((from - to) / 2) * (1 + Math.cos(Math.PI * share))
}
