import { expect, it } from 'vitest'
import { engineBuild, engineInWords } from './engine'
import type { EngineRecord } from './records'

function wasm(convolutions: readonly string[]): EngineRecord {
  return { kind: 'wasm', build: 'simd', threads: 1, convolutions, device: 'CPU', reason: 'test' }
}

it('groups layers by how they convolve', () => {
  expect(engineInWords(wasm([]))).toBe('simd build')
  expect(engineInWords(wasm(['layer 4: Winograd F(4×4)']))).toBe('simd build, Winograd F(4×4) in layer 4')
  const mixed = [
    'layer 2: Winograd F(4×4)',
    'layer 4: Winograd F(2×2)',
    'layer 9: Winograd F(4×4)',
    'something',
  ]
  expect(engineInWords(wasm(mixed))).toBe(
    'simd build, Winograd F(4×4) in layers 2 and 9, Winograd F(2×2) in layer 4, something',
  )
  expect(engineBuild(wasm(mixed))).toContain('layer 4: Winograd F(2×2)')
})
