import { describe, expect, it } from 'vitest'
import { type BenchTask, measure } from './bench'
import { nodeHost } from './node-host.testing'

const TASK: BenchTask = {
  task: 'infer',
  preset: 'lite',
  batch: 8,
  build: 'auto',
  threads: 1,
  repeats: 5,
  seconds: 0.001,
  warmUpSeconds: 0.001,
}

/** A host whose clock moves by some milliseconds whenever it is looked at. */
function hostWithClock(advance: (call: number) => number) {
  let now = 0
  let calls = 0
  return { ...nodeHost, now: () => (now += advance(calls++)) }
}

describe('measure', () => {
  it('takes the latency of single digits by rank when reading', async () => {
    const result = await measure(
      TASK,
      hostWithClock(() => 2),
      'test',
    )
    expect(result).toMatchObject({ task: 'infer', batch: 8, threads: 1, repeats: 5 })
    expect(result.latencyMs).toEqual({ p50: 2, p95: 2, count: 2000 })
    const late = await measure(
      TASK,
      // One digit of fifteen takes long, whichever of its two looks at the clock comes first.
      hostWithClock((call) => (call % 30 < 2 ? 9 : 3)),
      'test',
    )
    expect(late.latencyMs).toEqual({ p50: 3, p95: 9, count: 2000 })
  })

  it('has none of a training step', async () => {
    const result = await measure(
      { ...TASK, task: 'train' },
      hostWithClock(() => 2),
      'test',
    )
    expect(result.latencyMs).toBeNull()
    expect(result.imagesPerSecond).toBeCloseTo(8 / 0.002, 5)
  })
})
