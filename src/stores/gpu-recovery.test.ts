import { describe, expect, it } from 'vitest'
import { parseRunId } from '../domain/ids'
import { forgetLostRun, gpuIsBack, lostRun, noteLostRun, type TabStorage } from './gpu-recovery'

const RUN = { id: parseRunId('a'.repeat(32)), name: 'calm-heron-42' }

function tab(): TabStorage {
  const items = new Map<string, string>()
  return { getItem: (key) => items.get(key) ?? null, setItem: (key, text) => void items.set(key, text) }
}

describe('a tab that lost its GPU', () => {
  it('remembers its run until that goes on', () => {
    const storage = tab()
    expect(lostRun(storage)).toBeNull()
    expect(noteLostRun(RUN, storage)).toBe(true)
    expect(lostRun(storage)).toEqual(RUN)
    forgetLostRun(storage)
    expect(lostRun(storage)).toBeNull()
  })

  it('does not wait again within ten minutes, though the run went on', () => {
    const storage = tab()
    noteLostRun(RUN, storage)
    forgetLostRun(storage)
    expect(noteLostRun(RUN, storage)).toBe(false)
    expect(lostRun(storage)).toBeNull()
  })

  it('waits for the GPU as long as somebody wants it, but not for ever', async () => {
    const asked = async (backAt: number, unwantedAt = Number.POSITIVE_INFINITY) => {
      let probes = 0
      const back = await gpuIsBack(
        () => Promise.resolve(++probes >= backAt),
        () => probes < unwantedAt,
        () => Promise.resolve(),
      )
      return { probes, back }
    }
    expect(await asked(1)).toEqual({ probes: 1, back: true })
    expect(await asked(4)).toEqual({ probes: 4, back: true })
    expect(await asked(1000)).toEqual({ probes: 300, back: false })
    expect(await asked(1000, 3)).toEqual({ probes: 3, back: false })
  })

  it('takes nothing from a note that it did not write', () => {
    const storage = tab()
    for (const text of [
      'nonsense',
      '{}',
      '{"at":"soon","run":null}',
      '{"at":1,"run":{"id":"../x","name":"n"}}',
    ]) {
      storage.setItem('mnist-studio-lost-gpu', text)
      expect(lostRun(storage)).toBeNull()
    }
  })
})
