import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findPreset, presetNames } from '../../src/domain/model/presets'
import type { ModelSpec } from '../../src/domain/model/spec'
import { compilePlan } from './compile'
import type { Plan } from './plan'
import { imageBytes, sliceCount } from './plan'

function preset(name: string): ModelSpec {
  const search = findPreset(name)
  if (search.kind === 'unknown') throw new Error(search.message)
  return search.spec
}

function kinds(plan: Plan): string[] {
  return plan.phases.map((phase) => phase.kind)
}

describe('compilePlan', () => {
  it('cuts any batch into slices that hold each image once', () => {
    const spec = preset('lite')
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), (batch) => {
        const { slices } = compilePlan(spec, batch, 'train')
        expect(slices).toHaveLength(sliceCount(batch))
        let next = 0
        for (const { first, count } of slices) {
          expect(first).toBe(next)
          expect(count).toBeGreaterThan(0)
          next += count
        }
        expect(next).toBe(batch)
      }),
      { numRuns: 20, seed: 1 },
    )
    expect(sliceCount(128)).toBe(16)
  })

  it('needs no barrier between forward and backward without batch norm', () => {
    expect(kinds(compilePlan(preset('skeleton'), 128, 'train'))).toEqual(['slices', 'ranges'])
    // Wide dense layers sum their gradients by ranges of weights, before the slices' sums are added.
    expect(kinds(compilePlan(preset('lenet-512'), 128, 'train'))).toEqual(['slices', 'ranges', 'ranges'])
  })

  it('stops once for each batch norm and direction', () => {
    const plan = compilePlan(preset('rf5-13k'), 128, 'train')
    expect(plan.norms).toHaveLength(6)
    expect(kinds(plan).filter((kind) => kind === 'once')).toHaveLength(12)
    expect(compilePlan(preset('rf5-13k'), 64, 'predict').phases).toHaveLength(1)
  })

  it.each(presetNames)('gives every piece of %s a place of its own', (name) => {
    for (const purpose of ['train', 'predict'] as const) {
      const { memory, batch } = compilePlan(preset(name), 10, purpose)
      const shared = [...memory.regions].map(([{ bytes }, offset]) => ({ offset, bytes }))
      for (const [tensor, { scope, offset }] of memory.tensors)
        if (scope === 'shared') shared.push({ offset, bytes: imageBytes(tensor) * batch })
      shared.sort((a, b) => a.offset - b.offset)
      let end = 0
      for (const { offset, bytes } of shared) {
        expect(offset).toBeGreaterThanOrEqual(end)
        expect(offset % 64).toBe(0)
        end = offset + bytes
      }
      expect(end).toBeLessThanOrEqual(memory.sharedBytes)
    }
  })

  it('packs every weight once for the forward pass', () => {
    for (const name of presetNames) {
      const plan = compilePlan(preset(name), 4, 'predict', 1, 'direct')
      const seen = plan.orders.flatMap(({ map }) => [...map].filter((index) => index >= 0))
      const linear = plan.parameters.tensors.filter(({ role }) => role === 'kernel' || role === 'bias')
      expect(seen).toHaveLength(linear.reduce((sum, { size }) => sum + size, 0))
      expect(new Set(seen).size).toBe(seen.length)
    }
  })

  it('says what is impossible', () => {
    const spec = preset('lite')
    expect(() => compilePlan(spec, 0, 'train')).toThrow('a batch must be a whole number ≥ 1, found 0')
    const dense = preset('cnn-32-64-128')
    expect(() => compilePlan(dense, 1, 'train')).toThrow(
      'layer 15 (batch-norm) needs at least 2 values a channel, found 1',
    )
    const colour = { ...spec, input: { height: 28, width: 28, channels: 3 } }
    expect(() => compilePlan(colour, 4, 'train')).toThrow('images must have one channel, found 3')
  })
})
