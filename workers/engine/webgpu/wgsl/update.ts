/** After the backward pass: gradients added up in order, their norm, the optimizer, the moving average and the packed weights. */
import { RUNNING_MOMENTUM } from '../../../../src/domain/model/spec'
import type { OptimizerRecipe } from '../../../../src/domain/training/recipe'
import type { UpdateScalar } from '../../../../src/domain/training/optimizer'
import { CONSTANTS, GRADIENT_GROUPS, NOWHERE, type GradientTensor } from '../layout'
import { float, kernelOf, type Binding, type Kernel } from './kernel'
import { statisticsBinding } from './values'

export interface UpdateShape {
  readonly trainable: number
  readonly total: number
  readonly batch: number
  readonly width: number
  readonly stepWords: number
  /** Workgroups that go over all weights, at most. */
  readonly most: number
  /** In the statistics. */
  readonly scores: number
  readonly squares: number
  readonly totals: number
}

/** Workgroups that add up a gradient; one more adds up the loss. */
function gradientGroups({ trainable, width }: Pick<UpdateShape, 'trainable' | 'width'>): number {
  return Math.min(GRADIENT_GROUPS, Math.ceil(trainable / width))
}

/** Workgroups that go over all weights. */
function weightGroups({ total, width, most }: UpdateShape): number {
  return Math.min(most, Math.ceil(total / width))
}

/** Adds up `one` over the workgroup: leaves the sum in `sums[0]`. */
function addedUp(width: number, one: string): string {
  return `sums[lane] = ${one};
workgroupBarrier();
for (var half = ${width / 2}u; half > 0u; half /= 2u) {
  if (lane < half) { sums[lane] += sums[lane + half]; }
  workgroupBarrier();
}`
}

/** Adds partial gradients in their order; leaves sums of squares, and the batch's loss and right answers. */
export function gradientKernel(shape: UpdateShape, tensors: readonly GradientTensor[]): Kernel {
  const { width, trainable, batch, scores, squares, totals, stepWords } = shape
  const groups = gradientGroups(shape)
  const chain = tensors
    .map(
      ({ offset, size, shift, rows, rowSize }) => `if (i < ${offset + size}u) {
      at = positions[i].x + ${shift >= 0 ? `${shift}u` : `${shift + 2 ** 32}u`};
      rows = ${rows}u;
      rowSize = ${rowSize}u;
    }`,
    )
    .join(' else ')
  const bindings: Binding[] = [
    { name: 'positions', buffer: 'positions', access: 'read', element: 'vec2u' },
    { name: 'partials', buffer: 'partials', access: 'read', element: 'f32' },
    { name: 'gradient', buffer: 'gradient', access: 'read_write', element: 'f32' },
    statisticsBinding(),
  ]
  return kernelOf(
    [{ bindings, declarations: `var<workgroup> sums: array<vec2f, ${width}>;` }],
    { width, workgroups: groups + 1, stepWords },
    `var mine = vec2f();
if (workgroup == ${groups}u) {
  for (var image = lane; image < ${batch}u; image += ${width}u) { mine += statistics[${scores}u + image].xy; }
} else {
  for (var i = workgroup * ${width}u + lane; i < ${trainable}u; i += ${groups * width}u) {
    var at = 0u;
    var rows = 0u;
    var rowSize = 0u;
    ${chain}
    var sum = 0.0f;
    for (var row = 0u; row < rows; row++) { sum += partials[at + row * rowSize]; }
    gradient[i] = sum;
    mine.x += sum * sum;
  }
}
${addedUp(width, 'mine')}
if (lane == 0u) {
  let at = select(${squares}u + workgroup, ${totals}u, workgroup == ${groups}u);
  statistics[at] = vec4f(sums[0], 0.0f, 0.0f);
}`,
  )
}

/** A batch norm's running statistics, in the flat weights. */
export interface RunningTensor {
  readonly mean: number
  readonly variance: number
  readonly size: number
  /** Place of its constants in the statistics. */
  readonly constants: number
  /** Values a channel has in the batch. */
  readonly count: number
}

export interface UpdateRecipe {
  readonly optimizer: OptimizerRecipe
  readonly averaged: boolean
  readonly clipped: boolean
  /** The word of the step that holds this number. */
  readonly word: (scalar: UpdateScalar) => number
}

