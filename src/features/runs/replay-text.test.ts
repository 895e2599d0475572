import { describe, expect, it } from 'vitest'
import { epochMillis, runIdFromBytes } from '../../domain/ids'
import type { Replay, ReplayVerdict } from '../../domain/registry/replay'
import { epochMarks, tensorInWords, verdictInWords } from './replay-text'

function replayWith(epochsSame: number, verdict: ReplayVerdict): Replay {
  const engine = {
    kind: 'wasm',
    build: 'simd',
    threads: 1,
    convolutions: [],
    device: 'CPU',
    reason: 'test',
  } as const
  const runId = runIdFromBytes(new Uint8Array(16))
  return { runId, at: epochMillis(1), appVersion: '1', host: 'Node', engine, epochsSame, verdict }
}

describe('a replay in words', () => {
  it('says that everything is the same, or where it first is not', () => {
    expect(verdictInWords(replayWith(15, { kind: 'same' }))).toBe(
      'All 15\u00A0epochs came out with the same weights',
    )
    expect(verdictInWords(replayWith(1, { kind: 'same' }))).toBe('The epoch came out with the same weights')
    const different = { kind: 'different', epoch: 3, tensor: null } as const
    expect(verdictInWords(replayWith(2, different))).toBe('Epoch 3 came out with other weights')
  })

  it('names the tensor where it is known', () => {
    expect(tensorInWords(null)).toMatch(/no longer kept/)
    expect(tensorInWords({ name: '4.kernel', size: 1280, differing: 12, largest: 3e-8 })).toMatch(
      /^The first tensor that differs is 4\.kernel: 12 of 1,280\u00A0values, by at most 3e-8\.$/,
    )
  })

  it('marks what was compared, and leaves the rest open', () => {
    expect(epochMarks(4, [true, false])).toEqual(['same', 'different', 'open', 'open'])
  })
})
