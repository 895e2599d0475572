/** Small nets for the WebGPU engine's trials. */
import type { LayerSpec, ModelSpec } from '../../../src/domain/model/spec'

const RELU: LayerSpec = { kind: 'relu' }
const NORM: LayerSpec = { kind: 'batch-norm' }
const FLATTEN: LayerSpec = { kind: 'flatten' }

function conv(filters: number, kernel: number, padding = 0, bias = false): LayerSpec {
  return { kind: 'conv', filters, kernel, padding, bias }
}
function dense(units: number, bias = true): LayerSpec {
  return { kind: 'dense', units, bias }
}
function dropout(rate: number, kind: 'dropout' | 'dropout-2d' = 'dropout'): LayerSpec {
  return { kind, rate }
}

/** 28×28 → 8×8, through a kernel too large to read bytes itself. */
const STEM: readonly LayerSpec[] = [conv(3, 5, 0, true), { kind: 'max-pool', size: 3 }, RELU]

function net(name: string, layers: readonly LayerSpec[]): ModelSpec {
  return { name, input: { height: 28, width: 28, channels: 1 }, layers }
}

/** Between them they meet every kernel. */
export const NETS: readonly ModelSpec[] = [
  net('convolutions', [
    ...STEM,
    conv(5, 3, 1),
    RELU,
    conv(17, 5, 2, true),
    { kind: 'leaky-relu', slope: 0.1 },
    conv(6, 2),
    { kind: 'leaky-relu', slope: 0.3 },
    FLATTEN,
    dense(10),
  ]),
  net('norms', [
    ...STEM,
    conv(7, 3),
    NORM,
    RELU,
    dropout(0.25),
    { kind: 'max-pool', size: 2 },
    NORM,
    conv(10, 1),
    RELU,
    NORM,
    { kind: 'global-average-pool' },
  ]),
  net('pooled products', [
    conv(6, 9, 0, true),
    RELU,
    conv(5, 1, 0, true),
    RELU,
    { kind: 'max-pool', size: 3 },
    NORM,
    dropout(0.2),
    FLATTEN,
    dropout(0.5),
    dense(21),
    NORM,
    RELU,
    dense(10),
    NORM,
  ]),
  net('averages', [
    ...STEM,
    dropout(0.5, 'dropout-2d'),
    { kind: 'average-pool', size: 2 },
    conv(9, 2),
    dropout(0.5, 'dropout-2d'),
    { kind: 'adaptive-average-pool', size: 2 },
    FLATTEN,
    dense(10, false),
  ]),
  net('vectors', [NORM, FLATTEN, dense(19), RELU, dropout(0.5), dense(10)]),
]

/** Quick to compile. */
export const TINY = net('tiny', [conv(4, 5), RELU, { kind: 'max-pool', size: 6 }, FLATTEN, dense(10)])
