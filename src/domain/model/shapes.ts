import type { LayerSpec, ModelSpec, Shape } from './spec'

/**
 * The output shape of every layer, in order, for one image.
 * @throws RangeError naming the layer when a layer cannot take what reaches it, or the last one does not give (1, 1, classes).
 */
export function inferShapes(spec: ModelSpec): readonly Shape[] {
  requireShape(spec.input, 'the input')
  if (spec.layers.length === 0) throw new RangeError('a model needs at least one layer, found none')
  const shapes: Shape[] = []
  let shape = spec.input
  spec.layers.forEach((layer, index) => {
    shape = outputShape(layer, shape, `layer ${index} (${layer.kind})`)
    shapes.push(shape)
  })
  if (shape.height !== 1 || shape.width !== 1)
    throw new RangeError(
      `the last layer must give one vector of logits (1×1×classes), found ${describeShape(shape)}; ` +
        'end with a convolution over the whole field, a global pool or a dense layer',
    )
  return shapes
}

/** Why a spec cannot be built, or null when it can: for specs that come from people or files. */
export function modelProblem(spec: ModelSpec): string | null {
  try {
    inferShapes(spec)
    return null
  } catch (error) {
    if (error instanceof RangeError) return error.message
    throw error
  }
}

/** `26×26×16`. */
export function describeShape(shape: Shape): string {
  return `${shape.height}×${shape.width}×${shape.channels}`
}

/** Values in one image of this shape. */
export function shapeSize(shape: Shape): number {
  return shape.height * shape.width * shape.channels
}

/** The shape that reaches each layer: the input, then every output but the last. @throws RangeError as {@link inferShapes}. */
export function inputShapes(spec: ModelSpec): readonly Shape[] {
  return [spec.input, ...inferShapes(spec).slice(0, -1)]
}

function outputShape(layer: LayerSpec, input: Shape, where: string): Shape {
  switch (layer.kind) {
    case 'conv':
      return convolved(layer, input, where)
    case 'dense':
      requireWhole(layer.units, 1, `${where}: units`)
      if (input.height !== 1 || input.width !== 1)
        throw new RangeError(
          `${where} needs a vector (1×1×n), found ${describeShape(input)}; put flatten before it`,
        )
      return { height: 1, width: 1, channels: layer.units }
    case 'batch-norm':
    case 'relu':
      return input
    case 'leaky-relu':
      // Engines read the gradient off the result, whose sign must be the input's.
      if (!(layer.slope >= 0 && layer.slope <= 1))
        throw new RangeError(`${where}: slope must lie in [0, 1], found ${layer.slope}`)
      return input
    case 'dropout':
    case 'dropout-2d':
      if (!(layer.rate >= 0 && layer.rate < 1))
        throw new RangeError(`${where}: rate must lie in [0, 1), found ${layer.rate}`)
      return input
    case 'max-pool':
    case 'average-pool':
      return pooled(layer.size, input, where)
    case 'global-average-pool':
      return { height: 1, width: 1, channels: input.channels }
    case 'adaptive-average-pool':
      requireWhole(layer.size, 1, `${where}: size`)
      return { height: layer.size, width: layer.size, channels: input.channels }
    case 'flatten':
      return { height: 1, width: 1, channels: shapeSize(input) }
  }
}

function convolved(layer: Extract<LayerSpec, { kind: 'conv' }>, input: Shape, where: string): Shape {
  requireWhole(layer.filters, 1, `${where}: filters`)
  requireWhole(layer.kernel, 1, `${where}: kernel`)
  requireWhole(layer.padding, 0, `${where}: padding`)
  if (layer.padding >= layer.kernel)
    throw new RangeError(
      `${where}: padding must be smaller than the kernel (${layer.kernel}), found ${layer.padding}`,
    )
  const height = input.height + 2 * layer.padding - layer.kernel + 1
  const width = input.width + 2 * layer.padding - layer.kernel + 1
  if (height < 1 || width < 1)
    throw new RangeError(
      `${where}: a ${layer.kernel}×${layer.kernel} kernel with padding ${layer.padding} does not fit into ${describeShape(input)}`,
    )
  return { height, width, channels: layer.filters }
}

function pooled(size: number, input: Shape, where: string): Shape {
  requireWhole(size, 1, `${where}: size`)
  const height = Math.floor(input.height / size)
  const width = Math.floor(input.width / size)
  if (height < 1 || width < 1)
    throw new RangeError(`${where}: a ${size}×${size} window does not fit into ${describeShape(input)}`)
  return { height, width, channels: input.channels }
}

function requireShape(shape: Shape, where: string): void {
  requireWhole(shape.height, 1, `${where}: height`)
  requireWhole(shape.width, 1, `${where}: width`)
  requireWhole(shape.channels, 1, `${where}: channels`)
}

function requireWhole(value: number, least: number, what: string): void {
  if (!Number.isInteger(value) || value < least)
    throw new RangeError(`${what} must be a whole number ≥ ${least}, found ${value}`)
}
