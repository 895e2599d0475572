import { describe, expect, it } from 'vitest'
import { PARAM_RULES } from '../../domain/params/rules'
import type { DeviceFacts } from '../../stores/device'
import { engineOptions, mixedPrecisionMissing } from './engine-options'

const FACTS: DeviceFacts = {
  crossOriginIsolated: true,
  simd: true,
  relaxedSimd: true,
  logicalCores: 2,
  webgl: true,
  gpu: { kind: 'adapter', name: 'nvidia hopper', software: false, shaderF16: true },
  storage: null,
}
const SOFTWARE = { kind: 'adapter', name: 'google swiftshader', software: true, shaderF16: true } as const
const NONE = { kind: 'none', reason: 'this browser has no WebGPU' } as const

describe('engineOptions', () => {
  it('are the schema’s', () => {
    expect(engineOptions(FACTS).map(({ value }) => value)).toEqual(PARAM_RULES.get('train.engine')?.choices)
  })

  it('says what each engine would compute on', () => {
    expect(engineOptions(FACTS).map(({ label }) => label)).toEqual([
      'Auto · WebGPU on nvidia hopper',
      'Processor · 2 threads',
      'WebGPU · nvidia hopper',
      'TensorFlow.js WebGPU · nvidia hopper',
      'TensorFlow.js WebGL · for comparison',
      'TensorFlow.js CPU · for comparison, slow',
    ])
  })

  it('prefers the processor to a software adapter, which it names as slow', () => {
    const [auto, , webgpu] = engineOptions({ ...FACTS, gpu: SOFTWARE })
    expect(auto?.label).toBe('Auto · processor, 2 threads')
    expect(webgpu).toEqual({
      value: 'webgpu',
      label: 'WebGPU · google swiftshader, software and slow',
      disabled: false,
    })
  })

  it('gives the reason where an engine cannot be had', () => {
    const bare = { ...FACTS, gpu: NONE, webgl: false, simd: false, crossOriginIsolated: false }
    const options = engineOptions(bare)
    expect(options.filter(({ disabled }) => disabled).map(({ label }) => label)).toEqual([
      'Processor · not here: this browser has no WebAssembly SIMD',
      'WebGPU · not here: this browser has no WebGPU',
      'TensorFlow.js WebGPU · not here: this browser has no WebGPU',
      'TensorFlow.js WebGL · not here: this browser has no WebGL 2',
    ])
  })

  it('waits for the browser’s answer without refusing anything', () => {
    const options = engineOptions({ ...FACTS, gpu: undefined })
    expect(options.some(({ disabled }) => disabled)).toBe(false)
    expect(options[0]?.label).toBe('Auto · asking the browser')
  })
})

describe('mixedPrecisionMissing', () => {
  it('gives the reason, or none where it can be had', () => {
    expect(mixedPrecisionMissing('auto', FACTS)).toBeNull()
    expect(mixedPrecisionMissing('wasm', FACTS)).toBe('Only the WebGPU engine stores 16 bits')
    expect(mixedPrecisionMissing('webgpu', { ...FACTS, gpu: NONE })).toContain('has no WebGPU')
    expect(mixedPrecisionMissing('auto', { ...FACTS, gpu: SOFTWARE })).toContain('takes the processor')
    const old = { kind: 'adapter', name: 'old', software: false, shaderF16: false } as const
    expect(mixedPrecisionMissing('webgpu', { ...FACTS, gpu: old })).toContain('shader-f16')
  })
})
