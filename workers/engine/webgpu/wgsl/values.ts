/**
 * Reading and writing the stages' tensors. A stored value gives up its last bit to say whether dropout drops it: decided
 * once where the value is made, and known to every reader.
 */
import { dropoutImageSize, dropoutScale, dropoutThreshold } from '../../../../src/domain/training/dropout'
import { CONSTANTS, type NormPlaces } from '../layout'
import { fours, pixels, type Stage } from '../stages'
import { activated, float, type Binding, type Piece } from './kernel'

/** All bits of a stored value but the one that says that it is dropped. */
export const VALUE_BITS = '0xfffffffeu'

/** Loads of one tensor, channel group by channel group. All texts are WGSL. */
export interface Reader extends Piece {
  /** Values that `at` gives: a vec4f, or one f32. */
  readonly lanes: 1 | 4
  /** Statements that fix what depends on the channel group alone. Names end in `mark`, so that several can stand together. */
  hoist(channels: string, mark?: string): string
  /** Statements that fix a row of pixels. */
  row(image: string, y: string, channels: string, mark?: string): string
  /** The expression of a value of that row. */
  at(x: string, mark?: string): string
}

/** Stores of one tensor: `image`, `pixel` and `channels` are known where `store` stands. */
export interface Writer extends Piece {
  /** Statements that fix, before the loop, what the channels `channels` of the block's four `index` need. */
  readonly hoist: (index: number, channels: string) => string
  /** Stores `value` for the block's four `index`, and adds it to that four's sums where the stage is normalised. */
  readonly store: (value: string, index: number) => string
}

/** The buffer of a stage's stored values, of their gradients, of the places of its maxima. */
export function valuesOf({ index }: Stage): string {
  return `values ${index}`
}
export function slopesOf({ index }: Stage): string {
  return `slopes ${index}`
}
export function placesOf({ index }: Stage): string {
  return `places ${index}`
}

export function statisticsBinding(): Binding {
  return { name: 'statistics', buffer: 'statistics', access: 'read_write', element: 'vec4f' }
}

export function packedBinding(): Binding {
  return { name: 'packed', buffer: 'packed', access: 'read', element: 'vec4f' }
}

/**
 * A stage's values as its reader sees them: through the view.
 * @param constants where scale and shift of a batch norm are found: in `inputScale` and `inputShift` of the workgroup, or
 * where the forward pass left them.
 */
export function valueReader(
  stage: Stage,
  norm: NormPlaces | undefined,
  constants: 'workgroup' | 'kept',
): Reader {
  const { view, output } = stage
  const channels = fours(output.channels)
  const scaled = norm !== undefined
  const names = scaled ? ', scale: vec4f, shift: vec4f' : ''
  const given = (mark = ''): string => (scaled ? `, scale${mark}, shift${mark}` : '')
  const one = `fn read_one(at: u32${names}) -> vec4f {
  let bits = valuesIn[at];
  let value = bitcast<vec4f>(bits & vec4u(${VALUE_BITS}))${scaled ? ' * scale + shift' : ''};
  let acted = ${activated(view.activation, 'value')};
  return ${view.dropout === null ? 'acted' : dropoutApplied(`acted * ${float(dropoutScale(view.dropout.rate))}`)};
}`
  const mean = `fn read_mean(image: u32, channels: u32${names}) -> vec4f {
  var sum = vec4f();
  for (var pixel = 0u; pixel < ${pixels(output)}u; pixel++) {
    sum += read_one((image * ${pixels(output)}u + pixel) * ${channels}u + channels${given()});
  }
  return sum * ${float(1 / pixels(output))};
}`
  return {
    lanes: 4,
    bindings: [
      { name: 'valuesIn', buffer: valuesOf(stage), access: 'read', element: 'vec4u' },
      ...(scaled && constants === 'kept' ? [statisticsBinding()] : []),
    ],
    declarations: view.pooled ? `${one}\n${mean}` : one,
    hoist: (group, mark = '') => {
      if (norm === undefined) return ''
      const [scale, shift] =
        constants === 'workgroup'
          ? [`inputScale[${group}]`, `inputShift[${group}]`]
          : [norm.constants, norm.constants + 1].map(
              (at) => `statistics[${at}u + (${group}) * ${CONSTANTS}u]`,
            )
      return `let scale${mark} = ${scale}; let shift${mark} = ${shift};`
    },
    row: (image, y, group, mark = '') =>
      view.pooled
        ? `let inputImage${mark} = ${image}; let inputChannels${mark} = ${group};`
        : `let inputRow${mark} = (${image} * ${output.height}u + ${y}) * ${output.width * channels}u + ${group};`,
    at: (x, mark = '') =>
      view.pooled
        ? `read_mean(inputImage${mark}, inputChannels${mark}${given(mark)})`
        : `read_one(inputRow${mark} + ${times(x, channels)}${given(mark)})`,
  }
}

