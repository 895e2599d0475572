import { describe, expect, it } from 'vitest'
import { benchMarkdown } from './markdown'
import { benchRatios, type BenchResult, fastestTfjs, median } from './report'
import { benchSubjects, subjectName } from './task'

function row(engine: string, imagesPerSecond: number, more: Partial<BenchResult> = {}): BenchResult {
  return {
    engine,
    convolution: null,
    preset: 'rf5-13k',
    backend: 'some build',
    device: 'CPU · 2 threads',
    threads: 2,
    record: null,
    task: 'train',
    host: 'Chromium 156',
    parameters: 13808,
    batch: 128,
    repeats: 7,
    steps: 100,
    imagesPerSecond,
    imagesPerSecondRange: [imagesPerSecond, imagesPerSecond],
    spread: 0.0123,
    msPerStep: 128_000 / imagesPerSecond,
    gigaflops: imagesPerSecond / 50,
    dispatchesPerStep: null,
    submitsPerStep: null,
    loss: [2.3, 0.1],
    latencyMs: null,
    ...more,
  }
}

describe('benchSubjects', () => {
  it('takes the wasm engine once for each way to convolve', () => {
    const subjects = benchSubjects(['lite'], ['wasm', 'webgpu'], ['direct', 'winograd-4'])
    expect(subjects.map(subjectName)).toEqual(['wasm (direct)', 'wasm (winograd-4)', 'webgpu'])
  })
})

describe('benchRatios', () => {
  it('sets the studio’s engines over their rivals and over each other, preset by preset', () => {
    const results = [
      row('wasm', 800),
      row('wasm', 400, { convolution: 'direct' }),
      row('tfjs-cpu', 10),
      row('wasm', 100, { preset: 'lite' }),
    ]
    expect(benchRatios(results)).toEqual({
      'rf5-13k: wasm / wasm (direct)': 2,
      'rf5-13k: wasm / tfjs-cpu': 80,
      'rf5-13k: wasm (direct) / tfjs-cpu': 40,
    })
  })
})

describe('fastestTfjs', () => {
  it('is of the same preset, and none where none was measured', () => {
    const results = [row('tfjs-cpu', 9), row('tfjs-webgl', 16), row('tfjs-cpu', 99, { preset: 'lite' })]
    expect(fastestTfjs(results, 'rf5-13k')?.engine).toBe('tfjs-webgl')
    expect(fastestTfjs(results, 'gap')).toBeNull()
  })
})

describe('median', () => {
  it('is the middle, or between the two middle ones', () => {
    expect(median([9, 1, 5])).toBe(5)
    expect(median([9, 1, 5, 7])).toBe(6)
    expect(() => median([])).toThrow(RangeError)
  })
})

describe('benchMarkdown', () => {
  it('is a table, the ratios and what is missing', () => {
    const results = [row('wasm', 7400), row('tfjs-webgpu', 4.75, { dispatchesPerStep: 782, repeats: 3 })]
    const unavailable = [
      { engine: 'webgpu', convolution: null, preset: 'rf5-13k', reason: 'this host has no WebGPU' },
    ]
    expect(benchMarkdown({ results, ratios: benchRatios(results), unavailable })).toBe(
      [
        'Training in Chromium 156, medians of turns taken one after another by all engines.',
        '',
        '| preset | engine | device | batch | images/s | spread | ms/step | dispatches/step | GFLOP/s | × fastest tfjs | repeats |',
        '| --- | --- | --- | --: | --: | --: | --: | --: | --: | --: | --: |',
        '| rf5-13k | wasm | CPU · 2 threads (some build) | 128 | 7,400 | 1.2 % | 17.3 | – | 148 | 1,558 | 7 |',
        '| rf5-13k | tfjs-webgpu | CPU · 2 threads (some build) | 128 | 4.75 | 1.2 % | 26,947 | 782 | 0.095 | 1 | 3 |',
        '',
        '- rf5-13k: wasm / tfjs-webgpu: 1,558×',
        '',
        '- rf5-13k: webgpu was not measured: this host has no WebGPU',
        '',
      ].join('\n'),
    )
  })

  it('says so when nothing was measured', () => {
    expect(benchMarkdown({ results: [], ratios: {}, unavailable: [] })).toBe('Nothing was measured.\n')
  })

  it('tells the latency of single digits when reading', () => {
    const infer = row('wasm', 30_000, { task: 'infer', latencyMs: { p50: 0.25, p95: 0.4123, count: 2000 } })
    expect(benchMarkdown({ results: [infer], ratios: {}, unavailable: [] })).toContain(
      '- rf5-13k, wasm: one digit in 0.25 ms (p50), 0.412 ms (p95)\n',
    )
  })
})
