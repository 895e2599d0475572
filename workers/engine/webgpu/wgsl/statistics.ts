/**
 * Sums over the batch, in an order that never changes. Every workgroup leaves one partial sum a channel; every workgroup of
 * the kernel that needs them adds these up again, all in the same way, which saves a dispatch between.
 */
import { CONSTANTS, type NormPlaces } from '../layout'
import { EPSILON_TEXT, fours, pixels, type Stage } from '../stages'
import type { Grid } from '../tiles'
import { each, float, type Piece } from './kernel'
import { packedBinding, statisticsBinding, type Writer } from './values'

/** Fours of workgroup memory that kernels share for sums: the most that any part of a kernel says it needs. */
export function sharedMemory(fours: number): Piece {
  return { bindings: [], declarations: `var<workgroup> shared_sums: array<vec4f, ${fours}>;` }
}

/** A part of a kernel that comes before or after its loop. */
export interface Part extends Piece {
  readonly text: string
  /** Fours of `shared_sums`. */
  readonly shared: number
}

export const NOTHING: Part = { bindings: [], declarations: '', text: '', shared: 0 }

/**
 * Before a kernel that reads normalised values: scale and shift into `inputScale` and `inputShift`. The first workgroup keeps
 * them, with mean, deviation and variance, for the kernels behind.
 * @param batch images
 * @param whole also `inputMean` and `inputInverse`, for a kernel that takes gradients back as well
 */
export function forwardConstants(
  stage: Stage,
  norm: NormPlaces | undefined,
  batch: number,
  width: number,
  whole = false,
): Part {
  if (norm === undefined) return NOTHING
  const channels = fours(stage.output.channels)
  const count = batch * pixels(stage.output)
  const { text, shared } = addedRows(norm.forwardSums, norm.forwardRows, channels, width)
  return {
    bindings: [statisticsBinding(), packedBinding()],
    declarations: ['Scale', 'Shift', ...(whole ? ['Mean', 'Inverse'] : [])]
      .map((name) => `var<workgroup> input${name}: array<vec4f, ${channels}>;`)
      .join('\n'),
    shared,
    text: `${text(`
  let offset = first * ${float(1 / count)};
  let mean = packed[${norm.pivot}u + channel] + offset;
  let variance = max(second * ${float(1 / count)} - offset * offset, vec4f());
  let inverse = 1.0f / sqrt(variance + ${EPSILON_TEXT}f);
  let scale = packed[${norm.scale}u + channel] * inverse;
  let shift = packed[${norm.shift}u + channel] - mean * scale;
  inputScale[channel] = scale;
  inputShift[channel] = shift;
  ${whole ? 'inputMean[channel] = mean; inputInverse[channel] = inverse;' : ''}
  if (workgroup == 0u) {
    let at = ${norm.constants}u + channel * ${CONSTANTS}u;
    statistics[at] = scale;
    statistics[at + 1u] = shift;
    statistics[at + 2u] = mean;
    statistics[at + 3u] = inverse;
    statistics[at + 4u] = variance;
  }`)}`,
  }
}

/**
 * Before a kernel that takes gradients back through a batch norm: the three constants a channel of
 * slope = a · gradient + b · value + c. The first workgroup keeps the gradients of scale and shift.
 */
export function backwardConstants(
  stage: Stage,
  norm: NormPlaces | undefined,
  batch: number,
  width: number,
): Part {
  if (norm === undefined) return NOTHING
  const channels = fours(stage.output.channels)
  const count = batch * pixels(stage.output)
  const { text, shared } = addedRows(norm.backwardSums, norm.backwardRows, channels, width)
  return {
    bindings: [
      statisticsBinding(),
      { name: 'partials', buffer: 'partials', access: 'read_write', element: 'vec4f' },
    ],
    declarations: each(3, (i) => `var<workgroup> output${'ABC'.charAt(i)}: array<vec4f, ${channels}>;`),
    shared,
    text: `${text(`
  let at = ${norm.constants}u + channel * ${CONSTANTS}u;
  let a = statistics[at];
  let b = -a * statistics[at + 3u] * second * ${float(1 / count)};
  outputA[channel] = a;
  outputB[channel] = b;
  outputC[channel] = -a * first * ${float(1 / count)} - b * statistics[at + 2u];
  if (workgroup == 0u) {
    partials[${norm.scaleGradient}u + channel] = second;
    partials[${norm.shiftGradient}u + channel] = first;
  }`)}`,
  }
}

