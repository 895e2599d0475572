import 'fake-indexeddb/auto'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  datasetIdOf,
  epochMillis,
  parseVersionId,
  runIdFromBytes,
  type VersionId,
} from '../../src/domain/ids'
import type { Ink } from '../../src/domain/image/ink'
import { MNIST_PREPROCESS } from '../../src/domain/image/preprocess'
import { evaluateLogits } from '../../src/domain/metrics/evaluate'
import { parameterCount } from '../../src/domain/model/counts'
import { initialWeights } from '../../src/domain/model/initialise'
import { findPreset } from '../../src/domain/model/presets'
import { DEFAULT_PARAMS } from '../../src/domain/params/defaults'
import type { PredictCommand, PredictMessage } from '../../src/protocol/predict'
import { digest } from '../../src/storage/blobs'
import { metrics, studio } from '../../src/storage/database'
import { createRun, finishRun } from '../../src/storage/runs'
import type { EngineHost } from '../engine/contract'
import { nodeHost } from '../engine/node-host.testing'
import { bytesOf } from './browser-host'
import { predictSession } from './predict-session'
import { wireError } from './serve'

type Command = Exclude<PredictCommand, { kind: 'hello' }>
type Message = Exclude<PredictMessage, { kind: 'hello' }>

const ONE: Ink = { size: 100, strokes: [{ points: Float32Array.of(50, 10, 50, 90), width: 8 }] }

beforeEach(async () => {
  for (const database of [studio, metrics]) {
    await database.delete({ disableAutoOpen: false })
    await database.open()
  }
})

/** A stored version whose weights are those of a model that has learned nothing. */
async function storeVersion(): Promise<VersionId> {
  const found = findPreset('lite')
  if (found.kind === 'unknown') throw new Error(found.message)
  const { spec } = found
  const id = runIdFromBytes(new Uint8Array(16))
  const weights = bytesOf(initialWeights(spec, 7))
  const weightsSha256 = await digest(weights)
  const dataset = { id: datasetIdOf(weightsSha256), name: 'none', digest: weightsSha256 }
  await createRun({
    id,
    name: 'untrained',
    status: { state: 'running', startedAt: epochMillis(1) },
    params: DEFAULT_PARAMS.train,
    augment: DEFAULT_PARAMS.augment,
    spec,
    parameterCount: parameterCount(spec),
    dataset,
    preprocess: MNIST_PREPROCESS,
    engine: { kind: 'wasm', build: 'simd', threads: 1, convolutions: [], device: 'CPU', reason: 'test' },
    appVersion: '0',
    host: 'Node',
    epochs: [],
  })
  const evaluation = evaluateLogits(new Float32Array(10), new Uint8Array(1), 'test', weightsSha256)
  const figures = {
    weightsEpoch: 0,
    stoppedEarly: null,
    stepsDone: 1,
    epochsDone: 0,
    trainSeconds: 1,
    imagesPerSecond: 1,
  }
  const testPredictions = { labels: new Uint8Array(1), confidence: new Float32Array(1) }
  const result = { weightsSha256, ...figures, evaluation }
  const versionId = await finishRun({
    runId: id,
    outcome: 'stopped',
    at: epochMillis(2),
    weights,
    testPredictions,
    golden: new Uint8Array(824),
    result,
  })
  if (versionId === null) throw new Error('the first run should have become a version')
  return versionId
}

function opened(host: EngineHost = nodeHost) {
  const session = predictSession(host)
  const posted: Message[] = []
  async function send(command: Command): Promise<void> {
    try {
      await session.handle(command, (message) => posted.push(message))
    } catch (error) {
      posted.push(session.failed(wireError(error), command))
    }
  }
  return { send, posted }
}

describe('predictSession', () => {
  it('loads a stored version and answers a drawing with what the model saw', async () => {
    const versionId = await storeVersion()
    const { send, posted } = opened()
    await send({ kind: 'load', versionId })
    await send({ kind: 'read-ink', request: 1, ink: ONE })
    await send({ kind: 'read-ink', request: 2, ink: { size: 100, strokes: [] } })
    expect(posted.map(({ kind }) => kind)).toEqual(['loaded', 'answer', 'nothing-drawn'])
    const answer = posted[1]
    if (answer?.kind !== 'answer') throw new Error('expected an answer')
    expect(answer.digit).toHaveLength(784)
    expect(Math.max(...answer.digit)).toBeGreaterThan(200)
    const sum = answer.probabilities.reduce((total, share) => total + share, 0)
    expect(sum).toBeCloseTo(1, 5)
    expect(answer.probabilities[answer.label]).toBe(Math.max(...answer.probabilities))
  })

  it('says what is missing: a model, a version, undamaged weights', async () => {
    const { send, posted } = opened()
    await send({ kind: 'read-ink', request: 1, ink: ONE })
    expect(posted.pop()).toMatchObject({ kind: 'failed', request: 1, error: { code: 'not-found' } })
    await send({ kind: 'load', versionId: parseVersionId('mnist-classifier/9') })
    expect(posted.pop()).toMatchObject({ kind: 'failed', request: null, error: { code: 'not-found' } })
    const versionId = await storeVersion()
    const { weightsSha256 } = (await studio.versions.get(versionId))!
    const held = (await studio.blobs.get(weightsSha256))!
    await studio.blobs.put({ ...held, blob: new Blob([new Uint8Array(held.length)]) })
    await send({ kind: 'load', versionId })
    expect(posted.pop()).toMatchObject({ kind: 'failed', request: null, error: { code: 'damaged' } })
  })

  it('practises after it has loaded, answers meanwhile, and stops for another model', async () => {
    const versionId = await storeVersion()
    let breaths = 0
    let onBreath = (): void => {}
    const host = {
      ...nodeHost,
      async breathe() {
        breaths++
        onBreath()
        await nodeHost.breathe()
      },
    }
    const { send, posted } = opened(host)
    await send({ kind: 'load', versionId })
    expect(breaths).toBeGreaterThanOrEqual(30)
    const whole = breaths
    breaths = 0
    const others: Promise<void>[] = []
    onBreath = () => {
      if (breaths === 1) others.push(send({ kind: 'read-ink', request: 7, ink: ONE }))
      if (breaths === 2) others.push(send({ kind: 'load', versionId }))
    }
    await send({ kind: 'load', versionId })
    await Promise.all(others)
    expect(posted.map(({ kind }) => kind)).toEqual(['loaded', 'loaded', 'answer', 'loaded'])
    expect(breaths).toBeLessThan(2 * whole)
  })

  it('answers only for the version that was chosen last', async () => {
    const versionId = await storeVersion()
    const { send, posted } = opened()
    await Promise.all([
      send({ kind: 'load', versionId: parseVersionId('mnist-classifier/9') }),
      send({ kind: 'load', versionId }),
    ])
    expect(posted).toEqual([{ kind: 'loaded', versionId }])
  })
})
