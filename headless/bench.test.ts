import { describe, expect, it } from 'vitest'
import { subjectName } from '../src/domain/bench/task'
import { bench, type BenchOptions, benchTask } from './bench'
import { benchCommand } from './bench-command'

const NOTHING_SAID: BenchOptions = {
  task: 'train',
  presets: null,
  engines: null,
  convolutions: null,
  browser: false,
  build: null,
  threads: null,
  batch: null,
  repeats: null,
  seconds: null,
}

const QUIET = { say: () => undefined, show: () => undefined }

describe('benchTask', () => {
  it('measures the studio’s engine in Node, and beside its rivals in a browser', () => {
    const node = benchTask(NOTHING_SAID)
    expect(node.subjects.map(subjectName)).toEqual(['wasm'])
    expect(node).toMatchObject({ batch: 128, repeats: 7, seconds: 1, threads: 0, build: 'auto' })
    const browser = benchTask({ ...NOTHING_SAID, browser: true })
    expect(browser.subjects.map(subjectName)).toEqual([
      'wasm',
      'webgpu',
      'tfjs-webgpu',
      'tfjs-webgl',
      'tfjs-cpu',
    ])
    expect(benchTask({ ...NOTHING_SAID, task: 'infer', browser: true })).toMatchObject({ batch: 256 })
  })
})

describe('bench', () => {
  it('reports every row with its ratios', async () => {
    const shares: number[] = []
    const report = await bench(
      {
        ...NOTHING_SAID,
        presets: ['lite'],
        convolutions: ['direct', 'winograd-4'],
        batch: 8,
        threads: 1,
        seconds: 0.05,
      },
      ({ share }) => shares.push(share),
    )
    expect(report.unavailable).toEqual([])
    expect(
      report.results.map(({ engine, convolution, preset, batch, threads }) => ({
        engine,
        convolution,
        preset,
        batch,
        threads,
      })),
    ).toEqual([
      { engine: 'wasm', convolution: 'direct', preset: 'lite', batch: 8, threads: 1 },
      { engine: 'wasm', convolution: 'winograd-4', preset: 'lite', batch: 8, threads: 1 },
    ])
    const [direct, winograd] = report.results.map(({ imagesPerSecond }) => imagesPerSecond)
    expect(direct).toBeGreaterThan(0)
    expect(Object.entries(report.ratios)).toEqual([
      ['lite: wasm (direct) / wasm (winograd-4)', (direct ?? 0) / (winograd ?? 0)],
    ])
    expect(shares.length).toBeGreaterThan(2)
    expect(shares).toEqual(shares.toSorted((a, b) => a - b))
  })

  it('fails with the reasons where nothing can be measured', async () => {
    const asked = { ...NOTHING_SAID, task: 'infer', engines: ['tfjs-webgl'] } as const
    const outcome = await benchCommand(asked, QUIET)
    expect(outcome).toMatchObject({ ok: false, problem: { exit: 1, code: 'unsupported' } })
    if (!outcome.ok) expect(outcome.problem.message).toMatch(/tfjs-webgl: predictions are made by the wasm/)
  })

  it('names presets when it gets another word', async () => {
    const outcome = await benchCommand({ ...NOTHING_SAID, presets: ['resnet'] }, QUIET)
    expect(outcome).toMatchObject({ ok: false, problem: { exit: 64, code: 'bad-params' } })
  })
})
