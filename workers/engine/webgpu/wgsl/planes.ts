/** What has no weights: pools, copies and the gathering of images. Each kernel computes one pixel and one four of channels. */
import type { Shape } from '../../../../src/domain/model/spec'
import { fours } from '../stages'
import { each } from './kernel'
import type { Reader } from './values'

/** Statements that find `image`, `pixel`, `y`, `x` and `channels` of a block of a tensor. */
export function pointOf({ height, width }: Shape): string {
  return `let image = block / ${height * width}u;
let pixel = block % ${height * width}u;
let y = pixel / ${width}u;
let x = pixel % ${width}u;
let channels = group;`
}

/** Finds the winners of `size` × `size` windows; the first of equals wins. Leaves `best` and its place in `winner`. */
export function maximum(reader: Reader, size: number): string {
  return `var best = vec4f(-3.4e38f);
var winner = vec4u();
${reader.hoist('channels')}
for (var place = 0u; place < ${size * size}u; place++) {
  ${reader.row('image', `(y * ${size}u + place / ${size}u)`, 'channels')}
  let value = ${reader.at(`x * ${size}u + place % ${size}u`)};
  let more = value > best;
  best = select(best, value, more);
  winner = select(winner, vec4u(place), more);
}`
}

/** Four places in one number. */
export const PACKED_PLACES = 'winner.x | (winner.y << 8u) | (winner.z << 16u) | (winner.w << 24u)'

/** The gradient of one value under a max pool, in `slope`. */
export function maximumBack(slopes: Reader, pooled: Shape, size: number): string {
  const channels = fours(pooled.channels)
  return `let windowY = y / ${size}u;
let windowX = x / ${size}u;
var slope = vec4f();
if (windowY < ${pooled.height}u && windowX < ${pooled.width}u) {
  ${slopes.hoist('channels')}
  ${slopes.row('image', 'windowY', 'channels')}
  let packed_winner = placesOut[((image * ${pooled.height}u + windowY) * ${pooled.width}u + windowX) * ${channels}u + channels];
  let winner = vec4u(packed_winner & 255u, (packed_winner >> 8u) & 255u, (packed_winner >> 16u) & 255u, packed_winner >> 24u);
  let place = y % ${size}u * ${size}u + x % ${size}u;
  slope = select(vec4f(), ${slopes.at('windowX')}, winner == vec4u(place));
}`
}

/** WGSL functions `first_of(cell)` and `end_of(cell)` of a pool's windows along one axis. */
export function windows(axis: 'y' | 'x', input: number, output: number, size: number): string {
  const [first, end] =
    size === 0
      ? [`cell * ${input}u / ${output}u`, `((cell + 1u) * ${input}u + ${output - 1}u) / ${output}u`]
      : [`cell * ${size}u`, `(cell + 1u) * ${size}u`]
  return `fn first_${axis}(cell: u32) -> u32 { return ${first}; }
fn end_${axis}(cell: u32) -> u32 { return ${end}; }`
}

/** The mean over a window, in `value`. */
export function average(reader: Reader): string {
  return `var sum = vec4f();
${reader.hoist('channels')}
for (var inputY = first_y(y); inputY < end_y(y); inputY++) {
  ${reader.row('image', 'inputY', 'channels')}
  for (var inputX = first_x(x); inputX < end_x(x); inputX++) {
    sum += ${reader.at('inputX')};
  }
}
let value = sum / f32((end_y(y) - first_y(y)) * (end_x(x) - first_x(x)));`
}

/** The gradient of one value under all windows that hold it, in `slope`. */
export function averageBack(slopes: Reader, pooled: Shape): string {
  return `var slope = vec4f();
${slopes.hoist('channels')}
for (var windowY = 0u; windowY < ${pooled.height}u; windowY++) {
  if (y < first_y(windowY) || y >= end_y(windowY)) { continue; }
  ${slopes.row('image', 'windowY', 'channels')}
  for (var windowX = 0u; windowX < ${pooled.width}u; windowX++) {
    if (x < first_x(windowX) || x >= end_x(windowX)) { continue; }
    let count = f32((end_y(windowY) - first_y(windowY)) * (end_x(windowX) - first_x(windowX)));
    slope += ${slopes.at('windowX')} / count;
  }
}`
}

/** Four values of a copy that changes the shape (a flattening), in `value`; beyond the last channel zero. */
export function reshaped(reader: Reader, from: Shape, to: Shape): string {
  return `var value = vec4f();
${each(
  4,
  (i) => `{ let flat = pixel * ${to.channels}u + channels * 4u + ${i}u;
if (channels * 4u + ${i}u < ${to.channels}u) {
  let channel = flat % ${from.channels}u;
  let inputX = flat / ${from.channels}u % ${from.width}u;
  let inputY = flat / ${from.channels * from.width}u;
  ${
    reader.lanes === 1
      ? `${reader.row('image', '0u', '0u')} value[${i}] = ${reader.at('flat')};`
      : `let inputGroup = channel / 4u;
  ${reader.hoist('inputGroup')}
  ${reader.row('image', 'inputY', 'inputGroup')}
  let four = ${reader.at('inputX')};
  value[${i}] = four[channel % 4u];`
  }
} }`,
)}`
}

/** The gradient of four values under such a copy, in `slope`. */
export function reshapedBack(slopes: Reader, from: Shape, to: Shape): string {
  return `var slope = vec4f();
${each(
  4,
  (i) => `{ let channel = channels * 4u + ${i}u;
if (channel < ${from.channels}u) {
  let flat = pixel * ${from.channels}u + channel;
  let target_channel = flat % ${to.channels}u;
  let target_pixel = flat / ${to.channels}u;
  let target_group = target_channel / 4u;
  ${slopes.hoist('target_group')}
  ${slopes.row('image', `(target_pixel / ${to.width}u)`, 'target_group')}
  let four = ${slopes.at(`target_pixel % ${to.width}u`)};
  slope[${i}] = four[target_channel % 4u];
} }`,
)}`
}
