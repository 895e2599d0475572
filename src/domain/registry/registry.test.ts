import { assert, integer, property, uint8Array } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { epochMillis, parseDatasetId, parseRunId, parseSha256, probability, versionId } from '../ids'
import { MNIST_PREPROCESS } from '../image/preprocess'
import { DEFAULT_PARAMS } from '../params/defaults'
import type { Evaluation } from '../metrics/evaluation'
import type { EpochMetrics } from '../training/events'
import { aliasAt, aliasProblem } from './aliases'
import { registryEvent } from './chain'
import type { RegistryEvent, Run, RunResult } from './records'
import { isEnded, reduceRun } from './run'
import { friendlyRunName } from './run-names'
import { sha256 } from './sha256.testing'
import { nextVersion } from './versions'

const DIGEST = parseSha256('c'.repeat(64))

const RUNNING: Run = {
  id: parseRunId('0'.repeat(32)),
  name: 'calm-heron-42',
  status: { state: 'running', startedAt: epochMillis(100) },
  params: { ...DEFAULT_PARAMS.train, preset: 'linear', epochs: 2, batch_size: 16, seed: 7 },
  augment: DEFAULT_PARAMS.augment,
  spec: { name: 'linear', input: { height: 28, width: 28, channels: 1 }, layers: [] },
  parameterCount: 7850,
  dataset: { id: parseDatasetId('a'.repeat(64)), name: 'MNIST', digest: parseSha256('a'.repeat(64)) },
  preprocess: MNIST_PREPROCESS,
  engine: {
    kind: 'wasm',
    build: 'simd',
    threads: 1,
    convolutions: [],
    device: 'CPU · 1 thread',
    reason: 'the only one',
  },
  appVersion: '0.1.0',
  host: 'test',
  epochs: [],
}

const EVALUATION: Evaluation = {
  split: 'test',
  splitDigest: DIGEST,
  count: 0,
  correct: 0,
  accuracy: probability(0),
  loss: 0,
  confusion: [],
  perClass: [],
  interval: { low: 0, high: 1 },
}

const RESULT: RunResult = {
  weightsSha256: DIGEST,
  weightsEpoch: 1,
  stoppedEarly: null,
  stepsDone: 10,
  epochsDone: 2,
  trainSeconds: 1,
  imagesPerSecond: 160,
  evaluation: EVALUATION,
}

function epochMetrics(epoch: number, trainLoss: number): EpochMetrics {
  return {
    epoch,
    trainLoss,
    trainAccuracy: 0.5,
    validation: null,
    learningRate: 0.01,
    seconds: 1,
    imagesPerSecond: 100,
    weightsSha256: DIGEST,
  }
}

describe('run', () => {
  it('gathers epochs and ends with its result', () => {
    const first = reduceRun(RUNNING, { kind: 'epoch', metrics: epochMetrics(1, 2) })
    const second = reduceRun(first, { kind: 'epoch', metrics: epochMetrics(2, 1) })
    const ended = reduceRun(second, {
      kind: 'ended',
      outcome: 'stopped',
      at: epochMillis(200),
      result: RESULT,
    })
    expect(ended.epochs.map(({ trainLoss }) => trainLoss)).toEqual([2, 1])
    expect(ended.status).toEqual({ state: 'stopped', startedAt: 100, endedAt: 200, result: RESULT })
    expect(isEnded(ended)).toBe(true)
    expect(RUNNING.epochs).toEqual([])
  })

  it('lets the epochs of a resumed run replace those they repeat', () => {
    const before = { ...RUNNING, epochs: [epochMetrics(1, 3), epochMetrics(2, 2), epochMetrics(3, 1)] }
    const after = reduceRun(before, { kind: 'epoch', metrics: epochMetrics(2, 2.5) })
    expect(after.epochs.map(({ epoch, trainLoss }) => [epoch, trainLoss])).toEqual([
      [1, 3],
      [2, 2.5],
    ])
  })

  it('keeps why it failed, and then changes no more', () => {
    const failed = reduceRun(RUNNING, {
      kind: 'failed',
      at: epochMillis(150),
      code: 'quota',
      message: 'no room',
    })
    expect(failed.status).toEqual({
      state: 'failed',
      startedAt: 100,
      endedAt: 150,
      code: 'quota',
      message: 'no room',
    })
    expect(isEnded(failed)).toBe(false)
    expect(() => reduceRun(failed, { kind: 'epoch', metrics: epochMetrics(1, 1) })).toThrow(
      'is failed, but only a running run takes "epoch"',
    )
  })
})

