import { describe, expect, it } from 'vitest'
import { parseRunId } from '../domain/ids'
import { gpuIsBack, reloadForGpu, runToTakeUp, type Tab } from './gpu-recovery'

const RUN = { id: parseRunId('a'.repeat(32)), name: 'calm-heron-42' }

function tab(): Tab & { readonly reloads: () => number } {
  const items = new Map<string, string>()
  let reloads = 0
  return {
    storage: { getItem: (key) => items.get(key) ?? null, setItem: (key, text) => void items.set(key, text) },
    reload: () => void reloads++,
    reloads: () => reloads,
  }
}

describe('a page that lost its GPU', () => {
  it('reloads once, and the next page takes up its run once', () => {
    const here = tab()
    expect(runToTakeUp(here)).toBeNull()
    expect(reloadForGpu(RUN, here)).toBe(true)
    expect(here.reloads()).toBe(1)
    expect(runToTakeUp(here)).toEqual(RUN)
    expect(runToTakeUp(here)).toBeNull()
  })

  it('does not reload again within ten minutes, though the run was taken up', () => {
    const here = tab()
    reloadForGpu(RUN, here)
    runToTakeUp(here)
    expect(reloadForGpu(RUN, here)).toBe(false)
    expect(here.reloads()).toBe(1)
  })

  it('waits for the GPU, but not for ever', async () => {
    const asked = async (backAt: number) => {
      let probes = 0
      await gpuIsBack(
        () => Promise.resolve(++probes >= backAt),
        () => Promise.resolve(),
      )
      return probes
    }
    expect(await asked(1)).toBe(1)
    expect(await asked(4)).toBe(4)
    expect(await asked(1000)).toBe(20)
  })

  it('takes nothing from a note that it did not write', () => {
    const here = tab()
    for (const text of [
      'nonsense',
      '{}',
      '{"at":"soon","run":null}',
      '{"at":1,"run":{"id":"../x","name":"n"}}',
    ]) {
      here.storage.setItem('mnist-studio-gpu-reload', text)
      expect(runToTakeUp(here)).toBeNull()
    }
  })
})
