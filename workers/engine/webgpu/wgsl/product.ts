/**
 * Convolutions and matrix products, forward and for the gradient of the input: both are one product of a tensor that is read
 * by a `Reader` with a packed kernel. A block of pixels and channels is kept in registers; kernel rows and channel groups are
 * loops, columns are written out.
 */
import type { Shape } from '../../../../src/domain/model/spec'
import { fours, pixels } from '../stages'
import type { Grid } from '../tiles'
import { each } from './kernel'
import type { Reader } from './values'

export interface Product {
  readonly reader: Reader
  /** What is read. */
  readonly input: Shape
  /** What is computed. */
  readonly output: Shape
  /** Place of the kernel in the packed weights. */
  readonly weights: number
  /** WGSL that stores `value` for `image`, `pixel`, `channels`; `index` of the sums it adds to. */
  readonly store: (value: string, index: number) => string
}

/** Rows of pixels: a convolution of stride 1. Sees `block` and `group`. */
export function rowProduct(
  { reader, input, output, weights, store }: Product,
  { kernel, padding }: { kernel: { height: number; width: number }; padding: number },
  grid: Grid,
): string {
  const { pixels: count, channels } = grid
  const perRow = Math.ceil(output.width / count)
  const groups = reader.lanes === 1 ? input.channels : fours(input.channels)
  const outputs = fours(output.channels)
  const columns = count + kernel.width - 1
  const tap = groups * reader.lanes * outputs
  return `let image = block / ${output.height * perRow}u;
let y = block / ${perRow}u % ${output.height}u;
let x = block % ${perRow}u * ${count}u;
${accumulators(count, channels)}
for (var ky = 0u; ky < ${kernel.height}u; ky++) {
  let inputY = y + ky - ${padding}u;
  ${padding === 0 ? '' : `if (inputY >= ${input.height}u) { continue; }`}
  for (var c = 0u; c < ${groups}u; c++) {
    ${reader.hoist('c')}
    ${reader.row('image', 'inputY', 'c')}
    ${each(columns, (i) => `let v${i} = ${column(i)};`)}
    let weight = ${weights}u + ky * ${kernel.width * tap}u + c * ${reader.lanes * outputs}u + group * ${channels}u;
    ${each(kernel.width, (kx) => taken(reader, channels, outputs, kx * tap, (p) => `v${p + kx}`, count))}
  }
}
${stored(grid, outputs, `let pixel = y * ${output.width}u + x + p;`, perRow * count === output.width ? '' : `x + p >= ${output.width}u`, store)}`

  /** Columns outside the plane are zero; most are known to lie inside. */
  function column(i: number): string {
    const x = `x + ${i}u - ${padding}u`
    const value = reader.at(x)
    const lastStart = (perRow - 1) * count
    if (padding === 0 || (i >= padding && lastStart + i - padding < input.width)) return value
    if (perRow === 1) return reader.lanes === 1 ? '0.0f' : 'vec4f()'
    return `select(${reader.lanes === 1 ? '0.0f' : 'vec4f()'}, ${value}, ${x} < ${input.width}u)`
  }
}

/**
 * Rows of images: every image's values times one matrix. Sees `block`, `group` and `plane`.
 * @param sum over all pixels of the input; otherwise the input has one and the output's is `plane`
 */
export function imageProduct(
  { reader, input, output, weights, store }: Product,
  batch: number,
  sum: boolean,
  grid: Grid,
): string {
  const { pixels: count, channels } = grid
  const groups = fours(input.channels)
  const outputs = fours(output.channels) * (sum ? 1 : pixels(output))
  const last = batch - 1
  const whole = batch % count === 0
  const inner = `${reader.hoist('c')}
    ${each(count, (p) => `var v${p} = vec4f(); { ${reader.row(`image${p}`, 'inputY', 'c')} v${p} = ${reader.at('inputX')}; }`)}
    let weight = ${weights}u + ((inputY * ${input.width}u + inputX) * ${groups}u + c) * ${4 * outputs}u + offset;
    ${taken(reader, channels, outputs, 0, (p) => `v${p}`, count)}`
  return `${each(count, (p) => `let image${p} = ${whole ? '' : 'min('}block * ${count}u + ${p}u${whole ? '' : `, ${last}u)`};`)}
let offset = ${sum ? '' : `plane * ${fours(output.channels)}u + `}group * ${channels}u;
${accumulators(count, channels)}
for (var inputY = 0u; inputY < ${input.height}u; inputY++) {
for (var inputX = 0u; inputX < ${input.width}u; inputX++) {
  for (var c = 0u; c < ${groups}u; c++) {
    ${inner}
  }
}}
let pixel = plane;
${stored(grid, fours(output.channels), `let image = block * ${count}u + p;`, whole ? '' : `block * ${count}u + p >= ${batch}u`, store)}`
}

