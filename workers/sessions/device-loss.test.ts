import 'fake-indexeddb/auto'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { DatasetId } from '../../src/domain/ids'
import type { TrainCommand, TrainMessage } from '../../src/protocol/train'
import { getRun } from '../../src/storage/runs'
import { freshStorage } from '../../src/storage/storage.testing'
import { readSteps } from '../../src/storage/steps'
import { EngineLostError, type CreateTrainingEngine } from '../engine/contract'
import { trainSession } from './train-session'
import { wireError } from './serve'
import { storeDigits, testHost, testParams } from './train-session.testing'
import type { Hello } from '../../src/protocol/version'

type Message = Exclude<TrainMessage, Hello>

const faults = vi.hoisted(() => ({ losses: [] as { atStep: number; loss: 'lost' | 'hung' }[] }))

/** The real engine, whose device is lost at the steps that `faults` names, one engine after the other. */
vi.mock('../engine/create', async (importOriginal) => {
  const original = await importOriginal<{ createTrainingEngine: CreateTrainingEngine }>()
  const createTrainingEngine: CreateTrainingEngine = async (...asked) => {
    const engine = await original.createTrainingEngine(...asked)
    const fault = faults.losses.shift()
    return {
      ...engine,
      record: engine.record,
      memoryBytes: engine.memoryBytes,
      run(indices, steps) {
        if (fault !== undefined && steps.some(({ step }) => step === fault.atStep))
          return Promise.reject(new EngineLostError(fault.loss, 'the device is gone'))
        return engine.run(indices, steps)
      },
    }
  }
  return { ...original, createTrainingEngine }
})

const STEPS_PER_EPOCH = 18
let datasetId: DatasetId

beforeEach(async () => {
  await freshStorage()
  datasetId = await storeDigits()
})

afterEach(() => {
  expect(faults.losses.splice(0)).toEqual([])
})

async function converse(command: Exclude<TrainCommand, Hello>): Promise<Message[]> {
  const session = trainSession(testHost)
  const messages: Message[] = []
  try {
    await session.handle(command, (message) => messages.push(message))
  } catch (error) {
    messages.push(session.failed(wireError(error), command))
  }
  return messages
}

const start = () => ({ kind: 'start', datasetId, params: testParams, runName: 'calm-heron-1' }) as const

async function hashOf(messages: readonly Message[]): Promise<string> {
  const end = messages.at(-1)
  if (end?.kind !== 'ended') throw new Error(`expected a run that ended, found ${JSON.stringify(end)}`)
  const run = await getRun(end.runId)
  if (run === null || !('result' in run.status)) throw new Error('expected a result')
  return run.status.result.weightsSha256
}

describe('a run whose device is lost', () => {
  it('goes on once from its last checkpoint by itself, to the same bits', async () => {
    const untouched = await hashOf(await converse(start()))
    faults.losses.push({ atStep: STEPS_PER_EPOCH + 5, loss: 'lost' })
    const messages = await converse(start())
    expect(await hashOf(messages)).toBe(untouched)
    const begun = messages.filter((message) => message.kind === 'started')
    expect(begun).toHaveLength(2)
    expect(begun[1]?.before).toMatchObject({ stepsDone: STEPS_PER_EPOCH })
    expect(begun[1]?.before?.note).toMatch(/Resumed after epoch 1 of 3/)
    const run = await getRun(begun[0]!.runId)
    expect(run).toMatchObject({ resumes: [{ fromEpoch: 1 }], status: { state: 'completed' } })
    const steps = await readSteps(begun[0]!.runId)
    expect(steps.reduce((count, { loss }) => count + loss.length, 0)).toBe(3 * STEPS_PER_EPOCH)
  })

  it('tells of the second loss and can be resumed from there', async () => {
    const untouched = await hashOf(await converse(start()))
    faults.losses.push(
      { atStep: STEPS_PER_EPOCH + 5, loss: 'lost' },
      { atStep: 2 * STEPS_PER_EPOCH, loss: 'lost' },
    )
    const last = (await converse(start())).at(-1)
    if (last?.kind !== 'failed' || last.runId === null) throw new Error('expected a stored run that failed')
    expect(last.error.code).toBe('device-lost')
    expect(last.error.message).toMatch(/can be resumed/)
    expect((await getRun(last.runId))?.status.state).toBe('running')
    const resumed = await converse({ kind: 'resume', runId: last.runId })
    expect(await hashOf(resumed)).toBe(untouched)
  })

  it('is not asked for again after a hang', async () => {
    faults.losses.push({ atStep: STEPS_PER_EPOCH + 5, loss: 'hung' })
    const messages = await converse(start())
    expect(messages.filter(({ kind }) => kind === 'started')).toHaveLength(1)
    expect(messages.at(-1)).toMatchObject({ kind: 'failed', error: { code: 'device-hung' } })
  })
})