/** `optimizer.ts` of the domain, on every weight; and the step's figures. */
export function updateKernel(
  shape: UpdateShape,
  running: readonly RunningTensor[],
  recipe: UpdateRecipe,
): Kernel {
  const { width, trainable, total, batch, squares, totals, stepWords } = shape
  const groups = gradientGroups(shape)
  const workgroups = weightGroups(shape)
  const { optimizer, averaged, clipped, word } = recipe
  const number = (name: UpdateScalar): string => `bitcast<f32>(step_word(${word(name)}u))`
  const bindings: Binding[] = [
    { name: 'positions', buffer: 'positions', access: 'read', element: 'vec2u' },
    { name: 'gradient', buffer: 'gradient', access: 'read', element: 'f32' },
    { name: 'weights', buffer: 'weights', access: 'read_write', element: 'f32' },
    { name: 'state', buffer: 'optimizer', access: 'read_write', element: 'f32' },
    ...(averaged
      ? [{ name: 'average', buffer: 'average', access: 'read_write', element: 'f32' } as const]
      : []),
    { name: 'packed', buffer: 'packed', access: 'read_write', element: 'f32' },
    { name: 'metrics', buffer: 'metrics', access: 'read_write', element: 'vec4f' },
    statisticsBinding(),
  ]
  return kernelOf(
    [
      {
        bindings,
        declarations: `var<workgroup> sums: array<f32, ${width}>;
fn running(i: u32, old: f32) -> f32 {
  var found = old;
  ${running.map((one) => runningRule(one)).join('\n  ')}
  return ${float(1 - RUNNING_MOMENTUM)} * old + ${float(RUNNING_MOMENTUM)} * found;
}`,
      },
    ],
    { width, workgroups, stepWords },
    `var square = 0.0f;
for (var at = lane; at < ${groups}u; at += ${width}u) { square += statistics[${squares}u + at].x; }
${addedUp(width, 'square')}
let norm = sqrt(sums[0]);
if (workgroup == 0u && lane == 0u) {
  let score = statistics[${totals}u];
  metrics[step_word(0u)] = vec4f(score.x / ${float(batch)}, score.y, norm, 0.0f);
}
for (var i = workgroup * ${width}u + lane; i < ${total}u; i += ${width * workgroups}u) {
  var w = weights[i];
  if (i < ${trainable}u) {
    let clip = ${clipped ? `min(1.0f, ${number('maxNorm')} / (norm + 1e-6f))` : '1.0f'};
    let g = clip * gradient[i] + ${number('decay')} * w;
    ${optimizerRule(optimizer, trainable, number)}
  } else {
    w = running(i, w);
  }
  weights[i] = w;
  ${averaged ? `average[i] += ${number('averageShare')} * (w - average[i]);` : ''}
  ${PACK}
}`,
  )
}

/** Writes the packed weights from the flat ones: after these came from elsewhere. */
export function packKernel(shape: UpdateShape): Kernel {
  const { total, width, stepWords } = shape
  const workgroups = weightGroups(shape)
  return kernelOf(
    [
      {
        bindings: [
          { name: 'positions', buffer: 'positions', access: 'read', element: 'vec2u' },
          { name: 'weights', buffer: 'weights', access: 'read', element: 'f32' },
          { name: 'packed', buffer: 'packed', access: 'read_write', element: 'f32' },
        ],
        declarations: '',
      },
    ],
    { width, workgroups, stepWords },
    `for (var i = workgroup * ${width}u + lane; i < ${total}u; i += ${width * workgroups}u) {
  let w = weights[i];
  ${PACK}
}`,
  )
}

const PACK = `let place = positions[i];
  if (place.x != ${NOWHERE}u) { packed[place.x] = w; }
  if (place.y != ${NOWHERE}u) { packed[place.y] = w; }`

/** PyTorch keeps the unbiased variance. */
function runningRule({ mean, variance, size, constants, count }: RunningTensor): string {
  const at = (first: number, part: number): string =>
    `statistics[${constants + part}u + (i - ${first}u) / 4u * ${CONSTANTS}u][(i - ${first}u) % 4u]`
  return `if (i >= ${mean}u && i < ${mean + size}u) { found = ${at(mean, 2)}; }
  if (i >= ${variance}u && i < ${variance + size}u) { found = ${at(variance, 4)} * ${float(count / Math.max(1, count - 1))}; }`
}

function optimizerRule(
  optimizer: OptimizerRecipe,
  trainable: number,
  number: (name: UpdateScalar) => string,
): string {
  const square = (at: string): string => `let square_before = state[${at}];
    let square_now = ${number('second')} * square_before + ${number('secondShare')} * g * g;
    state[${at}] = square_now;
    let root = ${number('rootScale')} * sqrt(square_now) + ${number('epsilon')};`
  switch (optimizer.kind) {
    case 'sgd':
      return `let m = ${number('first')} * state[i] + g;
    state[i] = m;
    w -= ${number('rate')} * ${optimizer.nesterov ? `(g + ${number('first')} * m)` : 'm'};`
    case 'adam':
    case 'adamw':
      return `let before = state[i];
    let m = before + ${number('firstShare')} * (g - before);
    state[i] = m;
    ${square(`${trainable}u + i`)}
    w = ${number('keep')} * w - ${number('rate')} * m / root;`
    case 'rmsprop':
    case 'adagrad':
      return `${square('i')}
    w -= ${number('rate')} * g / root;`
  }
}
