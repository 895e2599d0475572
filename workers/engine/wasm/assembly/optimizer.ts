/**
 * From the flat gradient to new weights and their moving average: the formulas of src/domain/training/optimizer.ts, each operation
 * rounded by itself in both builds. Work is split by ranges of values; the norm's partial sums are one a unit and added in order.
 */
import {
  AVERAGE_LENGTH,
  AVERAGE_SCALARS,
  AVERAGE_TARGET,
  AVERAGE_WEIGHTS,
  CLIP_FACTOR,
  CLIP_GRADIENT,
  CLIP_LENGTH,
  CLIP_SCALARS,
  CLIP_SUMS,
  CLIP_UNITS,
  RULE_MOMENTS,
  RULE_NESTEROV,
  RULE_SGD,
  RULE_SQUARES,
  SCALAR_AVERAGE_SHARE,
  SCALAR_DECAY,
  SCALAR_EPSILON,
  SCALAR_FIRST,
  SCALAR_FIRST_SHARE,
  SCALAR_KEEP,
  SCALAR_MAX_NORM,
  SCALAR_RATE,
  SCALAR_ROOT_SCALE,
  SCALAR_SECOND,
  SCALAR_SECOND_SHARE,
  UPDATE_FACTOR,
  UPDATE_GRADIENT,
  UPDATE_LENGTH,
  UPDATE_RULE,
  UPDATE_SCALARS,
  UPDATE_SLOT,
  UPDATE_STATE,
  UPDATE_WEIGHTS,
} from './descriptor'
import { address, word } from './memory'
import { shareStart } from './update'

/** Sum of squares of a unit's share, in float64: even and odd values apart, then together. */
export function gradientNorm(d: usize, unit: i32, units: i32): void {
  const gradient = address(d, CLIP_GRADIENT)
  const end = shareEnd(word(d, CLIP_LENGTH), unit, units)
  let i = shareStart(word(d, CLIP_LENGTH), unit, units)
  let sums = f64x2.splat(0)
  for (; i + 2 <= end; i += 2) {
    const pair = f64x2.promote_low_f32x4(v128.load64_zero(gradient + (<usize>i << 2)))
    sums = f64x2.add(sums, f64x2.mul(pair, pair))
  }
  let sum = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1)
  for (; i < end; i++) {
    const value = <f64>load<f32>(gradient + (<usize>i << 2))
    sum += value * value
  }
  store<f64>(address(d, CLIP_SUMS) + (<usize>unit << 3), sum)
}

/** The units' sums → the norm, which is left behind them, and torch.nn.utils.clip_grad_norm_'s factor. */
export function clip(d: usize): void {
  const sums = address(d, CLIP_SUMS)
  const units = word(d, CLIP_UNITS)
  let sum: f64 = 0
  for (let unit = 0; unit < units; unit++) sum += load<f64>(sums + (<usize>unit << 3))
  const norm = sqrt<f64>(sum)
  store<f64>(sums + (<usize>units << 3), norm)
  const bound = <f64>scalar(address(d, CLIP_SCALARS), SCALAR_MAX_NORM)
  store<f32>(address(d, CLIP_FACTOR), bound > 0 ? <f32>min<f64>(1, bound / (norm + 1e-6)) : 1)
}

export function optimize(d: usize, unit: i32, units: i32): void {
  const rule = word(d, UPDATE_RULE)
  const start = shareStart(word(d, UPDATE_LENGTH), unit, units)
  const end = shareEnd(word(d, UPDATE_LENGTH), unit, units)
  if (rule == RULE_SGD) descend(d, start, end, false)
  else if (rule == RULE_NESTEROV) descend(d, start, end, true)
  else if (rule == RULE_MOMENTS) adapt(d, start, end, true)
  else if (rule == RULE_SQUARES) adapt(d, start, end, false)
}

/** Goes towards the weights: average += share · (w − average). */
export function average(d: usize, unit: i32, units: i32): void {
  const weights = address(d, AVERAGE_WEIGHTS)
  const target = address(d, AVERAGE_TARGET)
  const share = f32x4.splat(scalar(address(d, AVERAGE_SCALARS), SCALAR_AVERAGE_SHARE))
  const end = shareEnd(word(d, AVERAGE_LENGTH), unit, units)
  for (let i = shareStart(word(d, AVERAGE_LENGTH), unit, units); i < end; ) {
    const wide = i + 4 <= end
    const at = <usize>i << 2
    const old = fetch(target + at, wide)
    const gap = f32x4.sub(fetch(weights + at, wide), old)
    put(target + at, f32x4.add(old, f32x4.mul(share, gap)), wide)
    i += wide ? 4 : 1
  }
}

