import 'fake-indexeddb/auto'
import { beforeEach, describe, expect, it } from 'vitest'
import { parseRunId } from '../domain/ids'
import { DEFAULT_PARAMS } from '../domain/params/defaults'
import { studioParamsSchema } from '../domain/params/schema'
import { readCheckpoint } from './checkpoints'
import { studio, studioDatabase } from './database'
import { STUDIO_MIGRATIONS } from './migrations'
import { listVersions } from './registry'
import { getRun, listRuns } from './runs'
import { firstSchemaRows } from './schema-1.testing'
import { freshStorage } from './storage.testing'
import { upgradeFirstRuns } from './upgrade-first-runs'

const FINISHED = parseRunId('1'.repeat(32))
const INTERRUPTED = parseRunId('2'.repeat(32))

/** Leaves what a build of the first schema left, under the studio's own name. */
async function writeFirstSchema(): Promise<void> {
  studio.close({ disableAutoOpen: false })
  const old = studioDatabase(studio.name, STUDIO_MIGRATIONS.slice(0, 1))
  const { rows } = await firstSchemaRows()
  for (const [table, entries] of Object.entries(rows)) await old.table(table).bulkPut(entries)
  old.close()
}

beforeEach(async () => {
  await freshStorage()
  await studio.delete({ disableAutoOpen: false })
  await writeFirstSchema()
})

describe('data of the first schema', () => {
  it('open with all the parameters there are today, to the meaning they had', async () => {
    const { weights } = await firstSchemaRows()
    expect(await listRuns()).toHaveLength(3)
    for (const run of await listRuns()) {
      expect(studioParamsSchema.shape.train.safeParse(run.params).success).toBe(true)
      // First engines convolved directly; all else is what today's recipe leaves out.
      const { epochs, lr, scheduler } = run.params
      expect(run.params).toEqual({ ...DEFAULT_PARAMS.train, epochs, lr, scheduler, convolution: 'direct' })
      expect(run.augment).toEqual(DEFAULT_PARAMS.augment)
      expect(run.engine).toMatchObject({ kind: 'wasm', build: 'relaxed-simd', convolutions: [] })
    }
    const finished = (await getRun(FINISHED))!
    expect(finished.status).toMatchObject({ result: { weightsEpoch: 3, stoppedEarly: null, epochsDone: 3 } })
    const interrupted = (await getRun(INTERRUPTED))!
    expect(interrupted.resumes).toMatchObject([{ engine: { convolutions: [] } }])
    expect(await readCheckpoint(INTERRUPTED, 1)).toMatchObject({ weights, average: null })
    expect(await studio.replays.count()).toBe(0)
    expect(await studio.fence.get('schema')).toMatchObject({ version: 3 })
  })

  it('keep their versions, as made by runs of this studio', async () => {
    const [version] = await listVersions('mnist-classifier')
    expect(version).toMatchObject({
      origin: { kind: 'run', runId: FINISHED },
      network: { kind: 'spec', spec: { name: 'rf5-13k' } },
      goldenSha256: null,
      baseline: null,
      parent: null,
    })
    expect(version).not.toHaveProperty('spec')
    for (const run of await listRuns()) expect(run).toMatchObject({ archivedAt: null, note: '', tags: {} })
  })

  it('stay as they were when the upgrade does not get to its end, and open later', async () => {
    const [first, second] = STUDIO_MIGRATIONS
    if (first === undefined || second === undefined) throw new Error('expected two migrations')
    const failing = studioDatabase(studio.name, [
      first,
      {
        ...second,
        upgrade: async (transaction) => {
          await upgradeFirstRuns(transaction)
          throw new Error('the power went')
        },
      },
    ])
    await expect(failing.open()).rejects.toThrow('the power went')
    const old = studioDatabase(studio.name, [first])
    expect((await old.runs.get(FINISHED))?.params).not.toHaveProperty('ema_decay')
    old.close()
    expect((await getRun(FINISHED))?.params.ema_decay).toBe(0)
  })
})
