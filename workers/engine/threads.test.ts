import { describe, expect, it } from 'vitest'
import { findPreset, presetNames } from '../../src/domain/model/presets'
import type { ModelSpec } from '../../src/domain/model/spec'
import { seededDigits } from './agreement.testing'
import type { EngineHost, ThreadSupport, TrainingEngine } from './contract'
import { begin, jobOf, SGD } from './job.testing'
import { nodeHost, threadedHost, threadsRunning } from './node-host.testing'
import { digestWeights } from './train'
import type { WasmOptions } from './wasm/build'
import { chooseThreads } from './wasm/threads'
import { createWasmTrainingEngine } from './wasm/training'

const BATCH = 22
const digits = seededDigits(64, 5)

function presetSpec(name: string): ModelSpec {
  const search = findPreset(name)
  if (search.kind === 'unknown') throw new Error(search.message)
  return search.spec
}

async function step(engine: TrainingEngine, step: number): Promise<void> {
  const indices = Uint32Array.from({ length: BATCH }, (_, i) => (step * BATCH + i) % digits.count)
  await engine.run(indices, [{ learningRate: 0.01, seed: 7, step }])
}

async function engineWith(
  spec: ModelSpec,
  host: EngineHost,
  threads: number,
  options: Pick<WasmOptions, 'build' | 'convolution'> = {},
): Promise<TrainingEngine> {
  const job = jobOf(spec, BATCH, { optimizer: { ...SGD, weightDecay: 0.001 } })
  const engine = await createWasmTrainingEngine(job, host, { ...options, threads })
  await begin(engine, job, digits)
  return engine
}

async function hashAfter(steps: number, engine: TrainingEngine): Promise<string> {
  try {
    for (let at = 0; at < steps; at++) await step(engine, at)
    return await digestWeights((await engine.readState()).weights, nodeHost)
  } finally {
    engine.dispose()
  }
}

describe('threads', () => {
  describe.each(['relaxed-simd', 'simd'] as const)('of the %s build', (build) => {
    it.each(presetNames)('train %s to the same bits, one, two or three', async (name) => {
      const spec = presetSpec(name)
      const alone = await hashAfter(3, await engineWith(spec, nodeHost, 1, { build }))
      for (const threads of [2, 3]) {
        const engine = await engineWith(spec, threadedHost, threads, { build })
        expect(engine.record).toMatchObject({ threads })
        expect(await hashAfter(3, engine)).toBe(alone)
      }
    })
  })

  describe.each(['direct', 'winograd-2', 'winograd-4'] as const)('of %s convolutions', (convolution) => {
    it.each(['rf5-13k', 'lite', 'cnn-32-64-128'])('train %s to the same bits', async (name) => {
      const spec = presetSpec(name)
      const alone = await hashAfter(2, await engineWith(spec, nodeHost, 1, { convolution }))
      for (const threads of [2, 3])
        expect(await hashAfter(2, await engineWith(spec, threadedHost, threads, { convolution }))).toBe(alone)
    })
  })

  it('stay in step over hundreds of steps', async () => {
    const spec = presetSpec('lite')
    const alone = await hashAfter(200, await engineWith(spec, nodeHost, 1))
    expect(await hashAfter(200, await engineWith(spec, threadedHost, 3))).toBe(alone)
  })

  it('are named in the record', async () => {
    const engine = await engineWith(presetSpec('lite'), threadedHost, 0)
    expect(engine.record).toMatchObject({ threads: 2, device: 'CPU · 2 threads' })
    engine.dispose()
    const alone = await engineWith(presetSpec('lite'), nodeHost, 0)
    expect(alone.record).toMatchObject({ threads: 1, device: 'CPU · 1 thread' })
    expect(alone.record.reason).toMatch(/; one thread: tests use one unless they say otherwise$/)
    alone.dispose()
  })

  it('that do not start leave one, with the reason', async () => {
    const support = threadsRunning('./no-such-module.mjs')
    const engine = await engineWith(presetSpec('lite'), { ...nodeHost, threads: support }, 2)
    expect(engine.record).toMatchObject({ threads: 1 })
    expect(engine.record.reason).toMatch(/; one thread: .*no-such-module/)
    const alone = await hashAfter(2, await engineWith(presetSpec('lite'), nodeHost, 1))
    expect(await hashAfter(2, engine)).toBe(alone)
  })

  it('that end leave one, with the reason and the same bits', async () => {
    const ends: (() => void)[] = []
    const support: ThreadSupport = {
      ...threadsRunning('./node-thread.mjs'),
      spawn(start, lost) {
        const thread = threadsRunning('./node-thread.mjs').spawn(start, (reason) => {
          lost(reason)
          told()
        })
        ends.push(() => thread.end())
        return thread
      },
    }
    let told = (): void => {}
    const heard = new Promise<void>((resolve) => {
      told = resolve
    })
    const engine = await engineWith(presetSpec('lite'), { ...nodeHost, threads: support }, 2)
    await step(engine, 0)
    for (const end of ends) end()
    await heard
    await step(engine, 1)
    expect(engine.record).toMatchObject({ threads: 1, device: 'CPU · 1 thread' })
    expect(engine.record.reason).toMatch(/; one thread: a thread ended$/)
    const alone = await hashAfter(2, await engineWith(presetSpec('lite'), nodeHost, 1))
    expect(await digestWeights((await engine.readState()).weights, nodeHost)).toBe(alone)
    engine.dispose()
  })

  it('that fail in the middle of a step leave one that does the step again', async () => {
    const support = threadsRunning('./failing-thread.testing.mjs')
    const engine = await engineWith(presetSpec('lite'), { ...nodeHost, threads: support }, 2)
    const hash = await hashAfter(20, engine)
    expect(engine.record.reason).toMatch(/; one thread: a thread of the engine failed$/)
    expect(hash).toBe(await hashAfter(20, await engineWith(presetSpec('lite'), nodeHost, 1)))
  })
})

describe('chooseThreads', () => {
  const support: ThreadSupport = {
    kind: 'threads',
    processors: 8,
    spawn: () => ({ ready: Promise.resolve(), end: () => {} }),
  }

  it('takes what the machine has, what is asked for, and no more than there are slices', () => {
    expect(chooseThreads(support, 0, 16)).toEqual({ threads: 8, reason: null })
    expect(chooseThreads(support, 3, 16)).toEqual({ threads: 3, reason: null })
    expect(chooseThreads(support, 64, 16)).toEqual({
      threads: 16,
      reason: '16 of 64 threads: the batch has 16 slices',
    })
    expect(chooseThreads(support, 0, 2).threads).toBe(2)
    expect(chooseThreads({ kind: 'none', reason: 'why' }, 1, 16)).toEqual({ threads: 1, reason: null })
    expect(chooseThreads({ kind: 'none', reason: 'why' }, 4, 16)).toEqual({
      threads: 1,
      reason: 'one thread: why',
    })
  })
})
