import { runOf } from '../domain/registry/versions'
import 'fake-indexeddb/auto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { epochMillis, versionId } from '../domain/ids'
import { aliasAt } from '../domain/registry/aliases'
import { verifyChain } from '../domain/registry/chain'
import type { Stage } from '../domain/registry/records'
import { isEnded } from '../domain/registry/run'
import { stageOf } from '../domain/registry/stages'
import { blobHolders, digest, readBlob } from './blobs'
import { studio } from './database'
import { deleteDataset, listDatasets, putDataset } from './datasets'
import { listAliases, listEvents, listVersions, registerVersion } from './registry'
import { moveAlias, moveStage, rollBack } from './registry-changes'
import { createRun, decideRun, finishRun, getRun, listRuns, purgeDeletedRuns, recordEpoch } from './runs'
import { epochOf, finishedRun, freshStorage, runIdOf, runningRun, smallDataset } from './storage.testing'

const MODEL = 'mnist-classifier'
const SEED = 20_261_121

/** Few ids, so that commands meet: most sequences register, move, delete and purge the same things. */
const command = fc.oneof(
  fc.record({ kind: fc.constant('finish' as const), epochs: fc.nat(3), stopped: fc.boolean() }),
  fc.record({ kind: fc.constant('register' as const), run: fc.nat(3), again: fc.boolean() }),
  fc.record({
    kind: fc.constant('move' as const),
    alias: fc.constantFrom('champion', 'next'),
    to: fc.nat(3),
  }),
  fc.record({ kind: fc.constant('roll-back' as const), to: fc.nat(3) }),
  fc.record({
    kind: fc.constant('stage' as const),
    version: fc.nat(3),
    stage: fc.constantFrom('Staging' as const, 'Production' as const),
  }),
  fc.record({ kind: fc.constant('delete' as const), run: fc.nat(3) }),
  fc.record({ kind: fc.constant('purge' as const) }),
  fc.record({ kind: fc.constant('load' as const), shade: fc.constantFrom(3, 5) }),
  fc.record({ kind: fc.constant('unload' as const) }),
)
type Command = typeof command extends fc.Arbitrary<infer Value> ? Value : never

/** What a plain reader of the commands expects to be there. */
interface Expected {
  runs: number[]
  deleted: Set<number>
  versions: number[]
  aliases: Map<string, number>
  stages: Map<number, Stage>
  datasets: number
}

async function apply(step: Command, expected: Expected, nextRun: number): Promise<void> {
  switch (step.kind) {
    case 'finish': {
      await createRun(await runningRun(nextRun))
      for (let epoch = 1; epoch <= step.epochs; epoch++) {
        const bytes = Uint8Array.of(nextRun, epoch, 1)
        const average = epoch % 2 === 0 ? Uint8Array.of(nextRun, epoch, 2) : null
        const checkpoint = { epoch, weights: bytes, optimizer: bytes, average, best: epoch !== 2 }
        await recordEpoch(runIdOf(nextRun), await epochOf(epoch, bytes), checkpoint)
      }
      const outcome = step.stopped ? 'stopped' : 'completed'
      await finishRun({ ...(await finishedRun(nextRun)), outcome })
      if (expected.versions.length === 0) {
        expected.versions.push(nextRun)
        expected.aliases.set('champion', 1)
      }
      expected.runs.push(nextRun)
      return
    }
    case 'register': {
      const byte = expected.runs[step.run]
      const run = byte === undefined ? null : await getRun(runIdOf(byte))
      if (byte === undefined || run === null || !isEnded(run)) return
      const registration = registerVersion(MODEL, run, epochMillis(1), 'law', { allowTwin: step.again })
      if (expected.versions.includes(byte) && !step.again) {
        await expect(registration).rejects.toThrow('has the same weights')
        return
      }
      await registration
      expected.versions.push(byte)
      return
    }
    case 'move': {
      if (step.to > expected.versions.length) return
      const to = step.to === 0 ? null : versionId(MODEL, step.to)
      await moveAlias(MODEL, step.alias, to, epochMillis(1), 'law')
      if (step.to === 0) expected.aliases.delete(step.alias)
      else expected.aliases.set(step.alias, step.to)
      return
    }
    case 'roll-back': {
      const rehearsal = { vectors: 32, largestDifference: 0 }
      const rolled = rollBack(versionId(MODEL, step.to + 1), 'champion', rehearsal, epochMillis(1), 'law')
      if (step.to >= expected.versions.length) {
        await expect(rolled).rejects.toThrow('is no stored version')
        return
      }
      await rolled
      expected.aliases.set('champion', step.to + 1)
      return
    }
    case 'stage': {
      if (step.version >= expected.versions.length) return
      await moveStage(versionId(MODEL, step.version + 1), step.stage, epochMillis(1), 'law')
      expected.stages.set(step.version + 1, step.stage)
      return
    }
    case 'delete': {
      const byte = expected.runs[step.run]
      if (byte === undefined) return
      await decideRun(runIdOf(byte), { deletedAt: epochMillis(1) })
      expected.deleted.add(byte)
      return
    }
    case 'purge': {
      await purgeDeletedRuns()
      expected.runs = expected.runs.filter(
        (byte) => !expected.deleted.has(byte) || expected.versions.includes(byte),
      )
      return
    }
    case 'load':
      await putDataset(await smallDataset(10, step.shade))
      expected.datasets = (await listDatasets()).length
      return
    case 'unload': {
      const [first] = await listDatasets()
      if (!first) return
      await deleteDataset(first.id)
      expected.datasets--
      return
    }
  }
}

async function checkWhole(expected: Expected): Promise<void> {
  expect((await listRuns()).map(({ id }) => id).toSorted()).toEqual(expected.runs.map(runIdOf).toSorted())
  expect((await listVersions(MODEL)).map(runOf)).toEqual(expected.versions.map(runIdOf).toReversed())
  expect(new Map((await listAliases(MODEL)).map(({ alias, versionId: to }) => [alias, to]))).toEqual(
    new Map([...expected.aliases].map(([alias, number]) => [alias, versionId(MODEL, number)])),
  )
  const events = await listEvents()
  for (const { version, stage } of await listVersions(MODEL)) {
    expect(stage).toBe(expected.stages.get(version) ?? 'None')
    expect(stageOf(events, versionId(MODEL, version))).toBe(stage)
  }
  for (const [alias, number] of expected.aliases)
    expect(aliasAt(events, MODEL, alias, epochMillis(1e15))).toBe(versionId(MODEL, number))
  expect(await studio.datasets.count()).toBe(expected.datasets)
  expect(await verifyChain(await listEvents(), digest)).toBeNull()
  const needed = new Set<string>()
  for (const table of blobHolders(studio))
    for (const row of await table.toArray()) for (const name of row.blobs) needed.add(name)
  for (const row of await studio.blobs.toArray()) await readBlob(studio, row.sha256)
  expect(new Set(await studio.blobs.toCollection().primaryKeys())).toEqual(needed)
}

describe('storage, after any sequence of commands', () => {
  it(`holds what a plain reader expects, every Blob that is needed and no other (seed ${SEED})`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 4, maxLength: 16 }), async (steps) => {
        await freshStorage()
        const expected: Expected = {
          runs: [],
          deleted: new Set(),
          versions: [],
          aliases: new Map(),
          stages: new Map(),
          datasets: 0,
        }
        for (const [index, step] of steps.entries()) await apply(step, expected, index + 1)
        await checkWhole(expected)
      }),
      { seed: SEED, numRuns: 32 },
    )
  })
})
