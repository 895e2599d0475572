import { inputShapes, shapeSize } from '../model/shapes'
import type { ModelSpec, Shape } from '../model/spec'

/**
 * The same values with the axes in another order, C order before and after.
 * @param order which axis of `shape` each axis of the result is: [3, 2, 0, 1] makes [out, in, h, w] of [h, w, in, out]
 */
export function permuted(
  values: Float32Array,
  shape: readonly number[],
  order: readonly number[],
): Float32Array<ArrayBuffer> {
  const steps = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, extent) => product * extent, 1))
  const extents = order.map((axis) => shape[axis] ?? 1)
  const strides = order.map((axis) => steps[axis] ?? 0)
  const result = new Float32Array(values.length)
  const at = extents.map(() => 0)
  let from = 0
  for (let to = 0; to < result.length; to++) {
    result[to] = values[from] ?? Number.NaN
    // Counts up like an odometer, the last axis fastest.
    for (let axis = extents.length - 1; axis >= 0; axis--) {
      const next = (at[axis] ?? 0) + 1
      from += strides[axis] ?? 0
      if (next < (extents[axis] ?? 1)) {
        at[axis] = next
        break
      }
      from -= next * (strides[axis] ?? 0)
      at[axis] = 0
    }
  }
  return result
}

/** The order that takes a permuted array back. */
export function inverseOrder(order: readonly number[]): readonly number[] {
  return order.map((_, axis) => order.indexOf(axis))
}

/**
 * For each layer the field that its input vector was flattened from; null where its input is no flattened field. Rows of
 * a kernel behind a flatten follow the field channels-last here, channels-first in PyTorch.
 */
export function flattenedFields(spec: ModelSpec): readonly (Shape | null)[] {
  const inputs = inputShapes(spec)
  let field: Shape | null = null
  return spec.layers.map((layer, index) => {
    const before = field
    const input = inputs[index] ?? spec.input
    if (layer.kind === 'flatten') {
      if (shapeSize(input) !== input.channels) field = input
    } else if (layer.kind === 'dense' || layer.kind === 'conv') field = null
    return before
  })
}
