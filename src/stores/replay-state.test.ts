import { describe, expect, it } from 'vitest'
import { runIdFromBytes } from '../domain/ids'
import { reduceReplay, type ReplayState } from './replay-state'

const runId = runIdFromBytes(new Uint8Array(16))
const begun: ReplayState = { state: 'running', runId, share: null, epochs: [] }

describe('reduceReplay', () => {
  it('follows the steps and the epochs, and is idle once the outcome is stored', () => {
    const some = reduceReplay(begun, { kind: 'replaying', stepsDone: 5, totalSteps: 20 })
    expect(some).toMatchObject({ share: 0.25 })
    const one = reduceReplay(some, { kind: 'replayed-epoch', epoch: 1, same: true })
    const two = reduceReplay(one, { kind: 'replayed-epoch', epoch: 2, same: false })
    expect(two).toMatchObject({ share: 0.25, epochs: [true, false] })
  })

  it('fails with its reason, and takes nothing more', () => {
    const error = { code: 'not-found', message: 'gone' } as const
    const failed = reduceReplay(begun, { kind: 'replay-failed', error })
    expect(failed).toEqual({ state: 'failed', runId, error })
    expect(reduceReplay(failed, { kind: 'replayed-epoch', epoch: 1, same: true })).toBe(failed)
  })
})
