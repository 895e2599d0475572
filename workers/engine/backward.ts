/**
 * Writes the backward operations of a plan: from the last node to the first, each turning the gradient of its output into
 * its parameters' gradients and the gradient of its input. The gradient of the image itself is never computed.
 *
 * Over 250 lines because what a node leaves for the one below it is agreed on between all kinds of nodes.
 */
import type { ParameterTable } from '../../src/domain/model/parameters'
import { findTensor } from '../../src/domain/model/parameters'
import type { PlanBuilder } from './builder'
import { NO_ACTIVATION } from './builder'
import type { Placed } from './forward'
import { forwardOrder, isFlat } from './forward'
import { gradientMap, gradientTapMap } from './packing'
import type { Algorithm, RangeOperation, Region, Sums, Tensor } from './plan'
import { imageBytes, orderBytes } from './plan'
import {
  filterOf,
  tilingOf,
  writeWinogradFilterGradient,
  writeWinogradGradient,
  writeWinogradInputGradient,
} from './winograd'

/** From this many packed weights on, a flat layer's gradient is split by weights instead of summed up slice by slice. */
const RANGE_WEIGHTS = 8192

type PlacedLinear = Extract<Placed, { geometry: unknown }>
type PlacedPoint = Extract<Placed, { mask: unknown }>

/** Operations over ranges that turn what the slices left into the flat gradient: the first must end before the second. */
export interface Collected {
  readonly products: RangeOperation[]
  readonly reductions: RangeOperation[]
}

/** A gradient on its way down. `finished`: it stands before the node's activation, laid out and summed as the node wants it. */
interface Incoming {
  readonly gradient: Tensor
  readonly finished: boolean
  /** The gradient is that of a max pool above, which noted these winners: it is not spread over the plane. */
  readonly winners?: Region
}

/** Writes the loss and everything behind it; what remains to be done over ranges is returned. */
export function writeBackward(
  builder: PlanBuilder,
  placed: readonly Placed[],
  parameters: ParameterTable,
  smoothing: number,
): Collected {
  const collected: Collected = { products: [], reductions: [] }
  const last = placed.at(-1)
  if (last === undefined) return collected
  const biasSums = new Map<PlacedLinear, Sums>()
  let incoming: Incoming = { gradient: gradientOf(builder, last, undefined), finished: false }
  builder.begin({ layer: null, backward: true })
  builder.slice({ kind: 'loss', logits: last.output, gradient: incoming.gradient, smoothing }, true)
  for (let index = placed.length - 1; index >= 0; index--) {
    const current = placed[index]
    if (current === undefined) break
    const below = index > 0 ? placed[index - 1] : undefined
    builder.begin({ layer: current.node.layer, backward: true })
    if ('geometry' in current)
      incoming = linearBackward({ builder, parameters, collected, biasSums }, current, incoming, below)
    else if ('mask' in current) incoming = pointBackward({ builder, biasSums }, current, incoming, below)
    else if (below !== undefined) incoming = poolBackward(builder, current, incoming, below)
  }
  return collected
}

/** Zero columns that a linear node's input-gradient kernel wants beside the gradient's rows. */
function gradientPad({ node, choice }: PlacedLinear): number {
  return node.flat || choice.inputGradient !== 'direct' ? 0 : node.kernel - 1 - node.padding
}

/**
 * A tensor for the gradient of a node's output. A bare linear node reads it as it comes, so it gets that node's zero columns,
 * unless a flat node above writes planes without them.
 */
function gradientOf(builder: PlanBuilder, of: Placed, above: Placed | undefined): Tensor {
  const { output } = of
  const flatAbove = above !== undefined && 'geometry' in above && above.node.flat
  const bare = 'geometry' in of && of.node.activation.kind === 'none' && !flatAbove
  return builder.tensor(`gradient of ${of.node.kind}`, output, bare ? gradientPad(of) : 0)
}

interface LinearTools {
  readonly builder: PlanBuilder
  readonly parameters: ParameterTable
  readonly collected: Collected
  readonly biasSums: Map<PlacedLinear, Sums>
}

function linearBackward(
  tools: LinearTools,
  current: PlacedLinear,
  incoming: Incoming,
  below: Placed | undefined,
): Incoming {
  const { builder, parameters, collected, biasSums } = tools
  const { node } = current
  const input = inputAgain(builder, current, below)
  const gradient = incoming.finished
    ? incoming.gradient
    : finishGradient(builder, biasSums, current, incoming.gradient)
  const sums = biasSums.get(current)
  if (sums !== undefined) {
    const { size, offset } = findTensor(parameters, node.layer, 'bias')
    collected.reductions.push(
      builder.owned({ kind: 'reduce-sums', sums, slices: builder.slices, channels: size, offset }),
    )
  }
  if (incoming.winners !== undefined && below !== undefined)
    return pooledBackward(tools, current, { input, gradient, winners: incoming.winners }, below)
  const points = pointsOfGradient(builder, current, gradient)
  filterGradient(tools, current, input, gradient, points)
  if (below === undefined) return { gradient, finished: false }
  const result = gradientOf(builder, below, current)
  inputGradient(tools, current, gradient, points, result)
  return { gradient: result, finished: false }
}

