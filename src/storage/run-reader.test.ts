import 'fake-indexeddb/auto'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { epochMillis } from '../domain/ids'
import { studio } from './database'
import { createRunReader } from './run-reader'
import {
  createRun,
  decideRun,
  decideRuns,
  finishRun,
  listRuns,
  purgeDeletedRuns,
  recordEpoch,
  type StoredRun,
} from './runs'
import { epochOf, finishedRun, freshStorage, runIdOf, runningRun } from './storage.testing'

beforeEach(freshStorage)

async function ended(byte: number): Promise<void> {
  await createRun(await runningRun(byte))
  await finishRun(await finishedRun(byte))
}

describe('createRunReader', () => {
  it('answers as listRuns does, whatever happened in between', async () => {
    const read = createRunReader((run) => run)
    const same = async () => expect(await read()).toEqual(await listRuns())
    await same()
    await ended(1)
    await createRun(await runningRun(2))
    await same()
    await decideRun(runIdOf(1), { name: 'renamed', tags: { a: 'b' } })
    await same()
    await decideRun(runIdOf(1), { name: null })
    await same()
    const weights = new Uint8Array([1, 2, 3])
    await recordEpoch(runIdOf(2), await epochOf(1, weights), {
      epoch: 1,
      weights,
      optimizer: weights,
      average: null,
      best: true,
    })
    await same()
    await finishRun(await finishedRun(2))
    await same()
    await decideRuns([runIdOf(1), runIdOf(2)], () => ({ deletedAt: epochMillis(3) }))
    await same()
    expect(await purgeDeletedRuns()).toBe(1)
    await same()
    expect(await read()).toHaveLength(1)
  })

  it('reads and makes each ended run once', async () => {
    for (const byte of [1, 2, 3]) await ended(byte)
    await createRun(await runningRun(4))
    const make = vi.fn((run: StoredRun) => run.id)
    const read = createRunReader(make)
    await read()
    const got = vi.spyOn(studio.runs, 'bulkGet')
    make.mockClear()
    expect(await read()).toEqual([4, 3, 2, 1].map(runIdOf))
    expect(got.mock.calls).toEqual([[[runIdOf(4)]]])
    expect(make).toHaveBeenCalledTimes(1)
  })
})
