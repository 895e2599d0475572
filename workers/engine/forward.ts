/** Writes the forward operations of a plan, and remembers what the backward pass needs of each node. */
import type { ParameterTable, ParameterTensor } from '../../src/domain/model/parameters'
import { findTensor } from '../../src/domain/model/parameters'
import type { ModelSpec } from '../../src/domain/model/spec'
import { dropoutImageSize } from '../../src/domain/training/dropout'
import type { PlanBuilder } from './builder'
import { ALL_DIRECT } from './convolutions'
import type { LinearNode, Node, PointNode } from './nodes'
import { biasMap, forwardMap, forwardTapMap, lanesOf } from './packing'
import type { Algorithm, ConvolutionChoice, Geometry, Mask, Norm, Order, Region, Tensor } from './plan'
import { filterOf, tilingOf, writeWinogradForward } from './winograd'

/** A node with the memory its forward pass was given. */
export type Placed =
  | {
      readonly node: LinearNode
      readonly input: Tensor
      readonly output: Tensor
      readonly geometry: Geometry
      readonly choice: ConvolutionChoice
      /** Of the forward weights. */
      readonly order: Order
    }
  | {
      readonly node: PointNode
      readonly input: Tensor
      readonly output: Tensor
      readonly norm: Norm | null
      readonly mask: Mask | null
    }
  | {
      readonly node: Extract<Node, { kind: 'max-pool' }>
      readonly input: Tensor
      readonly output: Tensor
      readonly winners: Region | null
    }
  | {
      readonly node: Extract<Node, { kind: 'average-pool' | 'flatten' }>
      readonly input: Tensor
      readonly output: Tensor
    }

interface Tools {
  readonly builder: PlanBuilder
  readonly parameters: ParameterTable
  readonly purpose: 'train' | 'predict'
  readonly choices: ReadonlyMap<number, ConvolutionChoice>
}

/** Gathers the images from their bytes and runs every node. The last node's output holds the logits. */
export function writeForward(
  builder: PlanBuilder,
  spec: ModelSpec,
  source: Region,
  nodes: readonly Node[],
  choices: ReadonlyMap<number, ConvolutionChoice>,
  parameters: ParameterTable,
  purpose: 'train' | 'predict',
): readonly Placed[] {
  const [first] = nodes
  // A convolution reads single-channel pixels as they are; any other pass works on vectors of four.
  const inputLanes = first?.kind === 'linear' ? 1 : lanesOf(spec.input.channels)
  let current = builder.tensor('images', spec.input, padFor(first), inputLanes)
  builder.slice({ kind: 'gather', source, output: current }, false)
  return nodes.map((node, index) => {
    builder.begin({ layer: node.layer, backward: false })
    const placed = writeNode({ builder, parameters, purpose, choices }, node, current, nodes[index + 1])
    current = placed.output
    return placed
  })
}

/** Zero columns that the reader of a tensor wants beside its rows. */
function padFor(reader: Node | undefined): number {
  return reader?.kind === 'linear' && !reader.flat ? reader.padding : 0
}

function writeNode(tools: Tools, node: Node, input: Tensor, reader: Node | undefined): Placed {
  const { builder, purpose } = tools
  const shape = node.kind === 'point' ? node.shape : node.output
  const output = builder.tensor(node.kind, shape, padFor(reader))
  switch (node.kind) {
    case 'linear':
      return writeLinear(tools, node, input, output, reader)
    case 'point':
      return writePoint(tools, node, input, output)
    case 'max-pool': {
      const bytes = builder.batch * output.height * output.width * output.lanes
      const winners = purpose === 'train' ? builder.region('winners', bytes) : null
      builder.slice({ kind: 'max-pool', input, output, size: node.size, winners }, false)
      return { node, input, output, winners }
    }
    case 'average-pool':
      builder.slice({ kind: 'average-pool', input, output, size: node.size }, false)
      return { node, input, output }
    case 'flatten':
      builder.slice({ kind: 'flatten', input, output }, false)
      return { node, input, output }
  }
}

