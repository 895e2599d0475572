import { PURPOSE, randomUnit, streamKey } from '../random'
import { parameterTable } from './parameters'
import type { ModelSpec } from './spec'

/**
 * Fresh weights as PyTorch makes them: kernels and biases of convolutions and dense layers uniform in ±1/√fanIn
 * (kaiming_uniform with a = √5), batch-norm scale 1, shift 0, running mean 0, running variance 1.
 * The value at flat position i is drawn from position i of the stream (seed, initialise, 0), computed in float64 and rounded
 * once to float32. (The numbers are ours, the distribution is PyTorch's.)
 * @throws RangeError when the spec cannot be built.
 */
export function initialWeights(spec: ModelSpec, seed: number): Float32Array {
  const table = parameterTable(spec)
  const key = streamKey(seed, PURPOSE.initialise, 0)
  const weights = new Float32Array(table.total)
  for (const { role, offset, size, fanIn } of table.tensors) {
    if (role === 'kernel' || role === 'bias') {
      const bound = 1 / Math.sqrt(fanIn)
      for (let i = offset; i < offset + size; i++) weights[i] = (2 * randomUnit(key, i) - 1) * bound
    } else if (role === 'scale' || role === 'running-variance') weights.fill(1, offset, offset + size)
  }
  return weights
}
