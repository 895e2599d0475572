import type { LayerSpec, ModelSpec, Shape } from './spec'

/** The networks of the published systems that the studio reproduces. Their parameter counts are unit tests. */

const INPUT: Shape = { height: 28, width: 28, channels: 1 }
const RELU: LayerSpec = { kind: 'relu' }
const BATCH_NORM: LayerSpec = { kind: 'batch-norm' }
const FLATTEN: LayerSpec = { kind: 'flatten' }
const MAX_POOL: LayerSpec = { kind: 'max-pool', size: 2 }
const GLOBAL_POOL: LayerSpec = { kind: 'global-average-pool' }

function conv(filters: number, kernel = 3, padding = 0): LayerSpec {
  return { kind: 'conv', filters, kernel, padding, bias: false }
}

function biasedConv(filters: number, kernel: number, padding = 0): LayerSpec {
  return { kind: 'conv', filters, kernel, padding, bias: true }
}

function dense(units: number): LayerSpec {
  return { kind: 'dense', units, bias: true }
}

function dropout(rate: number): LayerSpec {
  return { kind: 'dropout', rate }
}

/** conv → ReLU, the ladder's plainest block. */
function plain(filters: number, kernel = 3): LayerSpec[] {
  return [conv(filters, kernel), RELU]
}

/** conv → batch norm → ReLU. */
function normed(filters: number, kernel = 3): LayerSpec[] {
  return [conv(filters, kernel), BATCH_NORM, RELU]
}

/** conv → ReLU → batch norm → dropout 0.1. */
function rectifiedFirst(filters: number, padding = 0): LayerSpec[] {
  return [conv(filters, 3, padding), RELU, BATCH_NORM, dropout(0.1)]
}

/** The two dropped-out stages that `gap` and `gap-wide` begin with: 28×28×1 → 7×7×20. */
function gapStem(): LayerSpec[] {
  return [
    ...normed(10),
    ...normed(10),
    ...normed(20),
    dropout(0.25),
    MAX_POOL,
    ...normed(10, 1),
    ...normed(10),
    ...normed(20),
    dropout(0.25),
  ]
}

function liteBn(drop: readonly LayerSpec[]): LayerSpec[] {
  const first = [...normed(10), ...normed(10), ...normed(20), ...drop, MAX_POOL]
  const second = [...normed(10, 1), ...normed(10), ...normed(20), ...drop, ...normed(10, 1)]
  return [...first, ...second, conv(10, 7), FLATTEN]
}

function denseBlock(units: number, rate: number): LayerSpec[] {
  return [dense(units), BATCH_NORM, RELU, dropout(rate)]
}

function pooledBlock(filters: number): LayerSpec[] {
  return [biasedConv(filters, 3, 1), BATCH_NORM, RELU, MAX_POOL]
}

const LAYERS = {
  'rf5-13k': [
    ...rectifiedFirst(16),
    ...rectifiedFirst(32),
    conv(10, 1),
    MAX_POOL,
    ...rectifiedFirst(16),
    ...rectifiedFirst(16),
    ...rectifiedFirst(16),
    ...rectifiedFirst(16, 1),
    { kind: 'average-pool', size: 6 },
    conv(10, 1),
    FLATTEN,
  ],
  'lenet-512': [
    biasedConv(20, 5),
    RELU,
    MAX_POOL,
    biasedConv(50, 5),
    RELU,
    MAX_POOL,
    FLATTEN,
    dense(512),
    RELU,
    dense(10),
  ],
  skeleton: [
    ...plain(32),
    ...plain(64),
    ...plain(128),
    MAX_POOL,
    ...plain(32, 1),
    ...plain(64),
    ...plain(128),
    ...plain(10, 1),
    conv(10, 7),
    FLATTEN,
  ],
  lite: [
    ...plain(10),
    ...plain(10),
    ...plain(20),
    MAX_POOL,
    ...plain(10, 1),
    ...plain(10),
    ...plain(20),
    ...plain(10, 1),
    conv(10, 7),
    FLATTEN,
  ],
  'lite-bn': liteBn([]),
  'lite-bn-drop': liteBn([dropout(0.25)]),
  gap: [...gapStem(), ...normed(10, 1), GLOBAL_POOL],
  'gap-wide': [...gapStem(), ...normed(32), conv(10, 1), GLOBAL_POOL],
  'pytorch-basic': [
    biasedConv(10, 5),
    MAX_POOL,
    RELU,
    biasedConv(20, 5),
    { kind: 'dropout-2d', rate: 0.5 },
    MAX_POOL,
    RELU,
    FLATTEN,
    dense(50),
    RELU,
    dropout(0.5),
    dense(10),
  ],
  'cnn-32-64-128': [
    ...pooledBlock(32),
    ...pooledBlock(64),
    ...pooledBlock(128),
    { kind: 'adaptive-average-pool', size: 4 },
    FLATTEN,
    ...denseBlock(256, 0.5),
    ...denseBlock(128, 0.5),
    dense(10),
  ],
  'cnn-64-128-256': [
    ...pooledBlock(64),
    ...pooledBlock(128),
    ...pooledBlock(256),
    { kind: 'adaptive-average-pool', size: 4 },
    FLATTEN,
    ...denseBlock(512, 0.3),
    ...denseBlock(256, 0.3),
    dense(10),
  ],
} as const satisfies Record<string, readonly LayerSpec[]>

/** Every preset's name; the first is the studio's default. */
export const presetNames: readonly string[] = Object.keys(LAYERS)

export type PresetSearch =
  | { readonly kind: 'found'; readonly spec: ModelSpec }
  | { readonly kind: 'unknown'; readonly message: string }

/** The preset of this name, or a sentence that names the known ones. */
export function findPreset(name: string): PresetSearch {
  const entry = Object.entries<readonly LayerSpec[]>(LAYERS).find(([known]) => known === name)
  if (entry === undefined)
    return {
      kind: 'unknown',
      message: `unknown preset ${JSON.stringify(name)}; known presets: ${presetNames.join(', ')}`,
    }
  return { kind: 'found', spec: { name, input: INPUT, layers: entry[1] } }
}
