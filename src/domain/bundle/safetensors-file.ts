import type { ModelSpec } from '../model/spec'
import { floatBytes } from './bytes'
import { readSafetensors, writeSafetensors, type SafeTensor } from './safetensors'
import { batchNormNames, flatWeights, torchState } from './torch-state'

/**
 * A model as PyTorch's `load_state_dict` takes it.
 * @param batches that its batch norms saw in training
 */
export function safetensorsOf(
  spec: ModelSpec,
  weights: Float32Array,
  batches: number,
): Uint8Array<ArrayBuffer> {
  const floats = torchState(spec, weights).map((tensor): SafeTensor => ({ dtype: 'F32', ...tensor }))
  const counts = batchNormNames(spec).map((name): SafeTensor => ({
    name: `${name}.num_batches_tracked`,
    dtype: 'I64',
    shape: [],
    values: [batches],
  }))
  return writeSafetensors([...floats, ...counts], { format: 'pt' })
}

/** Why a safetensors file does not hold these weights; null when it does. */
export function safetensorsProblem(spec: ModelSpec, weights: Uint8Array, file: Uint8Array): string | null {
  try {
    const { tensors } = readSafetensors(file)
    const floats = new Map(
      [...tensors].flatMap(([name, tensor]) => (tensor.dtype === 'F32' ? [[name, tensor] as const] : [])),
    )
    const found = floatBytes(flatWeights(spec, floats))
    const same = found.length === weights.length && found.every((byte, at) => byte === weights[at])
    return same ? null : 'it holds other weights'
  } catch (error) {
    if (error instanceof RangeError) return error.message
    throw error
  }
}