/** Whether a linear node can take its gradient as a max pool of two by two above it has it, without the zeros in between. */
function takesPooled(below: Placed, size: number): below is PlacedLinear {
  if (!('geometry' in below)) return false
  const { node, input } = below
  const bare = node.activation.kind === 'none' && !node.bias
  return bare && size === 2 && node.kernel === 1 && node.padding === 0 && !node.flat && input.lanes % 16 === 0
}

/** Both gradients of a 1×1 convolution under a max pool. */
function pooledBackward(
  { builder, parameters, collected }: LinearTools,
  current: PlacedLinear,
  of: { readonly input: Tensor; readonly gradient: Tensor; readonly winners: Region },
  below: Placed,
): Incoming {
  const { node, order } = current
  const { gradient, winners } = of
  const { slices } = builder
  const partialBytes = orderBytes(order)
  const partial = builder.region(`${node.layer} filter gradient`, partialBytes * slices)
  builder.slice({ kind: 'pooled-filter-gradient', ...of, partial, partialBytes }, false)
  collected.reductions.push(builder.owned({ kind: 'reduce', partial, partialBytes, slices, order }))
  const output = gradientOf(builder, below, current)
  const kernel = findTensor(parameters, node.layer, 'kernel')
  const name = `${kernel.name} backward`
  const { target } = builder.packing(name, builder.order(name, gradientMap(node, kernel, output.lanes)))
  builder.slice({ kind: 'pooled-input-gradient', gradient, output, winners, weights: target }, false)
  return { gradient: output, finished: false }
}

/** The output's gradient at Winograd's points, by algorithm: what the two gradients share if they agree on one. */
type GradientPoints = ReadonlyMap<Algorithm, Tensor>

function pointsOfGradient(
  builder: PlanBuilder,
  { node, choice }: PlacedLinear,
  gradient: Tensor,
): GradientPoints {
  const points = new Map<Algorithm, Tensor>()
  for (const algorithm of [choice.filterGradient, choice.inputGradient])
    if (algorithm !== null && algorithm !== 'direct' && !points.has(algorithm))
      points.set(algorithm, writeWinogradGradient(builder, gradient, tilingOf(node, algorithm)))
  return points
}

function filterGradient(
  { builder, parameters, collected }: LinearTools,
  current: PlacedLinear,
  input: Tensor,
  gradient: Tensor,
  points: GradientPoints,
): void {
  const { node, geometry, choice } = current
  const algorithm = choice.filterGradient ?? 'direct'
  const kernel = findTensor(parameters, node.layer, 'kernel')
  const order =
    algorithm === choice.forward ? current.order : forwardOrder(builder, node, kernel, input, algorithm)
  const partialBytes = orderBytes(order)
  const pointed = points.get(algorithm)
  if (node.flat && order.map.length >= RANGE_WEIGHTS) {
    const partial = builder.region(`${node.layer} filter gradient`, partialBytes)
    collected.products.push(
      builder.owned({ kind: 'filter-gradient-range', input, gradient, geometry, partial }),
    )
    collected.reductions.push(builder.owned({ kind: 'reduce', partial, partialBytes, slices: 1, order }))
    return
  }
  const { slices } = builder
  const partial = builder.region(`${node.layer} filter gradient`, partialBytes * slices)
  if (algorithm === 'direct' || pointed === undefined) {
    builder.slice({ kind: 'filter-gradient', input, gradient, geometry, partial, partialBytes }, node.flat)
    collected.reductions.push(builder.owned({ kind: 'reduce', partial, partialBytes, slices, order }))
    return
  }
  const tiling = tilingOf(node, algorithm)
  writeWinogradFilterGradient(builder, { input, gradient: pointed, tiling, partial, partialBytes })
  collected.reductions.push(builder.owned({ kind: 'winograd-reduce', partial, partialBytes, slices, order }))
}

function inputGradient(
  { builder, parameters }: LinearTools,
  { node, output, geometry, choice }: PlacedLinear,
  gradient: Tensor,
  points: GradientPoints,
  result: Tensor,
): void {
  const kernel = findTensor(parameters, node.layer, 'kernel')
  const algorithm = choice.inputGradient ?? 'direct'
  const pointed = points.get(algorithm)
  const name = `${kernel.name} backward`
  if (algorithm !== 'direct' && pointed !== undefined) {
    const order = builder.order(name, gradientTapMap(node, kernel, result.lanes), filterOf(node, algorithm))
    const weights = builder.packing(name, order).target
    const tiling = tilingOf(node, algorithm)
    writeWinogradInputGradient(builder, { gradient: pointed, output: result, weights, tiling })
    return
  }
  const order = builder.order(name, gradientMap(node, kernel, result.lanes))
  builder.slice(
    {
      kind: 'convolve',
      input: gradient,
      output: result,
      vectors: (node.flat ? imageBytes(result) : result.lanes * 4) / 16,
      weights: builder.packing(name, order).target,
      geometry: {
        rows: geometry.rows,
        run: (node.flat ? 1 : node.kernel) * output.lanes,
        rowPadding: gradient.pad,
        inputHeight: output.height,
        flat: node.flat,
      },
      ending: null,
    },
    node.flat,
  )
}

