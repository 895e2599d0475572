import { describe, expect, it } from 'vitest'
import type { BenchReport } from '../../../src/domain/bench/report'
import type { BenchTask } from '../../../src/domain/bench/task'
import { EngineUnavailableError } from '../contract'
import { nodeHost } from '../node-host.testing'
import type { Contender } from './contender'
import { engineContenders } from './engines'
import { measure } from './measure'

const TASK: BenchTask = {
  task: 'train',
  subjects: [],
  batch: 8,
  build: 'auto',
  threads: 1,
  repeats: 5,
  seconds: 1,
  warmUpSeconds: 2,
}

interface Script {
  readonly engine: string
  readonly secondsPerStep: number
  readonly memoryBytes?: number
  readonly failsAt?: 'open' | number
}

/** Contenders that do nothing but tell when they are asked for what. */
function scripted(scripts: readonly Script[]) {
  const log: string[] = []
  const contenders = scripts.map(({ engine, secondsPerStep, memoryBytes = 0, failsAt }): Contender => {
    let turns = 0
    return {
      subject: { engine, convolution: null, preset: 'lite' },
      open() {
        if (failsAt === 'open') return Promise.reject(new EngineUnavailableError(`no ${engine} here`))
        log.push(`open ${engine}`)
        return Promise.resolve({
          setup: { backend: 'script', device: 'none', threads: 1, record: null },
          memoryBytes,
          turn(seconds) {
            if (turns++ === failsAt) return Promise.reject(new TypeError('broke'))
            log.push(`${engine} ${seconds}`)
            const steps = Math.max(1, Math.round(seconds / secondsPerStep))
            const losses = Array.from({ length: steps }, () => 1 / turns)
            return Promise.resolve({ steps, seconds: steps * secondsPerStep, losses })
          },
          one: null,
          dispose: () => log.push(`close ${engine}`),
        })
      },
    }
  })
  return { log, contenders }
}

async function run(contenders: readonly Contender[], task: BenchTask): Promise<BenchReport> {
  const turns = measure(contenders, { task, host: hostWithClock(() => 1), hostName: 'test' })
  let next = await turns.next()
  let share = 0
  while (next.done !== true) {
    expect(next.value.share).toBeGreaterThanOrEqual(share)
    share = next.value.share
    next = await turns.next()
  }
  expect(share).toBeLessThan(1)
  return next.value
}

/** A host whose clock moves by some milliseconds whenever it is looked at. */
function hostWithClock(advance: (call: number) => number) {
  let now = 0
  let calls = 0
  return { ...nodeHost, now: () => (now += advance(calls++)) }
}

