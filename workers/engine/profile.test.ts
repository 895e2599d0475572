import { afterEach, describe, expect, it } from 'vitest'
import { findPreset, presetNames } from '../../src/domain/model/presets'
import type { ModelSpec } from '../../src/domain/model/spec'
import { seededDigits } from './agreement.testing'
import { compilePlan } from './compile'
import type { EngineHost, TrainingEngine } from './contract'
import { freshState, jobOf } from './job.testing'
import { nodeHost, threadedHost } from './node-host.testing'
import type { Operation } from './plan'
import { createWasmTrainingEngine } from './wasm/training'

const BATCH = 12
const digits = seededDigits(BATCH, 3)
const indices = Uint32Array.from({ length: BATCH }, (_, i) => i)

const open: TrainingEngine[] = []
afterEach(() => {
  for (const engine of open.splice(0)) engine.dispose()
})

function presetSpec(name: string): ModelSpec {
  const search = findPreset(name)
  if (search.kind === 'unknown') throw new Error(search.message)
  return search.spec
}

const SPEC = presetSpec('rf5-13k')

async function engineOn(host: EngineHost, threads = 1): Promise<TrainingEngine> {
  const job = jobOf(SPEC, BATCH, {
    averageDecay: 0.99,
    augment: { rotation: 5, shift: 1, scale: 0, shear: 0, elastic: 0, thickness: 0 },
  })
  const engine = await createWasmTrainingEngine(job, host, { threads })
  open.push(engine)
  await engine.attach(digits)
  await engine.writeState(freshState(job))
  return engine
}

function stepAt(step: number) {
  return { learningRate: 0.01, seed: 7, step }
}

/** A clock that ticks whenever it is read. */
function tickingHost(): EngineHost {
  let ticks = 0
  return { ...nodeHost, now: () => ticks++ }
}

describe('profile', () => {
  it.each([
    { host: nodeHost, threads: 1 },
    { host: threadedHost, threads: 2 },
  ])('takes a step to the bits of any other, with $threads threads', async ({ host, threads }) => {
    const plain = await engineOn(host, threads)
    const [first] = await plain.run(indices, [stepAt(0)])
    await plain.run(indices, [stepAt(1)])
    const profiled = await engineOn(host, threads)
    const found = await profiled.profile(indices, stepAt(0))
    expect(found?.result).toEqual(first)
    await profiled.run(indices, [stepAt(1)])
    expect(await profiled.readState()).toEqual(await plain.readState())
  })

  it('times every call once, within the whole step', async () => {
    const engine = await engineOn(tickingHost())
    const found = await engine.profile(indices, stepAt(3))
    const sum = found?.profile.operations.reduce((total, { milliseconds }) => total + milliseconds, 0) ?? 0
    // The clock is read before and after each call, and before and after all of them.
    expect(found?.profile.milliseconds).toBe(2 * sum + 1)
    expect(found?.profile).toMatchObject({ step: 3, memoryBytes: engine.memoryBytes, stepsInFlight: 1 })
  })

  it('names operations and the layers they belong to', async () => {
    const engine = await engineOn(tickingHost())
    const operations = (await engine.profile(indices, stepAt(0)))?.profile.operations ?? []
    const layersOf = (name: string) =>
      operations.filter(({ operation }) => operation === name).map(({ layer }) => layer)
    const kindsOf = (name: string) => new Set(layersOf(name).map((layer) => SPEC.layers[layer ?? -1]?.kind))
    expect(kindsOf('convolution')).toEqual(new Set(['conv']))
    expect(kindsOf('batch norm')).toEqual(kindsOf('batch norm, backward'))
    expect(new Set(layersOf('filter gradient'))).toEqual(new Set(layersOf('convolution')))
    for (const name of ['augmentation', 'loss', 'gradient norm', 'optimizer', 'moving average'])
      expect(layersOf(name)).toEqual([null])
    const keys = operations.map(({ operation, layer }) => `${String(layer)} ${operation}`)
    expect(new Set(keys).size).toBe(keys.length)
  })
})

describe('a plan', () => {
  it.each(presetNames)(
    'of %s knows the layer of every operation between the images and the update',
    (name) => {
      for (const convolution of ['direct', 'winograd-4'] as const) {
        const { phases, owners, spec } = compilePlan(presetSpec(name), 16, 'train', undefined, convolution)
        const operations = phases.flatMap((phase): readonly Operation[] =>
          phase.kind === 'slices' ? phase.groups.flatMap((group) => group.operations) : phase.operations,
        )
        for (const operation of operations) {
          const layer = owners.get(operation)?.layer
          if (operation.kind === 'gather' || operation.kind === 'loss') expect(layer).toBeNull()
          else expect(spec.layers[layer ?? -1], operation.kind).toBeDefined()
        }
      }
    },
  )
})
