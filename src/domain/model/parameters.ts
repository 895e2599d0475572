import type { ModelSpec } from './spec'

/**
 * Where each tensor of a model lies in its one flat Float32Array. The trainable tensors stand first, in layer order, so that
 * an optimizer is one pass over `[0, trainable)`; the running statistics of batch normalisation follow.
 */
export interface ParameterTensor {
  /** `<layer index>.<role>`, for example `4.kernel`. */
  readonly name: string
  readonly layer: number
  readonly role: 'kernel' | 'bias' | 'scale' | 'shift' | 'running-mean' | 'running-variance'
  /** conv kernel [kh, kw, in, out]; dense kernel [in, out]; everything else [channels]. C order. */
  readonly shape: readonly number[]
  /** First element in the flat array. */
  readonly offset: number
  readonly size: number
  /** Inputs feeding one output, for the initialisation; 0 where it has none. */
  readonly fanIn: number
}

export interface ParameterTable {
  readonly tensors: readonly ParameterTensor[]
  /** Number of trainable values: the parameter count that presets are known by. */
  readonly trainable: number
  /** Length of the flat array: trainable values and running statistics. */
  readonly total: number
}

export type ParameterTableOf = (spec: ModelSpec) => ParameterTable