/** Pixels of a max pool over a 1×1 convolution: the winner and its place in the window. Sees `block` and `group`. */
export function pooledProduct(
  { reader, input, output, weights, store }: Product,
  { size, places }: { size: number; places: () => string },
  grid: Grid,
): string {
  const { pixels: count, channels } = grid
  const perRow = Math.ceil(output.width / count)
  const groups = fours(input.channels)
  const outputs = fours(output.channels)
  const least = '-3.4e38f'
  return `let image = block / ${output.height * perRow}u;
let y = block / ${perRow}u % ${output.height}u;
let x = block % ${perRow}u * ${count}u;
${each(count * channels, (i) => `var best${i} = vec4f(${least}); var where${i} = vec4u();`)}
for (var place = 0u; place < ${size * size}u; place++) {
  let inputY = y * ${size}u + place / ${size}u;
  let inputX = x * ${size}u + place % ${size}u;
  ${accumulators(count, channels)}
  for (var c = 0u; c < ${groups}u; c++) {
    ${reader.hoist('c')}
    ${reader.row('image', 'inputY', 'c')}
    ${each(count, (p) => `let v${p} = ${reader.at(`inputX + ${p * size}u`)};`)}
    let weight = ${weights}u + c * ${4 * outputs}u + group * ${channels}u;
    ${taken(reader, channels, outputs, 0, (p) => `v${p}`, count)}
  }
  ${each(count * channels, (i) => `{ let more = a${i} > best${i}; best${i} = select(best${i}, a${i}, more); where${i} = select(where${i}, vec4u(place), more); }`)}
}
var winners = array(${Array.from({ length: count * channels }, (_, i) => `where${i}`).join(', ')});
${stored(
  grid,
  outputs,
  `let pixel = y * ${output.width}u + x + p;`,
  perRow * count === output.width ? '' : `x + p >= ${output.width}u`,
  (value, index) =>
    `{ let winner = winners[p * ${channels}u + ${index}u]; ${places()} } ${store(value, index)}`,
  'best',
)}`
}

function accumulators(count: number, channels: number): string {
  return each(count * channels, (i) => `var a${i} = vec4f();`)
}

/** Multiplies one tap's weights into every accumulator. */
function taken(
  reader: Reader,
  channels: number,
  outputs: number,
  tap: number,
  value: (pixel: number) => string,
  count: number,
): string {
  return each(reader.lanes, (lane) => {
    const part = reader.lanes === 1 ? '' : `.${'xyzw'.charAt(lane)}`
    return `{ ${each(channels, (b) => `let w${b} = packed[weight + ${tap + lane * outputs + b}u];`)}
${each(count * channels, (i) => `a${i} += ${value(Math.floor(i / channels))}${part} * w${i % channels};`)} }`
  })
}

/**
 * Stores all blocks, pixel by pixel: a loop, because what storing takes (activation, dropout, sums) is longer to compile than to
 * run.
 * @param find statements that find the pixel or image of block `p`
 * @param outside when block `p` is none; empty for never
 */
function stored(
  grid: Grid,
  outputs: number,
  find: string,
  outside: string,
  store: Product['store'],
  name = 'a',
): string {
  const { pixels: count, channels } = grid
  const guarded = grid.groups * channels !== outputs
  const names = Array.from({ length: count * channels }, (_, i) => `${name}${i}`)
  return `var results = array(${names.join(', ')});
for (var p = 0u; p < ${count}u; p++) {
  ${outside === '' ? '' : `if (${outside}) { break; }`}
  ${find}
  ${each(channels, (b) => {
    const inside = guarded ? `if (group * ${channels}u + ${b}u < ${outputs}u) ` : ''
    const value = `results[p * ${channels}u + ${b}u]`
    return `${inside}{ let channels = group * ${channels}u + ${b}u; ${store(value, b)} }`
  })}
}`
}
