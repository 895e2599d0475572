import { afterEach, expect, it, vi } from 'vitest'
import { countGpuCalls } from './gpu-calls'

afterEach(() => vi.unstubAllGlobals())

it('counts what is asked of the GPU and then leaves no trace', () => {
  class Pass {
    workgroups = 0
    dispatchWorkgroups(count: number): void {
      this.workgroups += count
    }
  }
  class Queue {
    submit(): string {
      return 'submitted'
    }
  }
  vi.stubGlobal('GPUComputePassEncoder', Pass)
  vi.stubGlobal('GPUQueue', Queue)
  const untouched = Object.getOwnPropertyDescriptor(Pass.prototype, 'dispatchWorkgroups')
  const calls = countGpuCalls()
  const pass = new Pass()
  pass.dispatchWorkgroups(4)
  const before = calls.read()
  pass.dispatchWorkgroups(3)
  expect(new Queue().submit()).toBe('submitted')
  expect(pass.workgroups).toBe(7)
  expect(calls.read()).toEqual({ dispatches: 2, submits: 1 })
  expect(calls.since(before)).toEqual({ dispatches: 1, submits: 1 })
  calls.stop()
  pass.dispatchWorkgroups(1)
  expect(calls.read()).toEqual({ dispatches: 2, submits: 1 })
  expect(Object.getOwnPropertyDescriptor(Pass.prototype, 'dispatchWorkgroups')?.value).toBe(untouched?.value)
})
