import { describe, expect, it } from 'vitest'
import { offlineFact, reportText, storageFacts, systemFacts } from './report'

const FACTS = {
  crossOriginIsolated: true,
  simd: true,
  relaxedSimd: false,
  logicalCores: 8,
  webgl: true,
  gpu: { kind: 'adapter', name: 'google swiftshader', software: true, shaderF16: true },
  storage: { persisted: false, usedBytes: 62_800_000 },
} as const

describe('the system report', () => {
  it('is plain text, one fact a line', () => {
    const text = reportText([...systemFacts(FACTS, 'CPU · 1 thread'), ...storageFacts(FACTS)])
    expect(text.replaceAll('\u00a0', ' ')).toBe(
      [
        'Engine: CPU · 1 thread',
        'SIMD: 128-bit',
        'Threads: possible: the page is cross-origin isolated, 8 logical cores',
        'WebGPU adapter: google swiftshader (computed on the processor, no gain)',
        'Used: 62.8 MB',
        'Kept: as long as the browser has room; it may clear it by itself',
      ].join('\n'),
    )
  })

  it('says why the page cannot open without a network', () => {
    expect(offlineFact({ kind: 'unavailable', reason: 'this is a development server' }).value).toBe(
      'the page does not open: this is a development server',
    )
    expect(offlineFact({ kind: 'ready' }).value).toBe('the page opens and works')
  })

  it('tells what is still asked for from what there is not', () => {
    const none = { kind: 'none', reason: 'this browser has no WebGPU' } as const
    const texts = (gpu: typeof none | undefined) =>
      systemFacts({ ...FACTS, gpu }, null).map(({ value }) => value)
    expect(texts(undefined)).toContain('asking the browser')
    expect(texts(none)).toContain('none: this browser has no WebGPU')
    expect(storageFacts({ ...FACTS, storage: null })[0]?.value).toBe('the browser does not say')
  })
})