/** Adds up partial sums of pairs, `channel` by `channel`, into `first` and `second`. */
function addedRows(
  start: number,
  rows: number,
  channels: number,
  width: number,
): { text: (use: string) => string; shared: number } {
  const parts = Math.max(1, Math.min(rows, Math.floor(width / channels)))
  const cells = channels * parts
  return {
    shared: 2 * cells,
    text: (use) => `for (var cell = lane; cell < ${cells}u; cell += ${width}u) {
  var first = vec4f();
  var second = vec4f();
  for (var row = cell / ${channels}u; row < ${rows}u; row += ${parts}u) {
    let at = ${start}u + (row * ${channels}u + cell % ${channels}u) * 2u;
    first += statistics[at];
    second += statistics[at + 1u];
  }
  shared_sums[cell] = first;
  shared_sums[cell + ${cells}u] = second;
}
workgroupBarrier();
for (var channel = lane; channel < ${channels}u; channel += ${width}u) {
  var first = vec4f();
  var second = vec4f();
  for (var cell = channel; cell < ${cells}u; cell += ${channels}u) {
    first += shared_sums[cell];
    second += shared_sums[cell + ${cells}u];
  }
${use}
}
workgroupBarrier();`,
  }
}

/**
 * After a kernel's loop: the invocations' sums `sum0 …` and `square0 …` of the grid's channels, added up over the workgroup, as
 * row `slot` of the partial sums at `start`. `group` is the workgroup's group of channels.
 */
export function keptSums(start: number, channels: number, grid: Grid, width: number): Part {
  const count = 2 * grid.channels
  const guarded = grid.groups * grid.channels !== channels
  return {
    bindings: [statisticsBinding()],
    declarations: '',
    shared: count * width,
    text: `${each(
      grid.channels,
      (i) => `shared_sums[${2 * i * width}u + lane] = sum${i};
shared_sums[${(2 * i + 1) * width}u + lane] = square${i};`,
    )}
workgroupBarrier();
for (var half = ${width / 2}u; half > 0u; half /= 2u) {
  if (lane < half) {
    ${each(count, (i) => `shared_sums[${i * width}u + lane] += shared_sums[${i * width}u + lane + half];`)}
  }
  workgroupBarrier();
}
if (lane < ${count}u${guarded ? ` && group * ${grid.channels}u + lane / 2u < ${channels}u` : ''}) {
  statistics[${start}u + (slot * ${channels}u + group * ${grid.channels}u) * 2u + lane] = shared_sums[lane * ${width}u];
}`,
  }
}

/**
 * The loop over a grid's blocks: `body` sees `block`, `group`, `plane`, and adds to `sum0 …`, `square0 …` where there are sums.
 * @param writer what `body` stores with
 */
export function gridLoop(
  grid: Grid,
  width: number,
  sums: boolean,
  writer: Writer | null,
  body: string,
): string {
  const { groups, planes, turns, blocks, channels } = grid
  const turn = `let block = ((slot / ${planes}u) * ${turns}u + turn) * ${width}u + lane;
  if (block >= ${blocks}u) { break; }`
  return `let group = place % ${groups}u;
let slot = place / ${groups}u;
let plane = slot % ${planes}u;
${writer === null ? '' : each(channels, (i) => writer.hoist(i, `group * ${channels}u + ${i}u`))}
${sums ? each(channels, (i) => `var sum${i} = vec4f(); var square${i} = vec4f();`) : ''}
for (var turn = 0u; turn < ${turns}u; turn++) {
  ${turn}
  ${body}
}`
}

/** Workgroups of a grid. */
export function workgroupsOf({ rows, planes, groups }: Grid): number {
  return rows * planes * groups
}
