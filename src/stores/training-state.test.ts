import { describe, expect, it } from 'vitest'
import { epochMillis, runIdFromBytes, versionId } from '../domain/ids'
import { createCurveBuffer } from './step-curve'
import { reduceTraining, type TrainingState } from './training-state'

const runId = runIdFromBytes(new Uint8Array(16))
const at = epochMillis(5000)
const preparing: TrainingState = {
  state: 'preparing',
  runName: 'calm-heron-1',
  startedAt: epochMillis(1),
  waitsForGpu: false,
}
const started = {
  kind: 'started',
  runId,
  engine: {
    kind: 'wasm',
    build: 'simd',
    threads: 1,
    convolutions: [],
    device: 'CPU · 1 thread',
    reason: 'no GPU',
  },
  totalSteps: 100,
  stepsPerEpoch: 50,
  batch: 128,
  before: null,
  notes: [],
} as const

function stepsFrom(firstStep: number, loss: readonly number[]) {
  const column = Float32Array.from(loss)
  return {
    firstStep,
    loss: column,
    accuracy: column,
    learningRate: column,
    gradientNorm: column,
    imagesPerSecond: 1500,
  }
}

describe('reduceTraining', () => {
  it('follows a run from preparing to ended', () => {
    const running = reduceTraining(preparing, started, at)
    expect(running).toMatchObject({
      state: 'running',
      runName: 'calm-heron-1',
      stepsDone: 0,
      startedAt: 5000,
    })
    const later = reduceTraining(running, { kind: 'steps', steps: stepsFrom(10, [1, 2]) }, at)
    expect(later).toMatchObject({ stepsDone: 12, imagesPerSecond: 1500 })
    const ended = reduceTraining(
      later,
      { kind: 'ended', runId, outcome: 'completed', versionId: versionId('m', 1) },
      at,
    )
    expect(ended).toMatchObject({ state: 'ended', outcome: 'completed', versionId: 'm/1', stepsDone: 12 })
    expect(ended).not.toHaveProperty('phase')
  })

  it('goes on from where a resumed run was', () => {
    const before = { stepsDone: 50, epochs: [], curve: [], note: 'Resumed after epoch 1 of 2.' }
    expect(reduceTraining(preparing, { ...started, before }, at)).toMatchObject({
      stepsDone: 50,
      resumed: 'Resumed after epoch 1 of 2.',
      imagesPerSecond: 0,
    })
  })

  it('keeps stopping until the run has ended', () => {
    const running = reduceTraining(preparing, started, at)
    if (running.state !== 'running') throw new Error('expected a running state')
    const stopping: TrainingState = { ...running, state: 'stopping' }
    const next = reduceTraining(stopping, { kind: 'phase', phase: 'saving' }, at)
    expect(next).toMatchObject({ state: 'stopping', phase: 'saving' })
  })

  it('ignores what does not belong to the state', () => {
    expect(reduceTraining({ state: 'idle' }, started, at)).toEqual({ state: 'idle' })
    expect(reduceTraining(preparing, { kind: 'phase', phase: 'training' }, at)).toBe(preparing)
  })

  it('fails from any state with its reason', () => {
    const error = { code: 'quota', message: 'full' } as const
    expect(reduceTraining(preparing, { kind: 'failed', runId, error }, at)).toEqual({
      state: 'failed',
      runId,
      error,
    })
  })
})

describe('the curve buffer', () => {
  it('grows, keeps what older views show, and marks gaps', () => {
    const buffer = createCurveBuffer(2)
    buffer.append(stepsFrom(0, [1, 2]))
    const before = buffer.view(1)
    buffer.append(stepsFrom(4, [5]))
    buffer.append(
      stepsFrom(
        5,
        Array.from({ length: 200 }, (_, index) => index),
      ),
    )
    const after = buffer.view(2)
    expect(Array.from(before.loss)).toEqual([1, 2])
    expect(Array.from(after.loss.slice(0, 7))).toEqual([1, 2, Number.NaN, Number.NaN, 5, 0, 1])
    expect(after.length).toBe(205)
    expect(after.revision).toBe(2)
  })
})
