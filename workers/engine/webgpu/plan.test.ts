/** What a step costs a GPU, told by its plan: no GPU is needed. */
import { describe, expect, it } from 'vitest'
import { findPreset, presetNames } from '../../../src/domain/model/presets'
import { parameterTable } from '../../../src/domain/model/parameters'
import type { LayerSpec, ModelSpec } from '../../../src/domain/model/spec'
import type { Recipe } from '../../../src/domain/training/recipe'
import { jobOf } from '../job.testing'
import { NOWHERE } from './layout'
import { gpuPlan, stepDispatches, uploadedBytes, type GpuPlan } from './plan'
import { networkOf } from './stages'
import { findTiles, GPU_TILES, SOFTWARE_TILES, type Tiles } from './tiles'

const ALL_TILES: readonly Tiles[] = [SOFTWARE_TILES, ...GPU_TILES]
const WHOLE_RECIPE: Partial<Recipe> = {
  optimizer: { kind: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 },
  clipNorm: 1,
  labelSmoothing: 0.1,
  averageDecay: 0.99,
}
const AUGMENT = { rotation: 10, shift: 2, scale: 0.1, shear: 5, elastic: 1, thickness: 0.5 }

/** What WebGPU promises of every device. */
const LIMITS = { storageBuffers: 8, workgroupBytes: 16_384, binding: 134_217_728, workgroups: 65_535 }

function preset(name: string): ModelSpec {
  const search = findPreset(name)
  if (search.kind === 'unknown') throw new Error(search.message)
  return search.spec
}

function planOf(name: string, tiles: Tiles, recipe: Partial<Recipe> = {}, batch = 128): GpuPlan {
  return gpuPlan(jobOf(preset(name), batch, recipe), tiles)
}

describe.each(ALL_TILES)('the default preset with tiles $name', (tiles) => {
  it('takes 18 dispatches a step, whatever the recipe, and one more where images are changed', () => {
    expect(stepDispatches(planOf('rf5-13k', tiles))).toHaveLength(18)
    expect(stepDispatches(planOf('rf5-13k', tiles, WHOLE_RECIPE))).toHaveLength(18)
    expect(stepDispatches(planOf('rf5-13k', tiles, { ...WHOLE_RECIPE, augment: AUGMENT }))).toHaveLength(19)
  })

  it('uploads no more than 1 KiB a step', () => {
    expect(uploadedBytes(planOf('rf5-13k', tiles, WHOLE_RECIPE))).toBeLessThanOrEqual(1024)
  })
})

describe.each(presetNames)('preset %s', (name) => {
  it.each(ALL_TILES)('stays within the limits of every device with tiles $name', (tiles) => {
    const plan = planOf(name, tiles, { ...WHOLE_RECIPE, augment: AUGMENT })
    for (const { kernel, operation } of [...stepDispatches(plan), plan.pack]) {
      expect(kernel.bindings.length, operation).toBeLessThanOrEqual(LIMITS.storageBuffers)
      expect(kernel.workgroups, operation).toBeLessThanOrEqual(LIMITS.workgroups)
      expect(workgroupBytes(kernel.source), operation).toBeLessThanOrEqual(LIMITS.workgroupBytes)
      expect(new Set(kernel.bindings.map(({ buffer }) => buffer)).size).toBe(kernel.bindings.length)
    }
    for (const [buffer, bytes] of plan.buffers) expect(bytes, buffer).toBeLessThanOrEqual(LIMITS.binding)
  })

  it('packs every value once, and nothing over another', () => {
    const { layout, table } = planOf(name, SOFTWARE_TILES)
    const places = [...layout.positions].filter((place) => place !== NOWHERE)
    expect(new Set(places).size).toBe(places.length)
    expect(places.every((place) => place < 4 * layout.packedSize)).toBe(true)
    const unread = Array.from({ length: table.trainable }, (_, i) => layout.positions[2 * i])
    expect(unread.includes(NOWHERE)).toBe(false)
  })

  it('adds up the gradient of every trainable value, in order', () => {
    const { layout, table } = planOf(name, SOFTWARE_TILES)
    let next = 0
    for (const { offset, size } of layout.gradients) {
      expect(offset).toBe(next)
      next += size
    }
    expect(next).toBe(table.trainable)
  })
})

it('keeps the number of dispatches of every preset', () => {
  const counts = presetNames.map((name) => [name, stepDispatches(planOf(name, GPU_TILES[0])).length])
  expect(Object.fromEntries(counts)).toEqual({
    'rf5-13k': 18,
    'lenet-512': 14,
    skeleton: 20,
    lite: 20,
    'lite-bn': 20,
    'lite-bn-drop': 20,
    gap: 19,
    'gap-wide': 21,
    'pytorch-basic': 14,
    'cnn-32-64-128': 22,
    'cnn-64-128-256': 22,
  })
})

describe('stages', () => {
  const conv: LayerSpec = { kind: 'conv', filters: 5, kernel: 3, padding: 0, bias: false }
  const pointwise: LayerSpec = { ...conv, kernel: 1 }
  const end: readonly LayerSpec[] = [{ kind: 'flatten' }, { kind: 'dense', units: 10, bias: true }]

  function kinds(layers: readonly LayerSpec[]): readonly string[] {
    const spec: ModelSpec = { name: 'net', input: { height: 28, width: 28, channels: 1 }, layers }
    parameterTable(spec)
    return networkOf(spec).stages.map(({ operation }) => operation.kind)
  }

  it('take norm, activation and dropout as a view', () =>
    expect(
      kinds([conv, { kind: 'batch-norm' }, { kind: 'relu' }, { kind: 'dropout', rate: 0.5 }, conv, ...end]),
    ).toEqual(['linear', 'linear', 'linear']))

  it('take the pool behind a 1×1 convolution, and no other', () => {
    const pool: LayerSpec = { kind: 'max-pool', size: 2 }
    expect(kinds([conv, pointwise, pool, ...end])).toEqual(['linear', 'linear', 'linear'])
    expect(kinds([conv, conv, pool, ...end])).toEqual(['linear', 'linear', 'max-pool', 'linear'])
  })

  it('store a view under another view', () => {
    const norm: LayerSpec = { kind: 'batch-norm' }
    expect(kinds([conv, norm, norm, ...end])).toEqual(['linear', 'copy', 'linear'])
  })

  it('begin with stored images where a kernel cannot read bytes well', () => {
    expect(kinds([{ kind: 'flatten' }, { kind: 'dense', units: 10, bias: true }])).toEqual([
      'gather',
      'linear',
    ])
    expect(kinds([{ ...conv, kernel: 9 }, ...end])).toEqual(['gather', 'linear', 'linear'])
  })
})

it('finds tiles by the name that a run records', () => {
  for (const tiles of ALL_TILES) expect(findTiles(tiles.name)).toBe(tiles)
  expect(findTiles('unheard of')).toBeNull()
})

/** Bytes of all `var<workgroup>` arrays. */
function workgroupBytes(source: string): number {
  const sizes: Record<string, number> = { vec4f: 16, vec2f: 8, vec2i: 8, f32: 4, i32: 4 }
  return [...source.matchAll(/var<workgroup> \w+: array<(\w+), (\d+)>/g)].reduce(
    (sum, [, type = '', count = '']) => sum + (sizes[type] ?? Number.NaN) * Number(count),
    0,
  )
}