describe('measure', () => {
  it('measures everyone once before it measures anyone again', async () => {
    const { log, contenders } = scripted([
      { engine: 'wasm', secondsPerStep: 0.1 },
      { engine: 'tfjs-cpu', secondsPerStep: 0.5 },
    ])
    const { results, ratios } = await run(contenders, { ...TASK, repeats: 2 })
    expect(log).toEqual([
      'open wasm',
      'wasm 2',
      'open tfjs-cpu',
      'tfjs-cpu 2',
      'wasm 1',
      'tfjs-cpu 1',
      'wasm 1',
      'tfjs-cpu 1',
      'close wasm',
      'close tfjs-cpu',
    ])
    expect(
      results.map(({ imagesPerSecond, msPerStep, steps, repeats }) => [
        imagesPerSecond,
        msPerStep,
        steps,
        repeats,
      ]),
    ).toEqual([
      [80, 100, 20, 2],
      [16, 500, 4, 2],
    ])
    expect(results[0]?.loss?.[0]).toBe(1)
    expect(results[0]?.loss?.[1]).toBeCloseTo(1 / 3)
    expect(ratios).toEqual({ 'lite: wasm / tfjs-cpu': 5 })
  })

  it('gives the slow three turns: first, middle and last', async () => {
    const { log, contenders } = scripted([
      { engine: 'wasm', secondsPerStep: 0.1 },
      { engine: 'tfjs-cpu', secondsPerStep: 3 },
    ])
    const { results } = await run(contenders, TASK)
    expect(results.map(({ repeats }) => repeats)).toEqual([5, 3])
    expect(log.slice(4, -2).join(', ')).toBe(
      'wasm 1, tfjs-cpu 1, wasm 1, wasm 1, tfjs-cpu 1, wasm 1, wasm 1, tfjs-cpu 1',
    )
  })

  it('goes on without those that cannot be had, and says why', async () => {
    const { log, contenders } = scripted([
      { engine: 'webgpu', secondsPerStep: 1, failsAt: 'open' },
      { engine: 'tfjs-webgl', secondsPerStep: 1, failsAt: 2 },
      { engine: 'wasm', secondsPerStep: 0.1 },
    ])
    const { results, unavailable } = await run(contenders, TASK)
    expect(results.map(({ engine }) => engine)).toEqual(['wasm'])
    expect(unavailable.map(({ engine, reason }) => `${engine}: ${reason}`)).toEqual([
      'webgpu: no webgpu here',
      'tfjs-webgl: TypeError: broke',
    ])
    expect(log.filter((line) => line.startsWith('close'))).toEqual(['close tfjs-webgl', 'close wasm'])
  })

  it('opens those anew that do not all fit into memory', async () => {
    const { log, contenders } = scripted([
      { engine: 'wasm', secondsPerStep: 0.1, memoryBytes: 2 ** 30 },
      { engine: 'webgpu', secondsPerStep: 0.1, memoryBytes: 2 ** 30 },
    ])
    const { results } = await run(contenders, { ...TASK, repeats: 2 })
    expect(log.slice(0, 8)).toEqual([
      'open wasm',
      'wasm 2',
      'open webgpu',
      'close wasm',
      'webgpu 2',
      'open wasm',
      'close webgpu',
      'wasm 2',
    ])
    expect(results.map(({ repeats }) => repeats)).toEqual([2, 2])
  })

  it('closes everyone when whoever listens has enough', async () => {
    const { log, contenders } = scripted([{ engine: 'wasm', secondsPerStep: 0.1 }])
    for await (const { doing } of measure(contenders, { task: TASK, host: nodeHost, hostName: 'test' }))
      if (doing.startsWith('Round 2')) break
    expect(log).toEqual(['open wasm', 'wasm 2', 'wasm 1', 'close wasm'])
  })
})

describe('the studio’s engines as contenders', () => {
  const SUBJECT = { engine: 'wasm', convolution: 'auto', preset: 'lite' } as const
  const SHORT = { ...TASK, subjects: [SUBJECT], seconds: 0.01, warmUpSeconds: 0.01 }

  async function measured(task: BenchTask, advance: (call: number) => number) {
    const host = hostWithClock(advance)
    const turns = measure(engineContenders(task, host), { task, host, hostName: 'test' })
    let next = await turns.next()
    while (next.done !== true) next = await turns.next()
    return next.value.results[0]
  }

  it('take the latency of single digits by rank when reading', async () => {
    const task = { ...SHORT, task: 'infer' } as const
    const result = await measured(task, () => 2)
    expect(result).toMatchObject({ task: 'infer', batch: 8, threads: 1, repeats: 5, loss: null })
    expect(result?.latencyMs).toEqual({ p50: 2, p95: 2, count: 2000 })
    // One digit of fifteen takes long, whichever of its two looks at the clock comes first.
    const late = await measured(task, (call) => (call % 30 < 2 ? 9 : 3))
    expect(late?.latencyMs).toEqual({ p50: 3, p95: 9, count: 2000 })
  })

  it('learn while they are measured', async () => {
    const task = { ...SHORT, subjects: [{ ...SUBJECT, preset: 'rf5-13k' }], repeats: 12 }
    const result = await measured(task, () => 2)
    expect(result?.latencyMs).toBeNull()
    expect(result?.dispatchesPerStep).toBeNull()
    expect(result?.record?.kind).toBe('wasm')
    const [first, last] = result?.loss ?? [0, 1]
    expect(last).toBeLessThan(first)
  })

  it('refuse a preset that is none', () => {
    expect(() => engineContenders({ ...TASK, subjects: [{ ...SUBJECT, preset: 'no' }] }, nodeHost)).toThrow(
      RangeError,
    )
  })
})
