import 'fake-indexeddb/auto'
import { beforeEach, describe, expect, it } from 'vitest'
import { parseSha256, type DatasetId, type RunId } from '../../src/domain/ids'
import type { Run } from '../../src/domain/registry/records'
import type { ReplayMessage } from '../../src/protocol/replay'
import type { Hello } from '../../src/protocol/version'
import { studio } from '../../src/storage/database'
import { deleteDataset } from '../../src/storage/datasets'
import { listReplays } from '../../src/storage/replays'
import { createRun } from '../../src/storage/runs'
import { freshStorage, runIdOf, runningRun } from '../../src/storage/storage.testing'
import { replaySession } from './replay-session'
import { wireError } from './serve'
import { trainSession } from './train-session'
import { paramsWith, storeDigits, testHost } from './train-session.testing'

type Message = Exclude<ReplayMessage, Hello>

let datasetId: DatasetId

beforeEach(async () => {
  await freshStorage()
  datasetId = await storeDigits()
})

/** A run of two epochs that ended. */
async function trained(): Promise<RunId> {
  const params = paramsWith({ epochs: 2 })
  await trainSession(testHost).handle({ kind: 'start', datasetId, params, runName: 'calm-heron-1' }, () => {})
  const [run] = await studio.runs.toArray()
  if (run?.status.state !== 'completed')
    throw new Error(`expected a completed run, found ${run?.status.state}`)
  return run.id
}

/** Makes a run's record say something else than what happened. */
async function change(runId: RunId, changed: (run: Run) => Partial<Run>): Promise<void> {
  const row = (await studio.runs.get(runId))!
  await studio.runs.put({ ...row, ...changed(row) })
}

async function replay(runId: RunId): Promise<Message[]> {
  const session = replaySession(testHost)
  const posted: Message[] = []
  const command = { kind: 'replay', runId } as const
  try {
    await session.handle(command, (message) => posted.push(message))
  } catch (error) {
    posted.push(session.failed(wireError(error), command))
  }
  return posted
}

function epochsOf(posted: readonly Message[]) {
  return posted.flatMap((message) =>
    message.kind === 'replayed-epoch' ? [[message.epoch, message.same]] : [],
  )
}

describe('replaySession', () => {
  it('makes every epoch again to the same bits, and keeps that and nothing else', async () => {
    const runId = await trained()
    const before = await studio.runs.get(runId)
    const posted = await replay(runId)
    expect(epochsOf(posted)).toEqual([
      [1, true],
      [2, true],
    ])
    expect(posted.findLast(({ kind }) => kind === 'replaying')).toMatchObject({
      stepsDone: 36,
      totalSteps: 36,
    })
    const outcome = {
      runId,
      at: 1234,
      appVersion: '9.9.9',
      host: 'Node',
      epochsSame: 2,
      verdict: { kind: 'same' },
    }
    expect(posted.at(-1)).toMatchObject({ kind: 'replayed', replay: outcome })
    expect(await listReplays(runId)).toMatchObject([outcome])
    expect(await studio.runs.get(runId)).toEqual(before)
    expect(await studio.runs.count()).toBe(1)
  })

  it('ends at the first epoch that differs', async () => {
    const runId = await trained()
    const weightsSha256 = parseSha256('0'.repeat(64))
    await change(runId, ({ epochs }) => ({
      epochs: epochs.map((metrics) => ({ ...metrics, weightsSha256 })),
    }))
    const posted = await replay(runId)
    expect(epochsOf(posted)).toEqual([[1, false]])
    // The first epoch's weights went when the run was completed.
    expect(await listReplays(runId)).toMatchObject([
      { epochsSame: 0, verdict: { kind: 'different', epoch: 1, tensor: null } },
    ])
  })

  it("names the first tensor that differs from the run's own weights", async () => {
    const runId = await trained()
    await change(runId, ({ params }) => ({ params: { ...params, scheduler: 'exponential', gamma: 0.5 } }))
    const posted = await replay(runId)
    expect(epochsOf(posted)).toEqual([
      [1, true],
      [2, false],
    ])
    const [outcome] = await listReplays(runId)
    expect(outcome?.verdict).toMatchObject({ kind: 'different', epoch: 2, tensor: { name: '0.kernel' } })
  })

  it('refuses without the digits, without an epoch, and without the run', async () => {
    const runId = await trained()
    await deleteDataset(datasetId)
    expect((await replay(runId)).at(-1)).toMatchObject({
      kind: 'replay-failed',
      error: { code: 'not-found', message: expect.stringMatching(/Load the same digits again/) },
    })
    await createRun(await runningRun(200))
    expect((await replay(runIdOf(200))).at(-1)).toMatchObject({
      error: { message: expect.stringMatching(/finished no epoch/) },
    })
    expect((await replay(runIdOf(201))).at(-1)).toMatchObject({
      error: { code: 'not-found', message: expect.stringMatching(/it was deleted/) },
    })
    expect(await studio.replays.count()).toBe(0)
  })
})
