import type { OptimizerRecipe, Recipe } from './recipe'
import { optimizerSlots } from './recipe'

/**
 * What happens between a step's gradient and the next step's weights: torch.optim's formulas (2.13), torch.nn.utils.clip_grad_norm_
 * and an exponential moving average, the one definition for all engines.
 *
 *   g = clip · gradient + decay · w                                     (the decay of AdamW is not in g)
 *   sgd              m = first · m + g                                   w −= rate · m
 *   sgd, Nesterov    m = first · m + g                                   w −= rate · (g + first · m)
 *   adam, adamw      m += firstShare · (g − m)
 *                    v = second · v + secondShare · g²                   w = keep · w − rate · m / (rootScale · √v + epsilon)
 *   rmsprop, adagrad v = second · v + secondShare · g²                   w −= rate · g / (rootScale · √v + epsilon)
 *
 * State begins as 0; slot after slot it is m, or v, or m and v. PyTorch's SGD takes the first gradient for its first m, which is
 * the same. Biases and batch norm's scale and shift are decayed like the rest, as PyTorch does with one group of parameters.
 */

/** The numbers of the formulas above that a step needs, in the order in which {@link updateScalars} lists them. */
export const UPDATE_SCALARS = [
  'rate',
  'decay',
  'keep',
  'first',
  'firstShare',
  'second',
  'secondShare',
  'rootScale',
  'epsilon',
  /** The gradient's greatest norm; 0 where it is not clipped. */
  'maxNorm',
  /** How far the moving average goes towards the weights: average += averageShare · (w − average). 0 without one. */
  'averageShare',
] as const

export type UpdateScalar = (typeof UPDATE_SCALARS)[number]

/** What a step's numbers depend on. */
export interface UpdateStep {
  readonly learningRate: number
  /** Counted from the run's first, which is 0. */
  readonly step: number
}

/**
 * The numbers of one step, worked out in double precision and rounded to float32 once, so that no engine takes powers. Adam's bias
 * corrections are in `rate` and `rootScale`.
 */
export function updateScalars(recipe: Recipe, step: UpdateStep): Float32Array {
  const scalars = exactScalars(recipe, step)
  return Float32Array.from(UPDATE_SCALARS, (name) => scalars[name])
}

function exactScalars(
  { optimizer, clipNorm, averageDecay }: Recipe,
  { learningRate, step }: UpdateStep,
): Record<UpdateScalar, number> {
  const common = {
    rate: learningRate,
    decay: optimizer.weightDecay,
    keep: 1,
    first: 0,
    firstShare: 0,
    second: 0,
    secondShare: 0,
    rootScale: 1,
    epsilon: 0,
    maxNorm: clipNorm ?? 0,
    averageShare: averageDecay === null ? 0 : 1 - averageDecayAt(averageDecay, step),
  }
  switch (optimizer.kind) {
    case 'sgd':
      return { ...common, first: optimizer.momentum }
    case 'adam':
    case 'adamw': {
      const { kind, beta1, beta2, epsilon, weightDecay } = optimizer
      const decoupled = kind === 'adamw'
      return {
        ...common,
        rate: learningRate / (1 - beta1 ** (step + 1)),
        decay: decoupled ? 0 : weightDecay,
        keep: decoupled ? 1 - learningRate * weightDecay : 1,
        first: beta1,
        firstShare: 1 - beta1,
        second: beta2,
        secondShare: 1 - beta2,
        rootScale: 1 / Math.sqrt(1 - beta2 ** (step + 1)),
        epsilon,
      }
    }
    case 'rmsprop': {
      const { alpha, epsilon } = optimizer
      return { ...common, second: alpha, secondShare: 1 - alpha, epsilon }
    }
    case 'adagrad':
      return { ...common, second: 1, secondShare: 1, epsilon: optimizer.epsilon }
  }
}

/** Global norm of a gradient: the root of the sum of all squares. */
export function gradientNorm(gradient: Float32Array | Float64Array): number {
  let sum = 0
  for (const value of gradient) sum += value * value
  return Math.sqrt(sum)
}

/**
 * What clip_grad_norm_ multiplies a gradient of this norm with: the greatest norm / (norm + 1e-6), at most 1. NaN stays NaN, so
 * that a run that diverged is not mistaken for one that goes on.
 *
 * @param maxNorm null does not clip
 */
export function clipFactor(norm: number, maxNorm: number | null): number {
  return maxNorm === null ? 1 : Math.min(1, maxNorm / (norm + 1e-6))
}

/**
 * The decay of the moving average after a step: less in the first steps, whose weights are still far from what they will be, by
 * the rule min(decay, (1 + step) / (10 + step)) of TensorFlow's ExponentialMovingAverage. Running statistics are averaged too.
 */
export function averageDecayAt(decay: number, step: number): number {
  return Math.min(decay, (1 + step) / (10 + step))
}

/** The values an update changes, in place. */
export interface UpdateState {
  /** The trainable values. */
  readonly weights: Float64Array
  /** `optimizerSlots` × as many. */
  readonly optimizer: Float64Array
}

/**
 * One step of an optimizer in double precision: what engines are measured against.
 *
 * @param gradient of the trainable values, clipped or not
 * @throws RangeError when the lengths do not fit together
 */
export function optimizerStep(
  optimizer: OptimizerRecipe,
  { weights, optimizer: state }: UpdateState,
  gradient: Float64Array,
  step: UpdateStep,
): void {
  const count = weights.length
  const slots = optimizerSlots(optimizer)
  if (gradient.length !== count || state.length !== slots * count)
    throw new RangeError(
      `${count} weights have as many gradients and ${slots * count} values of state, found ${gradient.length} and ${state.length}`,
    )
  const recipe = { optimizer, clipNorm: null, labelSmoothing: 0, averageDecay: null, augment: null }
  const scalars = exactScalars(recipe, step)
  const v = state.subarray(count * (slots - 1))
  for (let i = 0; i < count; i++) {
    const w = weights[i] ?? 0
    const g = (gradient[i] ?? 0) + scalars.decay * w
    if (optimizer.kind === 'sgd') {
      const m = scalars.first * (state[i] ?? 0) + g
      state[i] = m
      weights[i] = w - scalars.rate * (optimizer.nesterov ? g + scalars.first * m : m)
      continue
    }
    const square = scalars.second * (v[i] ?? 0) + scalars.secondShare * g * g
    const root = scalars.rootScale * Math.sqrt(square) + scalars.epsilon
    v[i] = square
    let direction = g
    if (slots === 2) {
      direction = (state[i] ?? 0) + scalars.firstShare * (g - (state[i] ?? 0))
      state[i] = direction
    }
    weights[i] = scalars.keep * w - (scalars.rate * direction) / root
  }
}