/** SGD: m = first·m + g; w −= rate·m, or with Nesterov's look ahead rate·(g + first·m). */
// @ts-ignore: decorator
@inline
function descend(d: usize, start: i32, end: i32, ahead: bool): void {
  const scalars = address(d, UPDATE_SCALARS)
  const factor = f32x4.splat(load<f32>(address(d, UPDATE_FACTOR)))
  const rate = f32x4.splat(scalar(scalars, SCALAR_RATE))
  const decay = f32x4.splat(scalar(scalars, SCALAR_DECAY))
  const first = f32x4.splat(scalar(scalars, SCALAR_FIRST))
  for (let i = start; i < end; ) {
    const wide = i + 4 <= end
    const at = <usize>i << 2
    const weights = address(d, UPDATE_WEIGHTS) + at
    const state = address(d, UPDATE_STATE) + at
    const w = fetch(weights, wide)
    const g = decayed(fetch(address(d, UPDATE_GRADIENT) + at, wide), w, factor, decay)
    const m = f32x4.add(f32x4.mul(first, fetch(state, wide)), g)
    const direction = ahead ? f32x4.add(g, f32x4.mul(first, m)) : m
    put(state, m, wide)
    put(weights, f32x4.sub(w, f32x4.mul(rate, direction)), wide)
    i += wide ? 4 : 1
  }
}

/** v = second·v + secondShare·g²; w = keep·w − rate·direction / (rootScale·√v + epsilon), the direction being g or its average m. */
// @ts-ignore: decorator
@inline
function adapt(d: usize, start: i32, end: i32, averaged: bool): void {
  const scalars = address(d, UPDATE_SCALARS)
  const factor = f32x4.splat(load<f32>(address(d, UPDATE_FACTOR)))
  const rate = f32x4.splat(scalar(scalars, SCALAR_RATE))
  const decay = f32x4.splat(scalar(scalars, SCALAR_DECAY))
  const keep = f32x4.splat(scalar(scalars, SCALAR_KEEP))
  const firstShare = f32x4.splat(scalar(scalars, SCALAR_FIRST_SHARE))
  const second = f32x4.splat(scalar(scalars, SCALAR_SECOND))
  const secondShare = f32x4.splat(scalar(scalars, SCALAR_SECOND_SHARE))
  const rootScale = f32x4.splat(scalar(scalars, SCALAR_ROOT_SCALE))
  const epsilon = f32x4.splat(scalar(scalars, SCALAR_EPSILON))
  for (let i = start; i < end; ) {
    const wide = i + 4 <= end
    const at = <usize>i << 2
    const weights = address(d, UPDATE_WEIGHTS) + at
    const state = address(d, UPDATE_STATE) + at
    const squares = averaged ? state + address(d, UPDATE_SLOT) : state
    const w = fetch(weights, wide)
    const g = decayed(fetch(address(d, UPDATE_GRADIENT) + at, wide), w, factor, decay)
    const v = f32x4.add(
      f32x4.mul(second, fetch(squares, wide)),
      f32x4.mul(secondShare, f32x4.mul(g, g)),
    )
    put(squares, v, wide)
    let direction = g
    if (averaged) {
      const m = fetch(state, wide)
      direction = f32x4.add(m, f32x4.mul(firstShare, f32x4.sub(g, m)))
      put(state, direction, wide)
    }
    const root = f32x4.add(f32x4.mul(rootScale, f32x4.sqrt(v)), epsilon)
    put(weights, f32x4.sub(f32x4.mul(keep, w), f32x4.div(f32x4.mul(rate, direction), root)), wide)
    i += wide ? 4 : 1
  }
}

/** The clipped gradient with the weight decay that is added to it. */
// @ts-ignore: decorator
@inline
function decayed(gradient: v128, weights: v128, factor: v128, decay: v128): v128 {
  return f32x4.add(f32x4.mul(factor, gradient), f32x4.mul(decay, weights))
}

// @ts-ignore: decorator
@inline
function scalar(scalars: usize, index: i32): f32 {
  return load<f32>(scalars + (<usize>index << 2))
}

/** Where a unit's share ends; the last one takes what is no whole vector too. */
// @ts-ignore: decorator
@inline
function shareEnd(length: i32, unit: i32, units: i32): i32 {
  return unit + 1 == units ? length : shareStart(length, unit + 1, units)
}

/** Four values, or one and zeros where fewer than four are left. */
// @ts-ignore: decorator
@inline
function fetch(at: usize, wide: bool): v128 {
  return wide ? v128.load(at) : v128.load32_zero(at)
}

// @ts-ignore: decorator
@inline
function put(at: usize, values: v128, wide: bool): void {
  if (wide) v128.store(at, values)
  else v128.store32_lane(at, values, 0)
}
