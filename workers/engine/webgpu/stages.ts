/**
 * A model's nodes gathered into stages. A stage stores one tensor; what normalises, activates or drops its values is not
 * stored but applied by whoever reads them (its view), so that a layer costs one dispatch in each direction.
 */
import { EPSILON, type ModelSpec, type Shape } from '../../../src/domain/model/spec'
import { nodesOf, type LinearNode, type Node, type PointNode } from '../nodes'
import type { Activation } from '../plan'

/** What a reader does to a stage's stored values: normalise, activate, drop, average over the plane, in this order. */
interface View {
  /** The batch-norm layer's index. */
  readonly norm: number | null
  readonly activation: Activation
  readonly dropout: PointNode['dropout']
  /** One value a channel: the mean over the plane. */
  readonly pooled: boolean
}

interface Linear {
  readonly kind: 'linear'
  readonly layer: number
  readonly kernel: { readonly height: number; readonly width: number }
  readonly padding: number
  readonly bias: boolean
  /** One output pixel that sees the whole input: a matrix product over images. */
  readonly flat: boolean
  /** Applied before storing: the stored value tells its gradient. */
  readonly activation: Activation
  /** The size of the max pool that is taken before storing, of which only the maxima and their places are kept. */
  readonly pool: number | null
}

type Operation =
  | Linear
  | { readonly kind: 'max-pool'; readonly size: number }
  /** `size` 0: adaptive windows. */
  | { readonly kind: 'average-pool'; readonly size: number }
  /** The previous stage's view stored as it is, or flattened. */
  | { readonly kind: 'copy' }
  /** The batch's images, normalised. */
  | { readonly kind: 'gather' }

export interface Stage {
  readonly index: number
  readonly operation: Operation
  /** What the operation reads, after the previous stage's view. */
  readonly input: Shape
  /** The stored tensor, before this stage's view. */
  readonly output: Shape
  readonly view: View
}

export interface Network {
  readonly stages: readonly Stage[]
  readonly classes: number
  /** The last stage is a small matrix product, computed where the loss is. */
  readonly headInLoss: boolean
}

/** A stage that computes a product. */
export type LinearStage = Stage & { readonly operation: Linear }

export function isLinear(stage: Stage): stage is LinearStage {
  return stage.operation.kind === 'linear'
}

/** The first stage reads bytes of images itself. */
export function readsImages(stage: Stage): boolean {
  return stage.index === 0
}

/** Channels in fours: how tensors are stored. */
export function fours(channels: number): number {
  return Math.ceil(channels / 4)
}

export function pixels({ height, width }: Shape): number {
  return height * width
}

/** The constant under a batch norm's root, as WGSL text. */
export const EPSILON_TEXT = EPSILON.toString()

const NO_ACTIVATION: Activation = { kind: 'none' }
const PLAIN_VIEW: View = { norm: null, activation: NO_ACTIVATION, dropout: null, pooled: false }
/** Inputs of the last product above which it is a dispatch of its own. */
const HEAD_INPUTS = 1024
/** Above this, a first convolution of single-channel images is no longer unrolled over its columns. */
const IMAGE_KERNEL = 7

/**
 * The stages of a spec, in order.
 * @throws RangeError when the spec cannot be built.
 */
export function networkOf(spec: ModelSpec): Network {
  const nodes = nodesOf(spec, 'train')
  const stages: Stage[] = []
  let flattened: Shape | null = null

  function add(operation: Operation, input: Shape, output: Shape): void {
    stages.push({ index: stages.length, operation, input, output, view: PLAIN_VIEW })
  }

  function addCopy(input: Shape, output: Shape): void {
    add(stages.length === 0 ? { kind: 'gather' } : { kind: 'copy' }, input, output)
  }

  function view(change: Partial<View>): void {
    const last = stages.at(-1)
    if (last !== undefined) stages[stages.length - 1] = { ...last, view: { ...last.view, ...change } }
  }

  for (const [at, node] of nodes.entries()) {
    const next = nodes[at + 1]
    const last = stages.at(-1)
    switch (node.kind) {
      case 'linear':
        if (last === undefined && !readsImagesWell(node) && flattened === null)
          addCopy(node.input, node.input)
        add(linearOf(node, flattened), flattened ?? node.input, node.output)
        flattened = null
        break
      case 'point': {
        if (last === undefined || last.view !== PLAIN_VIEW) addCopy(node.shape, node.shape)
        const { norm, activation, dropout } = node
        view({ norm, activation, dropout })
        break
      }
      case 'max-pool':
        if (last !== undefined && takesPool(last)) {
          const { operation } = last
          stages[stages.length - 1] = {
            ...last,
            operation: { ...operation, pool: node.size },
            output: node.output,
          }
        } else {
          if (last === undefined) addCopy(node.input, node.input)
          add({ kind: 'max-pool', size: node.size }, node.input, node.output)
        }
        break
      case 'average-pool':
        if (last === undefined) addCopy(node.input, node.input)
        if (coversPlane(node) && (next === undefined || next.kind === 'linear') && last?.view.pooled !== true)
          view({ pooled: true })
        else add({ kind: 'average-pool', size: node.size }, node.input, node.output)
        break
      case 'flatten':
        if (next?.kind === 'linear' && last !== undefined) flattened = node.input
        else addCopy(node.input, node.output)
    }
  }
  return { stages, classes: stages.at(-1)?.output.channels ?? 0, headInLoss: endsInSmallProduct(stages) }
}

function linearOf(node: LinearNode, flattened: Shape | null): Linear {
  const { layer, padding, bias, flat, activation } = node
  const kernel = flattened ?? { height: node.kernel, width: node.kernel }
  return {
    kind: 'linear',
    layer,
    kernel: { height: kernel.height, width: kernel.width },
    padding,
    bias,
    flat,
    activation,
    pool: null,
  }
}

function readsImagesWell({ input, kernel, flat }: LinearNode): boolean {
  return input.channels === 1 && !flat && kernel <= IMAGE_KERNEL
}

/** A 1×1 convolution takes the pool behind it: no pixel is needed by two windows. */
function takesPool(stage: Stage): stage is LinearStage {
  if (!isLinear(stage) || stage.view !== PLAIN_VIEW || stage.index === 0) return false
  const { kernel, flat, pool } = stage.operation
  return kernel.height === 1 && kernel.width === 1 && !flat && pool === null
}

function coversPlane({ input, output, size }: Extract<Node, { kind: 'average-pool' }>): boolean {
  if (size === 0) return pixels(output) === 1
  return size === input.height && size === input.width
}

function endsInSmallProduct(stages: readonly Stage[]): boolean {
  const last = stages.at(-1)
  if (last === undefined || !isLinear(last) || readsImages(last)) return false
  const { flat, activation } = last.operation
  const inputs = pixels(last.input) * fours(last.input.channels) * 4
  return flat && activation.kind === 'none' && last.view === PLAIN_VIEW && inputs <= HEAD_INPUTS
}
