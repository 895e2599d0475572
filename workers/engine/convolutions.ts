/**
 * Which algorithm computes each convolution. Winograd multiplies less and adds more, so it wins where there are many channels; what
 * it costs is estimated from shapes and batch alone, so that every machine and every number of threads chooses alike.
 */
import type { ModelSpec } from '../../src/domain/model/spec'
import type { LinearNode, Node } from './nodes'
import { lanesOf } from './packing'
import type { Algorithm, ConvolutionChoice } from './plan'
import { pointsOf } from './plan'
import { tilingOf } from './winograd'

/** `auto` takes what the cost model says; `winograd-N` forces F(N×N, 3×3) wherever the shape allows it. */
export type ConvolutionPolicy = 'auto' | Algorithm

/** What a choice depends on besides the shapes. */
export interface ConvolutionTask {
  readonly batch: number
  readonly purpose: 'train' | 'predict'
  readonly policy: ConvolutionPolicy
}

const ALGORITHMS = ['direct', 'winograd-2', 'winograd-4'] as const

/** Everything directly: what dense layers do. */
export const ALL_DIRECT: Omit<ConvolutionChoice, 'layer'> = {
  forward: 'direct',
  inputGradient: 'direct',
  filterGradient: 'direct',
}

/** The choice for every convolution layer, by its index; in order. */
export function chooseConvolutions(
  spec: ModelSpec,
  nodes: readonly Node[],
  task: ConvolutionTask,
): ReadonlyMap<number, ConvolutionChoice> {
  const choices = new Map<number, ConvolutionChoice>()
  nodes.forEach((node, index) => {
    if (node.kind === 'linear' && spec.layers[node.layer]?.kind === 'conv')
      choices.set(node.layer, choose(node, index === 0, task))
  })
  return choices
}

/** The choices that are not all direct, in words. */
export function describeConvolutions(choices: readonly ConvolutionChoice[]): readonly string[] {
  return choices.flatMap(({ layer, forward, inputGradient, filterGradient }) => {
    const gradients = [inputGradient, filterGradient].filter((algorithm) => algorithm !== null)
    if ([forward, ...gradients].every((algorithm) => algorithm === 'direct')) return []
    if (gradients.every((algorithm) => algorithm === forward)) return [`layer ${layer}: ${NAMES[forward]}`]
    const [backward = forward] = gradients
    return [`layer ${layer}: ${NAMES[forward]} forward, ${NAMES[backward]} backward`]
  })
}

const NAMES: Record<Algorithm, string> = {
  direct: 'direct',
  'winograd-2': 'Winograd F(2×2)',
  'winograd-4': 'Winograd F(4×4)',
}

function choose(node: LinearNode, first: boolean, task: ConvolutionTask): ConvolutionChoice {
  const candidates = candidatesFor(node, first, task.policy)
  const forward = cheapest(candidates, (algorithm) => forwardCost(node, algorithm, task))
  if (task.purpose === 'predict')
    return { layer: node.layer, forward, inputGradient: null, filterGradient: null }
  const backward = cheapest(candidates, (algorithm) => backwardCost(node, algorithm, task))
  return { layer: node.layer, forward, inputGradient: first ? null : backward, filterGradient: backward }
}

/** What the shape allows of what the policy wants. A first layer's pixels are single values, which the transforms cannot read. */
function candidatesFor(node: LinearNode, first: boolean, policy: ConvolutionPolicy): readonly Algorithm[] {
  const possible = node.kernel === 3 && !node.flat && !first
  if (!possible) return ['direct']
  return policy === 'auto' ? ALGORITHMS : [policy]
}

function cheapest(candidates: readonly Algorithm[], cost: (algorithm: Algorithm) => number): Algorithm {
  return candidates.reduce((best, candidate) => (cost(candidate) < cost(best) ? candidate : best))
}

/**
 * What an image costs, in the time of a multiply-add; fitted to within a tenth to measurements of all presets' layers. Besides the
 * products there are the values that pass through transforms (or a direct kernel's loads and stores), a pixel's or a point's;
 * partial sums that each block of images goes through; and the weights transformed once a step.
 */
const COST = {
  directValue: 16,
  forwardValue: 6,
  backwardInput: 12,
  backwardOutput: 2,
  /** Products of gradients run over a few tiles only. */
  backwardProduct: 2.2,
  partialSum: 4,
  transformedWeight: 60,
}

function forwardCost(node: LinearNode, algorithm: Algorithm, { batch, purpose }: ConvolutionTask): number {
  const { inputs, outputs, pixels } = extent(node)
  if (algorithm === 'direct') return pixels * (9 * inputs * outputs + COST.directValue * (inputs + outputs))
  const { tiles, points } = tilesOf(node, algorithm)
  const aTile = inputs * outputs + COST.forwardValue * (inputs + outputs)
  const weights = purpose === 'train' ? (inputs * outputs * COST.transformedWeight) / batch : 0
  return points * (tiles * aTile + weights)
}

/** Both gradients: they share a transform, so they are chosen together. */
function backwardCost(node: LinearNode, algorithm: Algorithm, { batch }: ConvolutionTask): number {
  const { inputs, outputs, pixels } = extent(node)
  if (algorithm === 'direct')
    return 2 * pixels * (9 * inputs * outputs + COST.directValue * (inputs + outputs))
  const { tiles, points } = tilesOf(node, algorithm)
  const products = COST.backwardProduct * inputs * outputs
  const aTile = products + COST.backwardInput * inputs + COST.backwardOutput * outputs
  const weights = inputs * outputs * (COST.partialSum + (2 * COST.transformedWeight) / batch)
  return points * (tiles * aTile + weights)
}

function extent({ input, output }: LinearNode): { inputs: number; outputs: number; pixels: number } {
  return {
    inputs: lanesOf(input.channels),
    outputs: lanesOf(output.channels),
    pixels: output.height * output.width,
  }
}

function tilesOf(
  node: LinearNode,
  algorithm: Exclude<Algorithm, 'direct'>,
): { tiles: number; points: number } {
  const { tile, rows, columns } = tilingOf(node, algorithm)
  return { tiles: rows * columns, points: pointsOf(tile) }
}
