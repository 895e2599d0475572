import { describe, expect, it } from 'vitest'
import { subjectName } from '../../domain/bench/task'
import { type BenchDraft, leastSeconds, planBench, withChoice } from './bench-plan'

const DRAFT: BenchDraft = {
  task: 'train',
  presets: ['rf5-13k'],
  engines: ['wasm', 'tfjs-cpu'],
  batch: '128',
}

describe('planBench', () => {
  it('measures every chosen engine, and takes at most 20 s with the one that is chosen at first', () => {
    const plan = planBench({ ...DRAFT, engines: ['wasm'] })
    if (plan.kind !== 'ready') throw new Error(plan.reason)
    expect(plan.task.subjects.map(subjectName)).toEqual(['wasm'])
    expect(leastSeconds(plan.task)).toBeLessThanOrEqual(20)
  })

  it('reads with the engine that predicts', () => {
    const plan = planBench({ ...DRAFT, task: 'infer' })
    if (plan.kind !== 'ready') throw new Error(plan.reason)
    expect(plan.task.subjects.map(subjectName)).toEqual(['wasm'])
  })

  it.each([
    [{ presets: [] }, 'Choose at least one preset.'],
    [{ engines: [] }, 'Choose at least one engine.'],
    [{ task: 'infer', engines: ['webgpu'] }, 'Choose at least one engine.'],
    [{ batch: '0' }, 'The batch must be a whole number from 1 to 4096.'],
    [{ batch: '1.5' }, 'The batch must be a whole number from 1 to 4096.'],
    [{ batch: 'many' }, 'The batch must be a whole number from 1 to 4096.'],
  ] as const)('says what is missing in %j', (change, reason) => {
    expect(planBench({ ...DRAFT, ...change })).toEqual({ kind: 'incomplete', reason })
  })
})

describe('withChoice', () => {
  it('keeps the order of the list', () => {
    expect(withChoice(['a', 'b', 'c'], ['c'], 'a', true)).toEqual(['a', 'c'])
    expect(withChoice(['a', 'b', 'c'], ['a', 'c'], 'a', false)).toEqual(['c'])
  })
})