/** `value`, or zero where `bits` say that it is dropped: by a mask, which is quicker than a comparison. */
export function dropoutApplied(value: string): string {
  return `bitcast<vec4f>(bitcast<vec4u>(${value}) & ((bits & vec4u(1u)) - vec4u(1u)))`
}

/** The batch's images as a convolution reads them: single bytes, normalised by the table at `table` of the packed weights. */
export function imageReader(width: number, size: number, table: number, images: ImageSource): Reader {
  return {
    lanes: 1,
    bindings: [{ name: 'images', buffer: images.buffer, access: 'read', element: 'u32' }, packedBinding()],
    declarations: `fn image_start(image: u32) -> u32 { return ${images.start('image')} * ${size}u; }
fn read_byte(at: u32) -> f32 {
  let byte = (images[at / 4u] >> ((at % 4u) * 8u)) & 255u;
  return packed[${table}u + byte / 4u][byte % 4u];
}`,
    hoist: () => '',
    row: (image, y, _, mark = '') => `let inputRow${mark} = image_start(${image}) + ${y} * ${width}u;`,
    at: (x, mark = '') => `read_byte(inputRow${mark} + ${x})`,
  }
}

/** Where the bytes of the batch's n-th image lie. */
export interface ImageSource {
  readonly buffer: string
  /** The number of the image in that buffer. */
  start(image: string): string
}

/** Stores values of a stage; `keyWord` is the word of the step that keys its dropout. */
export function valueWriter(stage: Stage, norm: NormPlaces | undefined, keyWord: number | null): Writer {
  const { view, output } = stage
  const channels = fours(output.channels)
  const summed = norm !== undefined
  const drops = view.dropout !== null && keyWord !== null
  return {
    hoist: (index, group) =>
      norm === undefined ? '' : `let pivot${index} = packed[${norm.pivot}u + ${group}];`,
    store: (value, index) =>
      `store_value(image, pixel, channels, ${value}${summed ? `, pivot${index}, &sum${index}, &square${index}` : ''});`,
    bindings: [
      { name: 'valuesOut', buffer: valuesOf(stage), access: 'read_write', element: 'vec4u' },
      ...(summed ? [packedBinding(), statisticsBinding()] : []),
    ],
    declarations: `${drops ? dropped(stage, keyWord) : ''}
fn store_value(image: u32, pixel: u32, channels: u32, value: vec4f${summed ? ', pivot: vec4f, sum: ptr<function, vec4f>, square: ptr<function, vec4f>' : ''}) {
  let bits = bitcast<vec4u>(value) & vec4u(${VALUE_BITS});
  valuesOut[(image * ${pixels(output)}u + pixel) * ${channels}u + channels] = bits${drops ? ' | dropped(image, pixel, channels)' : ''};
${
  norm === undefined
    ? ''
    : `  let apart = bitcast<vec4f>(bits) - pivot;
  *sum += apart;
  *square += apart * apart;`
}
}`,
  }
}

/** `dropout.ts` of the domain: 1 for every one of four values that is dropped. */
function dropped({ view, output }: Stage, keyWord: number): string {
  if (view.dropout === null) return ''
  const { rate, wholeChannels } = view.dropout
  const lanes = fours(output.channels) * 4
  const size = dropoutImageSize(wholeChannels ? { height: 1, width: 1, channels: output.channels } : output)
  return `fn dropped(image: u32, pixel: u32, channels: u32) -> vec4u {
  let position = image * ${size}u + ${wholeChannels ? '' : `pixel * ${lanes}u + `}channels * 4u;
  var x = vec4u(step_word(${keyWord}u)) ^ ((vec4u(position / 8u * 4u) + vec4u(0u, 1u, 2u, 3u)) * 0x9e3779b9u);
  x = (x ^ (x >> vec4u(16u))) * 0x7feb352du;
  x = (x ^ (x >> vec4u(15u))) * 0x846ca68bu;
  x ^= x >> vec4u(16u);
  let bits = select(x & vec4u(0xffffu), x >> vec4u(16u), position / 4u % 2u == 1u);
  return select(vec4u(0u), vec4u(1u), bits < vec4u(${dropoutThreshold(rate)}u));
}`
}

/** WGSL of a place `count` fours a pixel apart. */
export function times(x: string, count: number): string {
  return `(${x}) * ${count}u`
}
