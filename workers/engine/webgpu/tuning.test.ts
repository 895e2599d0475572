import { expect, it } from 'vitest'
import { findPreset } from '../../../src/domain/model/presets'
import type { EngineMemory, TrainingEngine } from '../contract'
import { jobOf } from '../job.testing'
import { GPU_TILES, type Tiles } from './tiles'
import { fastestTiles } from './tuning'

const search = findPreset('rf5-13k')
if (search.kind === 'unknown') throw new Error(search.message)
const JOB = jobOf(search.spec, 8)

/** Engines that do nothing; each `run` takes the milliseconds of its tiles on a clock of their own. */
function bench(milliseconds: Readonly<Record<string, number>>): {
  make: (tiles: Tiles) => Promise<TrainingEngine>
  now: () => number
  made: string[]
  disposed: () => number
} {
  let time = 0
  let disposed = 0
  const made: string[] = []
  return {
    made,
    now: () => time,
    disposed: () => disposed,
    make: ({ name }) => {
      made.push(name)
      const engine: Partial<TrainingEngine> = {
        attach: () => Promise.resolve(),
        writeState: () => Promise.resolve(),
        run: () => {
          time += milliseconds[name] ?? Number.NaN
          return Promise.resolve([])
        },
        dispose: () => void disposed++,
      }
      return Promise.resolve(engine as TrainingEngine)
    },
  }
}

function memoryOf(kept: Map<string, string>): EngineMemory {
  return {
    read: (key) => Promise.resolve(kept.get(key) ?? null),
    write(key, value) {
      kept.set(key, value)
      return Promise.resolve()
    },
  }
}

it('takes the fastest tiles, and remembers them for this adapter, model and batch', async () => {
  const kept = new Map<string, string>()
  const times = Object.fromEntries(GPU_TILES.map(({ name }, i) => [name, i === 1 ? 2 : 5]))
  const first = bench(times)
  const chosen = await fastestTiles(JOB, 'card', { memory: memoryOf(kept), now: first.now }, first.make)
  expect(chosen).toBe(GPU_TILES[1])
  expect(first.made).toEqual(GPU_TILES.map(({ name }) => name))
  expect(first.disposed()).toBe(GPU_TILES.length)

  const second = bench(times)
  expect(await fastestTiles(JOB, 'card', { memory: memoryOf(kept), now: second.now }, second.make)).toBe(
    chosen,
  )
  expect(second.made).toEqual([])

  await fastestTiles(JOB, 'another card', { memory: memoryOf(kept), now: second.now }, second.make)
  expect(second.made).toHaveLength(GPU_TILES.length)
})
