/**
 * Batch normalisation between the passes over the values: slices' float64 sums, added in slice order, become per-channel
 * constants. PyTorch's: biased variance to normalise, unbiased for the running one, eps 1e-5, momentum 0.1.
 */
import {
  NORM_CHANNELS,
  NORM_COUNT,
  NORM_GRADIENT_SCALE,
  NORM_GRADIENT_SHIFT,
  NORM_LANES,
  NORM_MOMENTS,
  NORM_OUT_0,
  NORM_OUT_1,
  NORM_OUT_2,
  NORM_RUNNING_MEAN,
  NORM_RUNNING_VARIANCE,
  NORM_SCALE,
  NORM_SHIFT,
  NORM_SLICES,
  NORM_SUMS,
  NORM_SUMS_STRIDE,
} from './descriptor'
import { address, word } from './memory'

const EPSILON: f64 = 1e-5
const RUNNING_MOMENTUM: f64 = 0.1

/** The sum over slices of quantity 0 or 1 of a channel. */
function total(d: usize, quantity: i32, channel: i32): f64 {
  let p = address(d, NORM_SUMS) + <usize>(quantity * word(d, NORM_LANES) + channel) * 8
  let sum: f64 = 0
  for (let slice = word(d, NORM_SLICES); slice > 0; slice--) {
    sum += load<f64>(p)
    p += address(d, NORM_SUMS_STRIDE)
  }
  return sum
}

/** Batch statistics → scale and shift of each channel; moves the running statistics. */
export function normForward(d: usize): void {
  const count = <f64>word(d, NORM_COUNT)
  for (let c = 0; c < word(d, NORM_CHANNELS); c++) {
    const at = (<usize>c) << 2
    const mean = total(d, 0, c) / count
    const variance = max<f64>(total(d, 1, c) / count - mean * mean, 0)
    const inverse = 1 / sqrt(variance + EPSILON)
    const scale = <f64>load<f32>(address(d, NORM_SCALE) + at) * inverse
    store<f32>(address(d, NORM_OUT_0) + at, <f32>scale)
    store<f32>(address(d, NORM_OUT_1) + at, <f32>(<f64>load<f32>(address(d, NORM_SHIFT) + at) - mean * scale))
    store<f64>(address(d, NORM_MOMENTS) + (at << 1), mean)
    store<f64>(address(d, NORM_MOMENTS) + (at << 1) + ((<usize>word(d, NORM_LANES)) << 3), inverse)
    move(address(d, NORM_RUNNING_MEAN) + at, mean)
    move(address(d, NORM_RUNNING_VARIANCE) + at, (variance * count) / (count - 1))
  }
}

function move(running: usize, value: f64): void {
  const before = <f64>load<f32>(running)
  store<f32>(running, <f32>(before + RUNNING_MOMENTUM * (value - before)))
}

/**
 * Sums of the gradient d and of d × value → gradients of scale and shift, and the constants of
 * d(value) = a·d + b·value + c.
 */
export function normBackward(d: usize): void {
  const count = <f64>word(d, NORM_COUNT)
  for (let c = 0; c < word(d, NORM_CHANNELS); c++) {
    const at = (<usize>c) << 2
    const mean = load<f64>(address(d, NORM_MOMENTS) + (at << 1))
    const inverse = load<f64>(address(d, NORM_MOMENTS) + (at << 1) + ((<usize>word(d, NORM_LANES)) << 3))
    const sum = total(d, 0, c)
    const shared = inverse * (total(d, 1, c) - mean * sum)
    const a = <f64>load<f32>(address(d, NORM_SCALE) + at) * inverse
    const b = (-a * inverse * shared) / count
    store<f32>(address(d, NORM_OUT_0) + at, <f32>a)
    store<f32>(address(d, NORM_OUT_1) + at, <f32>b)
    store<f32>(address(d, NORM_OUT_2) + at, <f32>((-a * sum) / count - b * mean))
    store<f32>(address(d, NORM_GRADIENT_SCALE) + at, <f32>shared)
    store<f32>(address(d, NORM_GRADIENT_SHIFT) + at, <f32>sum)
  }
}