describe('next version', () => {
  const ended = reduceRun(RUNNING, {
    kind: 'ended',
    outcome: 'completed',
    at: epochMillis(200),
    result: RESULT,
  })
  if (!isEnded(ended)) throw new Error('a completed run must count as ended')

  it("is 1 for a model's first and carries what its run measured", () => {
    const version = nextVersion('mnist-classifier', ended, [{ model: 'other', version: 9 }], epochMillis(300))
    expect(version).toMatchObject({
      id: 'mnist-classifier/1',
      version: 1,
      origin: { kind: 'run', runId: ended.id },
      createdAt: 300,
      weightsSha256: DIGEST,
      evaluation: EVALUATION,
      parameterCount: 7850,
      preprocess: MNIST_PREPROCESS,
      recipe: { train: ended.params, augment: ended.augment },
    })
  })

  it('is above every number given before, gaps or not', () => {
    const existing = [
      { model: 'mnist-classifier', version: 7 },
      { model: 'mnist-classifier', version: 2 },
    ]
    expect(nextVersion('mnist-classifier', ended, existing, epochMillis(300)).id).toBe('mnist-classifier/8')
  })

  it('refuses a model name that cannot stand in an id', () => {
    expect(() => nextVersion('my model', ended, [], epochMillis(300))).toThrow('version id must look like')
  })
})

describe('alias names', () => {
  it.each(['champion', 'Production', 'a', '0', 'v', 'v1a', 'shadow-2_b', 'x'.repeat(255)])(
    'takes %s',
    (alias) => {
      expect(aliasProblem(alias)).toBeNull()
    },
  )

  it.each([
    ['', 'at least one character'],
    ['x'.repeat(256), 'at most 255 characters, found 256'],
    ['my alias', 'found " "'],
    ['prod/eu', 'found "/"'],
    ['schön', 'found "ö"'],
    ['go🚀', 'found "🚀"'],
    ['Latest', 'always means the newest version'],
    ['v12', 'reads as a version number'],
    ['V3', 'reads as a version number'],
  ])('refuses %j and says why', (alias, reason) => {
    expect(aliasProblem(alias)).toContain(reason)
  })
})

describe('alias history', () => {
  async function history(): Promise<RegistryEvent[]> {
    const events: RegistryEvent[] = []
    const moves = [
      [100, 'champion', null, 1],
      [200, 'champion', 1, 2],
      [250, 'shadow', null, 1],
      [300, 'champion', 2, 1],
      [400, 'champion', 1, null],
    ] as const
    for (const [at, alias, from, to] of moves) {
      const action = {
        kind: 'alias-moved' as const,
        model: 'mnist-classifier',
        alias,
        from: from === null ? null : versionId('mnist-classifier', from),
        to: to === null ? null : versionId('mnist-classifier', to),
      }
      events.push(await registryEvent(events.at(-1) ?? null, action, epochMillis(at), 'test', sha256))
    }
    return events
  }

  it.each([
    [99, null],
    [100, 'mnist-classifier/1'],
    [199, 'mnist-classifier/1'],
    [200, 'mnist-classifier/2'],
    [299, 'mnist-classifier/2'],
    [350, 'mnist-classifier/1'],
    [400, null],
  ])('says which version was champion at %i', async (time, expected) => {
    expect(aliasAt(await history(), 'mnist-classifier', 'champion', epochMillis(time))).toBe(expected)
  })

  it('keeps aliases and models apart', async () => {
    const events = await history()
    expect(aliasAt(events, 'mnist-classifier', 'shadow', epochMillis(500))).toBe('mnist-classifier/1')
    expect(aliasAt(events, 'other', 'champion', epochMillis(200))).toBeNull()
  })
})

describe('friendly run names', () => {
  it('are adjective-noun-number', () => {
    assert(
      property(uint8Array({ minLength: 4, maxLength: 16 }), (bytes) => {
        expect(friendlyRunName(bytes)).toMatch(/^[a-z]+-[a-z]+-\d{1,3}$/)
      }),
    )
  })

  it('use 64 different words each', () => {
    const names = Array.from({ length: 64 }, (_, index) => friendlyRunName(Uint8Array.of(index, index, 0, 0)))
    expect(new Set(names.map((name) => name.split('-')[0])).size).toBe(64)
    expect(new Set(names.map((name) => name.split('-')[1])).size).toBe(64)
  })

  it('need four bytes', () => {
    assert(
      property(integer({ min: 0, max: 3 }), (length) => {
        expect(() => friendlyRunName(new Uint8Array(length))).toThrow(`found ${length}`)
      }),
    )
  })
})