/**
 * What a node read, for its filter gradient. Norm and dropout are applied once more rather than stored for the whole batch: their
 * own input is read on the way back anyway, and memory is slower than arithmetic.
 */
function inputAgain(builder: PlanBuilder, { node, input }: PlacedLinear, below: Placed | undefined): Tensor {
  if (below === undefined || !('mask' in below) || node.flat) return input
  const { norm, mask } = below
  const { activation } = below.node
  const again = builder.tensor('point again', input, input.pad)
  builder.begin({ layer: below.node.layer, backward: true })
  builder.slice({ kind: 'apply', input: below.input, output: again, norm, activation, mask }, isFlat(input))
  builder.begin({ layer: node.layer, backward: true })
  return again
}

/** Back through the node's own activation, into the layout its kernels read, with the bias's sums; nothing where nothing is due. */
function finishGradient(
  builder: PlanBuilder,
  biasSums: Map<PlacedLinear, Sums>,
  current: PlacedLinear,
  gradient: Tensor,
): Tensor {
  const { node, output } = current
  const pad = gradientPad(current)
  if (node.activation.kind === 'none' && !node.bias && gradient.pad === pad) return gradient
  const result = gradient.pad === pad ? gradient : builder.tensor('finished gradient', output, pad)
  builder.slice(
    {
      kind: 'undo',
      gradient,
      value: output,
      output: result,
      norm: null,
      activation: node.activation,
      mask: null,
      sums: sumsForBias(builder, biasSums, current),
    },
    isFlat(output),
  )
  return result
}

function sumsForBias(
  builder: PlanBuilder,
  biasSums: Map<PlacedLinear, Sums>,
  linear: PlacedLinear,
): Sums | null {
  if (!linear.node.bias) return null
  const sums = builder.sums(`${linear.node.layer} bias sums`, linear.output.lanes)
  biasSums.set(linear, sums)
  return sums
}

/** Where a point node sends its input's gradient: straight through the activation of a linear node below, where there is one. */
function targetBelow(
  tools: { readonly builder: PlanBuilder; readonly biasSums: Map<PlacedLinear, Sums> },
  below: Placed,
  ownActivation: boolean,
): { readonly output: Tensor; readonly through: PlacedLinear | null; readonly sums: Sums | null } {
  if ('geometry' in below && !(ownActivation && below.node.activation.kind !== 'none')) {
    const output = tools.builder.tensor('finished gradient', below.output, gradientPad(below))
    return { output, through: below, sums: sumsForBias(tools.builder, tools.biasSums, below) }
  }
  return {
    output: tools.builder.tensor('gradient', below.output, 0),
    through: null,
    sums: null,
  }
}

function pointBackward(
  tools: { readonly builder: PlanBuilder; readonly biasSums: Map<PlacedLinear, Sums> },
  current: PlacedPoint,
  incoming: Incoming,
  below: Placed | undefined,
): Incoming {
  const { builder } = tools
  const { node, input, norm, mask } = current
  const { gradient } = incoming
  const flat = isFlat(input)
  const undo = { kind: 'undo', gradient, value: input, mask } as const
  if (norm === null) {
    if (below === undefined) return incoming
    const { output, through, sums } = targetBelow(tools, below, node.activation.kind !== 'none')
    const activation = node.activation.kind === 'none' ? through?.node.activation : node.activation
    builder.slice({ ...undo, output, norm, activation: activation ?? NO_ACTIVATION, sums }, flat)
    return { gradient: output, finished: through !== null }
  }
  const { activation } = node
  builder.slice({ ...undo, output: gradient, norm, activation, sums: norm.backwardSums }, flat)
  builder.once({ kind: 'norm-backward', norm })
  if (below === undefined) return incoming
  const { output, through, sums } = targetBelow(tools, below, false)
  const before = through?.node.activation ?? NO_ACTIVATION
  builder.slice(
    { kind: 'undo-normalised', gradient, value: input, output, norm, activation: before, sums },
    flat,
  )
  return { gradient: output, finished: through !== null }
}

function poolBackward(
  builder: PlanBuilder,
  current: Exclude<Placed, PlacedLinear | PlacedPoint>,
  incoming: Incoming,
  below: Placed,
): Incoming {
  const { gradient } = incoming
  if ('winners' in current) {
    const { winners } = current
    if (winners === null) throw new RangeError('a plan for prediction notes no winners and has no way back')
    if (takesPooled(below, current.node.size)) return { gradient, finished: true, winners }
    const output = gradientOf(builder, below, current)
    builder.slice({ kind: 'max-unpool', gradient, output, size: current.node.size, winners }, false)
    return { gradient: output, finished: false }
  }
  const output = gradientOf(builder, below, current)
  if (current.node.kind === 'average-pool')
    builder.slice({ kind: 'average-unpool', gradient, output, size: current.node.size }, false)
  else builder.slice({ kind: 'unflatten', gradient, output }, false)
  return { gradient: output, finished: false }
}