function writeLinear(
  tools: Tools,
  node: LinearNode,
  input: Tensor,
  output: Tensor,
  reader: Node | undefined,
): Placed {
  const { builder, parameters, purpose } = tools
  const kernel = findTensor(parameters, node.layer, 'kernel')
  const geometry = linearGeometry(node, input.lanes)
  const choice = tools.choices.get(node.layer) ?? { layer: node.layer, ...ALL_DIRECT }
  const order = forwardOrder(builder, node, kernel, input, choice.forward)
  const weights = builder.packing(`${kernel.name} forward`, order).target
  const bias = node.bias ? packedBias(builder, findTensor(parameters, node.layer, 'bias')) : null
  const { activation } = node
  // A norm's sums need a pass over the output in any case; it then does the rest, too.
  const summed = purpose === 'train' && reader?.kind === 'point' && reader.norm !== null
  const inKernel = !summed && activation.kind !== 'leaky-relu'
  const rectified = activation.kind === 'relu'
  const ending = inKernel && (bias !== null || rectified) ? { bias, rectified } : null
  if (choice.forward === 'direct')
    builder.slice(
      { kind: 'convolve', input, output, vectors: output.lanes / 4, weights, geometry, ending },
      node.flat,
    )
  else {
    const tiling = tilingOf(node, choice.forward)
    writeWinogradForward(builder, { input, output, weights, tiling, ending })
  }
  if (!inKernel && (bias !== null || activation.kind !== 'none'))
    builder.slice({ kind: 'finish', tensor: output, bias, activation, sums: null }, isFlat(output))
  return { node, input, output, geometry, choice, order }
}

/** The order of a forward kernel's weights, in which the filter gradient comes out too. */
export function forwardOrder(
  builder: PlanBuilder,
  node: LinearNode,
  kernel: ParameterTensor,
  input: Tensor,
  algorithm: Algorithm,
): Order {
  if (algorithm === 'direct') return builder.order(kernel.name, forwardMap(node, kernel, input.lanes))
  return builder.order(kernel.name, forwardTapMap(node, kernel, input.lanes), filterOf(node, algorithm))
}

function packedBias(builder: PlanBuilder, bias: ParameterTensor): Region {
  return builder.packing(bias.name, builder.order(bias.name, biasMap(bias))).target
}

/** How a node's forward kernel reads an input that stores `lanes` floats a pixel. */
function linearGeometry(node: LinearNode, lanes: number): Geometry {
  return {
    rows: node.flat ? 1 : node.kernel,
    run: (node.flat ? node.input.height * node.input.width : node.kernel) * lanes,
    rowPadding: node.flat ? 0 : node.padding,
    inputHeight: node.flat ? 1 : node.input.height,
    flat: node.flat,
  }
}

function writePoint(tools: Tools, node: PointNode, input: Tensor, output: Tensor): Placed {
  const { builder, purpose } = tools
  const flat = isFlat(input)
  const norm = node.norm === null ? null : makeNorm(builder, node.norm, input)
  if (norm !== null && purpose === 'train') {
    builder.sumsOf(input, norm.forwardSums, flat)
    builder.once({ kind: 'norm-forward', norm })
  }
  const mask = node.dropout === null ? null : makeMask(builder, node.dropout, input)
  if (mask !== null) builder.slice({ kind: 'dropout-mask', mask }, flat)
  builder.slice({ kind: 'apply', input, output, norm, activation: node.activation, mask }, flat)
  return { node, input, output, norm, mask }
}

/** A plane of one pixel: images stand in for columns. */
export function isFlat(tensor: Tensor): boolean {
  return tensor.height === 1 && tensor.width === 1
}

function makeNorm(builder: PlanBuilder, layer: number, input: Tensor): Norm {
  const { channels, lanes } = input
  const constants = (name: string) => builder.region(`${layer} ${name}`, lanes * 4)
  return {
    layer,
    channels,
    lanes,
    count: builder.batch * input.height * input.width,
    scale: constants('scale'),
    shift: constants('shift'),
    moments: builder.region(`${layer} moments`, 2 * lanes * 8),
    forwardSums: builder.sums(`${layer} forward sums`, lanes),
    backwardSums: builder.sums(`${layer} backward sums`, lanes),
    gradientScale: constants('gradient scale'),
    valueScale: constants('value scale'),
    offset: constants('offset'),
  }
}

function makeMask(builder: PlanBuilder, dropout: NonNullable<PointNode['dropout']>, input: Tensor): Mask {
  const plane = dropout.wholeChannels ? { height: 1, width: 1, channels: input.channels } : input
  const positions = dropoutImageSize(plane)
  return {
    layer: dropout.layer,
    rate: dropout.rate,
    region: builder.region(`${dropout.layer} mask`, (builder.batch * positions) / 8),
    imageBytes: positions / 8,
    rowBits: dropout.wholeChannels ? 0 : input.width * input.lanes,
    // A flat pass steps from image to image, and an image's mask is whole bytes.
    pixelBits: isFlat(input) ? positions : dropout.wholeChannels ? 0 : input.lanes,
  }
}
