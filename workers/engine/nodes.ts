/** A spec's layers gathered into nodes: what one kernel, or one pass over the values, can do at once. */
import { inferShapes, inputShapes } from '../../src/domain/model/shapes'
import type { LayerSpec, ModelSpec, Shape } from '../../src/domain/model/spec'
import type { Activation } from './plan'

const NO_ACTIVATION: Activation = { kind: 'none' }

interface Pool {
  readonly layer: number
  readonly input: Shape
  readonly output: Shape
  readonly size: number
}

/** `layer` is the first of a node's layers in the spec. */
export type Node =
  | {
      readonly kind: 'linear'
      readonly layer: number
      readonly input: Shape
      readonly output: Shape
      readonly kernel: number
      readonly padding: number
      readonly bias: boolean
      /** The output plane is one pixel that sees the whole input. */
      readonly flat: boolean
      /** Taken from the layer that follows. */
      readonly activation: Activation
    }
  | {
      readonly kind: 'point'
      readonly layer: number
      readonly shape: Shape
      /** The batch-norm layer's index. */
      readonly norm: number | null
      readonly activation: Activation
      readonly dropout: {
        readonly layer: number
        readonly rate: number
        readonly wholeChannels: boolean
      } | null
    }
  | (Pool & { readonly kind: 'max-pool' })
  /** `size` 0: adaptive windows. */
  | (Pool & { readonly kind: 'average-pool' })
  | { readonly kind: 'flatten'; readonly layer: number; readonly input: Shape; readonly output: Shape }

export type LinearNode = Extract<Node, { kind: 'linear' }>
export type PointNode = Extract<Node, { kind: 'point' }>

/**
 * The nodes of a spec, in order. A linear node takes the activation behind it; a point node takes batch norm, activation and
 * dropout where they follow each other in this order. Prediction has no dropout.
 * @throws RangeError when the spec cannot be built.
 */
export function nodesOf(spec: ModelSpec, purpose: 'train' | 'predict'): readonly Node[] {
  const inputs = inputShapes(spec)
  const outputs = inferShapes(spec)
  const nodes: Node[] = []
  spec.layers.forEach((layer, index) => {
    const input = inputs[index] ?? spec.input
    const output = outputs[index] ?? spec.input
    const previous = nodes.at(-1)
    const merged = previous === undefined ? null : merge(previous, layer, index)
    if (isIdentity(layer, input, purpose)) return
    if (merged === null) nodes.push(nodeOf(layer, index, input, output))
    else nodes[nodes.length - 1] = merged
  })
  return nodes
}

function isIdentity(layer: LayerSpec, input: Shape, purpose: 'train' | 'predict'): boolean {
  if (layer.kind === 'flatten') return input.height * input.width === 1
  if (layer.kind === 'dropout' || layer.kind === 'dropout-2d')
    return purpose === 'predict' || layer.rate === 0
  return false
}

/** The node before with this layer taken in, or null when it needs a node of its own. */
function merge(node: Node, layer: LayerSpec, index: number): Node | null {
  const activation = activationOf(layer)
  if (node.kind === 'linear')
    return activation !== null && node.activation.kind === 'none' ? { ...node, activation } : null
  if (node.kind !== 'point' || node.dropout !== null) return null
  if (activation !== null) return node.activation.kind === 'none' ? { ...node, activation } : null
  if (layer.kind === 'dropout' || layer.kind === 'dropout-2d')
    return {
      ...node,
      dropout: { layer: index, rate: layer.rate, wholeChannels: layer.kind === 'dropout-2d' },
    }
  return null
}

function activationOf(layer: LayerSpec): Activation | null {
  if (layer.kind === 'relu') return { kind: 'relu' }
  if (layer.kind === 'leaky-relu') return { kind: 'leaky-relu', slope: layer.slope }
  return null
}

function nodeOf(layer: LayerSpec, index: number, input: Shape, output: Shape): Node {
  switch (layer.kind) {
    case 'conv':
      return {
        kind: 'linear',
        layer: index,
        input,
        output,
        kernel: layer.kernel,
        padding: layer.padding,
        bias: layer.bias,
        flat: layer.padding === 0 && layer.kernel === input.height && layer.kernel === input.width,
        activation: NO_ACTIVATION,
      }
    case 'dense':
      return {
        kind: 'linear',
        layer: index,
        input,
        output,
        kernel: 1,
        padding: 0,
        bias: layer.bias,
        flat: true,
        activation: NO_ACTIVATION,
      }
    case 'batch-norm':
      return {
        kind: 'point',
        layer: index,
        shape: input,
        norm: index,
        activation: NO_ACTIVATION,
        dropout: null,
      }
    case 'relu':
    case 'leaky-relu':
      return {
        kind: 'point',
        layer: index,
        shape: input,
        norm: null,
        activation: activationOf(layer) ?? NO_ACTIVATION,
        dropout: null,
      }
    case 'dropout':
    case 'dropout-2d':
      return {
        kind: 'point',
        layer: index,
        shape: input,
        norm: null,
        activation: NO_ACTIVATION,
        dropout: { layer: index, rate: layer.rate, wholeChannels: layer.kind === 'dropout-2d' },
      }
    case 'max-pool':
      return { kind: 'max-pool', layer: index, input, output, size: layer.size }
    case 'average-pool':
      return { kind: 'average-pool', layer: index, input, output, size: layer.size }
    case 'global-average-pool':
    case 'adaptive-average-pool':
      return { kind: 'average-pool', layer: index, input, output, size: 0 }
    case 'flatten':
      return { kind: 'flatten', layer: index, input, output }
  }
}
