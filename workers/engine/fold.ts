/**
 * Batch norm with fixed statistics is a scale and a shift a channel, so a linear layer beside it can take it in: before it
 * always, behind it where the layer sees no zero padding. Computed in float64, rounded once.
 */
import { findTensor, parameterTable } from '../../src/domain/model/parameters'
import { inferShapes } from '../../src/domain/model/shapes'
import { EPSILON, type LayerSpec, type ModelSpec } from '../../src/domain/model/spec'

export interface FoldedModel {
  readonly spec: ModelSpec
  readonly weights: Float32Array
}

/** A linear layer's numbers in float64: kernel [taps][inputs][outputs] and bias. */
interface Linear {
  readonly kernel: Float64Array
  readonly bias: Float64Array
  readonly inputs: number
  readonly outputs: number
  /** Whether it must have a bias: of its own, or a norm's shift. */
  readonly biased: boolean
}

interface Affine {
  readonly scale: Float64Array
  readonly shift: Float64Array
}

/**
 * The same function with as few batch norms as possible, for prediction only. Layers that prediction skips are left
 * out. The spec depends on the given one alone, not on the weights.
 */
export function foldBatchNorm(spec: ModelSpec, weights: Float32Array): FoldedModel {
  const shapes = inferShapes(spec)
  const table = parameterTable(spec)
  const read = (layer: number, role: Parameters<typeof findTensor>[2]): Float64Array => {
    const { offset, size } = findTensor(table, layer, role)
    return Float64Array.from(weights.subarray(offset, offset + size))
  }
  const kept: { layer: LayerSpec; linear: Linear | null; norm: Float64Array[] | null }[] = []
  let pending: Affine | null = null
  let pendingNorm: { layer: LayerSpec; norm: Float64Array[] } | null = null
  spec.layers.forEach((layer, index) => {
    if (layer.kind === 'dropout' || layer.kind === 'dropout-2d') return
    if (pending !== null && pendingNorm !== null && !canTakeIn(layer)) {
      kept.push({ ...pendingNorm, linear: null })
      pending = pendingNorm = null
    }
    if (layer.kind === 'conv' || layer.kind === 'dense') {
      const outputs = layer.kind === 'conv' ? layer.filters : layer.units
      const inputs = (index === 0 ? spec.input : shapes[index - 1])?.channels ?? 0
      const bias = layer.bias ? read(index, 'bias') : new Float64Array(outputs)
      let linear: Linear = { kernel: read(index, 'kernel'), bias, inputs, outputs, biased: layer.bias }
      if (pending !== null) linear = scaledInputs(linear, pending)
      pending = pendingNorm = null
      kept.push({ layer, linear, norm: null })
      return
    }
    if (layer.kind === 'batch-norm') {
      const norm = (['scale', 'shift', 'running-mean', 'running-variance'] as const).map((role) =>
        read(index, role),
      )
      const affine = affineOf(norm)
      const before = kept.at(-1)
      if (before?.linear) before.linear = scaledOutputs(before.linear, affine)
      else {
        pending = affine
        pendingNorm = { layer, norm }
      }
      return
    }
    kept.push({ layer, linear: null, norm: null })
  })
  if (pendingNorm !== null)
    kept.push({ ...(pendingNorm as { layer: LayerSpec; norm: Float64Array[] }), linear: null })
  return assemble(spec, kept)
}

/** Whether a layer can take in the scale and shift before it: not where padding zeros would have to be shifted too. */
function canTakeIn(layer: LayerSpec): boolean {
  return layer.kind === 'dense' || (layer.kind === 'conv' && layer.padding === 0)
}

function affineOf([gamma, beta, mean, variance]: Float64Array[]): Affine {
  const scale = new Float64Array(gamma?.length ?? 0)
  const shift = new Float64Array(scale.length)
  for (let c = 0; c < scale.length; c++) {
    const factor = (gamma?.[c] ?? 0) / Math.sqrt((variance?.[c] ?? 0) + EPSILON)
    scale[c] = factor
    shift[c] = (beta?.[c] ?? 0) - (mean?.[c] ?? 0) * factor
  }
  return { scale, shift }
}

function scaledOutputs(linear: Linear, { scale, shift }: Affine): Linear {
  const { outputs } = linear
  return {
    ...linear,
    biased: true,
    kernel: linear.kernel.map((value, i) => value * (scale[i % outputs] ?? 0)),
    bias: linear.bias.map((value, c) => value * (scale[c] ?? 0) + (shift[c] ?? 0)),
  }
}

function scaledInputs(linear: Linear, { scale, shift }: Affine): Linear {
  const { inputs, outputs } = linear
  const bias = Float64Array.from(linear.bias)
  const kernel = linear.kernel.map((value, i) => {
    const input = Math.floor(i / outputs) % inputs
    bias[i % outputs] = (bias[i % outputs] ?? 0) + value * (shift[input] ?? 0)
    return value * (scale[input] ?? 0)
  })
  return { ...linear, biased: true, kernel, bias }
}

function assemble(
  spec: ModelSpec,
  kept: readonly { layer: LayerSpec; linear: Linear | null; norm: Float64Array[] | null }[],
): FoldedModel {
  const layers = kept.map(({ layer, linear }): LayerSpec =>
    linear !== null && (layer.kind === 'conv' || layer.kind === 'dense')
      ? { ...layer, bias: linear.biased }
      : layer,
  )
  const folded: ModelSpec = { ...spec, layers }
  const table = parameterTable(folded)
  const weights = new Float32Array(table.total)
  const roles = ['scale', 'shift', 'running-mean', 'running-variance']
  for (const { layer, role, offset } of table.tensors) {
    const entry = kept[layer]
    const values =
      role === 'kernel'
        ? entry?.linear?.kernel
        : role === 'bias'
          ? entry?.linear?.bias
          : entry?.norm?.[roles.indexOf(role)]
    if (values !== undefined) weights.set(values, offset)
  }
  return { spec: folded, weights }
}
