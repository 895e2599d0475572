/** Reading and writing gradients of the stages' tensors. */
import { dropoutScale } from '../../../../src/domain/training/dropout'
import { CONSTANTS, type NormPlaces } from '../layout'
import { fours, pixels, type Stage } from '../stages'
import { deactivated, float } from './kernel'
import {
  dropoutApplied,
  placesOf,
  slopesOf,
  statisticsBinding,
  times,
  VALUE_BITS,
  valuesOf,
  type Reader,
  type Writer,
} from './values'

/**
 * Stores gradients of a stage's values, taken back through its view to what its batch norm gives (or, without one, to the
 * stored value). Where the view is the plane's mean, `pixel` is not read.
 */
export function slopeWriter(
  stage: Stage,
  norm: NormPlaces | undefined,
  constants: 'workgroup' | 'kept' = 'kept',
): Writer {
  const { view, output } = stage
  const channels = fours(output.channels)
  const plain = norm === undefined && view.activation.kind === 'none' && view.dropout === null
  const pointers =
    norm === undefined
      ? ''
      : ', scale: vec4f, shift: vec4f, mean: vec4f, inverse: vec4f, sum: ptr<function, vec4f>, product: ptr<function, vec4f>'
  const size = pixels(output)
  const back =
    view.dropout === null ? 'slope' : dropoutApplied(`slope * ${float(dropoutScale(view.dropout.rate))}`)
  const one = `fn ${view.pooled ? 'store_one' : 'store_slope'}(image: u32, pixel: u32, channels: u32, slope: vec4f${pointers}) {
  let at = (image * ${size}u + pixel) * ${channels}u + channels;
${
  plain
    ? '  slopesIn[at] = slope;'
    : `  let bits = valuesIn[at];
  let value = bitcast<vec4f>(bits & vec4u(${VALUE_BITS}));
  let normed = value${norm === undefined ? '' : ' * scale + shift'};
  let kept = ${back};
  let found = ${deactivated(view.activation, 'kept', 'normed')};
  slopesIn[at] = found;
  ${norm === undefined ? '' : '*sum += found; *product += found * (value - mean) * inverse;'}`
}
}`
  const all = `fn store_slope(image: u32, pixel: u32, channels: u32, slope: vec4f${pointers}) {
  let share = slope * ${float(1 / size)};
  for (var each = 0u; each < ${size}u; each++) {
    store_one(image, each, channels, share${norm === undefined ? '' : ', scale, shift, mean, inverse, sum, product'});
  }
}`
  return {
    hoist: (index, group) => (norm === undefined ? '' : normConstants(norm, constants, index, group)),
    store: (value, i) =>
      `store_slope(image, pixel, channels, ${value}${norm === undefined ? '' : `, scale${i}, shift${i}, mean${i}, inverse${i}, &sum${i}, &square${i}`});`,
    bindings: [
      ...(plain
        ? []
        : [{ name: 'valuesIn', buffer: valuesOf(stage), access: 'read', element: 'vec4u' } as const]),
      { name: 'slopesIn', buffer: slopesOf(stage), access: 'read_write', element: 'vec4f' },
      ...(norm === undefined ? [] : [statisticsBinding()]),
    ],
    declarations: view.pooled ? `${one}\n${all}` : one,
  }
}

function normConstants(
  { constants }: NormPlaces,
  where: 'workgroup' | 'kept',
  index: number,
  group: string,
): string {
  return ['scale', 'shift', 'mean', 'inverse']
    .map((name, part) => {
      const shared = `input${name.charAt(0).toUpperCase()}${name.slice(1)}[${group}]`
      const kept = `statistics[${constants + part}u + (${group}) * ${CONSTANTS}u]`
      return `let ${name}${index} = ${where === 'workgroup' ? shared : kept};`
    })
    .join(' ')
}

/**
 * The gradient of what a stage's operation computes, before activation and pool, formed from the stored gradient of its view:
 * through batch norm by three constants a channel (`outputA`, `outputB`, `outputC` of the workgroup).
 */
export function slopeReader(stage: Stage, norm: NormPlaces | undefined): Reader {
  const { operation, output, input } = stage
  const activation = operation.kind === 'linear' ? operation.activation : ({ kind: 'none' } as const)
  const pool = operation.kind === 'linear' ? operation.pool : null
  const channels = fours(output.channels)
  const reads = norm !== undefined || activation.kind !== 'none'
  const names = norm === undefined ? '' : ', gain: vec4f, pull: vec4f, rest: vec4f'
  const given = (mark = ''): string => (norm === undefined ? '' : `, gain${mark}, pull${mark}, rest${mark}`)
  const one = `fn read_slope(at: u32${names}) -> vec4f {
  let stored = slopesOut[at];
  ${reads ? `let value = bitcast<vec4f>(valuesOut[at] & vec4u(${VALUE_BITS}));` : ''}
  let slope = ${norm === undefined ? 'stored' : 'gain * stored + (pull * value + rest)'};
  return ${deactivated(activation, 'slope', 'value')};
}`
  const whole = pool === null || (input.height % pool === 0 && input.width % pool === 0)
  const unpooled = `fn read_unpooled(row: u32, x: u32, place: u32${names}) -> vec4f {
  let at = row + x / ${pool ?? 1}u * ${channels}u;
  let winner = placesOut[at];
  let places = vec4u(winner & 255u, (winner >> 8u) & 255u, (winner >> 16u) & 255u, winner >> 24u);
  let won = places == vec4u(place + x % ${pool ?? 1}u);
  return select(vec4f(), read_slope(at${given()}), won${whole ? '' : ` & vec4<bool>(place < ${(pool ?? 1) ** 2}u && x < ${output.width * (pool ?? 1)}u)`});
}`
  return {
    lanes: 4,
    bindings: [
      { name: 'slopesOut', buffer: slopesOf(stage), access: 'read', element: 'vec4f' },
      ...(reads
        ? [{ name: 'valuesOut', buffer: valuesOf(stage), access: 'read', element: 'vec4u' } as const]
        : []),
      ...(pool === null
        ? []
        : [{ name: 'placesOut', buffer: placesOf(stage), access: 'read', element: 'u32' } as const]),
    ],
    declarations: pool === null ? one : `${one}\n${unpooled}`,
    hoist: (group, mark = '') =>
      norm === undefined
        ? ''
        : `let gain${mark} = outputA[${group}]; let pull${mark} = outputB[${group}]; let rest${mark} = outputC[${group}];`,
    row: (image, y, group, mark = '') => {
      const stride = output.width * channels
      if (pool === null)
        return `let outputRow${mark} = (${image} * ${output.height}u + ${y}) * ${stride}u + ${group};`
      const place = `${y} % ${pool}u * ${pool}u`
      return `let outputRow${mark} = (${image} * ${output.height}u + ${y} / ${pool}u) * ${stride}u + ${group};
let outputPlace${mark} = ${whole ? place : `select(${place}, ${pool ** 2}u, ${y} >= ${output.height * pool}u)`};`
    },
    at: (x, mark = '') =>
      pool === null
        ? `read_slope(outputRow${mark} + ${times(x, channels)}${given(mark)})`
        : `read_unpooled(outputRow${mark}, ${x}, outputPlace${mark}${given(mark)})`,
  }
}
