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
import type { Picture } from '../../src/domain/image/picture'
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
import { SessionError, wireError } from './serve'

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

/** The same weights under the next number. */
async function storeTwin(versionId: VersionId): Promise<VersionId> {
  const row = (await studio.versions.get(versionId))!
  const id = parseVersionId(`${row.model}/${row.version + 1}`)
  await studio.versions.put({ ...row, id, version: row.version + 1 })
  return id
}

/** The bytes that a PNG of this size begins with; what the pixels are is the test's to say. */
function pngHeader(width: number, height: number): Uint8Array {
  const size = [width, height].flatMap((value) => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255))
  const name = Array.from('\u0089PNG\r\n\u001A\n', (letter) => letter.charCodeAt(0))
  return Uint8Array.from([...name, 0, 0, 0, 13, 73, 72, 68, 82, ...size, 8, 0, 0, 0, 0, 1, 2, 3, 4])
}

/** A dark 1 on light paper. */
function onePicture(): Picture {
  const side = 100
  const rgba = new Uint8ClampedArray(side * side * 4).fill(255)
  for (let y = 10; y < 90; y++) for (let x = 46; x < 54; x++) rgba.set([20, 20, 60, 255], (y * side + x) * 4)
  return { width: side, height: side, rgba }
}

function opened(host: EngineHost = nodeHost, picture: () => Picture = onePicture) {
  const session = predictSession(host, async () => picture())
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

function answersOf(message: Message | undefined) {
  if (message?.kind !== 'reading') throw new Error(`expected a reading, found ${message?.kind}`)
  return message.readings
}

describe('predictSession', () => {
  it('loads a stored version and answers a drawing with what the model saw', async () => {
    const versionId = await storeVersion()
    const { send, posted } = opened()
    await send({ kind: 'load', versions: [versionId] })
    await send({ kind: 'read-ink', request: 1, ink: ONE })
    await send({ kind: 'read-ink', request: 2, ink: { size: 100, strokes: [] } })
    expect(posted.map(({ kind }) => kind)).toEqual(['loaded', 'reading', 'reading'])
    expect(posted[1]).toMatchObject({ request: 1, digits: 1, picture: null })
    const [answer] = answersOf(posted[1])
    if (answer?.kind !== 'answer') throw new Error('expected an answer')
    expect(answer.digit).toHaveLength(784)
    expect(Math.max(...answer.digit)).toBeGreaterThan(200)
    const sum = answer.probabilities.reduce((total, share) => total + share, 0)
    expect(sum).toBeCloseTo(1, 5)
    const sorted = [...answer.probabilities].sort((a, b) => b - a)
    expect(answer.probabilities[answer.label]).toBe(sorted[0])
    expect(answer.margin).toBeCloseTo(Math.log((sorted[0] ?? 0) / (sorted[1] ?? 0)), 4)
    expect(posted[2]).toEqual({
      kind: 'reading',
      request: 2,
      readings: [{ kind: 'nothing-drawn', versionId }],
      digits: 0,
      picture: null,
    })
  })

  it('answers with two versions, in the order they were asked for, and lets one go', async () => {
    const first = await storeVersion()
    const second = await storeTwin(first)
    const { send, posted } = opened()
    await send({ kind: 'load', versions: [second, first] })
    await send({ kind: 'read-ink', request: 1, ink: ONE })
    expect(answersOf(posted.at(-1)).map(({ versionId }) => versionId)).toEqual([second, first])
    await send({ kind: 'load', versions: [first] })
    expect(posted.at(-1)).toEqual({ kind: 'loaded', versionId: first })
    await send({ kind: 'read-ink', request: 2, ink: ONE })
    expect(answersOf(posted.at(-1)).map(({ versionId }) => versionId)).toEqual([first])
  })

  it('goes on with one version where the other is missing', async () => {
    const versionId = await storeVersion()
    const missing = parseVersionId('mnist-classifier/9')
    const { send, posted } = opened()
    await send({ kind: 'load', versions: [missing, versionId] })
    expect(posted).toContainEqual({ kind: 'loaded', versionId })
    expect(posted.find(({ kind }) => kind === 'load-failed')).toMatchObject({
      versionId: missing,
      error: { code: 'not-found' },
    })
    await send({ kind: 'read-ink', request: 1, ink: ONE })
    expect(answersOf(posted.at(-1)).map((reading) => reading.versionId)).toEqual([versionId])
  })

  it('reads a picture as it reads ink, and says what it did to it', async () => {
    const versionId = await storeVersion()
    const { send, posted } = opened()
    await send({ kind: 'load', versions: [versionId] })
    await send({ kind: 'read-picture', request: 1, bytes: pngHeader(100, 100) })
    await send({ kind: 'read-ink', request: 2, ink: ONE })
    const [picture, drawn] = posted.slice(-2).map((message) => answersOf(message)[0])
    if (picture?.kind !== 'answer' || drawn?.kind !== 'answer') throw new Error('expected answers')
    let difference = 0
    for (const [at, value] of drawn.digit.entries()) difference += Math.abs(value - (picture.digit[at] ?? 0))
    expect(difference / drawn.digit.reduce((sum, value) => sum + value, 0)).toBeLessThan(0.1)
    expect(posted.at(-2)).toMatchObject({
      picture: { format: 'PNG', width: 100, height: 100, animated: false, notes: ['dark-on-light'] },
    })
  })

  it('refuses bad pictures with a reason and goes on', async () => {
    const versionId = await storeVersion()
    const decoded: number[] = []
    const { send, posted } = opened(nodeHost, () => {
      decoded.push(1)
      throw new SessionError('bad-input', 'cannot be decoded')
    })
    await send({ kind: 'load', versions: [versionId] })
    await send({ kind: 'read-picture', request: 1, bytes: Uint8Array.of(1, 2, 3) })
    await send({ kind: 'read-picture', request: 2, bytes: pngHeader(50_000, 50_000) })
    expect(decoded).toEqual([])
    await send({ kind: 'read-picture', request: 3, bytes: pngHeader(9, 9) })
    expect(posted.slice(1)).toMatchObject([
      { kind: 'refused', request: 1, error: { code: 'bad-input' } },
      { kind: 'refused', request: 2, error: { code: 'bad-input' } },
      { kind: 'refused', request: 3, error: { code: 'bad-input', message: 'cannot be decoded' } },
    ])
    expect(JSON.stringify(posted[1])).toContain('PNG, JPEG or WebP')
    expect(JSON.stringify(posted[2])).toContain('16 million pixels')
    await send({ kind: 'read-ink', request: 4, ink: ONE })
    expect(posted.at(-1)?.kind).toBe('reading')
  })

  it('says what is missing: a model, a version, undamaged weights', async () => {
    const { send, posted } = opened()
    await send({ kind: 'read-ink', request: 1, ink: ONE })
    expect(posted.pop()).toMatchObject({ kind: 'failed', request: 1, error: { code: 'not-found' } })
    const versionId = await storeVersion()
    const { weightsSha256 } = (await studio.versions.get(versionId))!
    const held = (await studio.blobs.get(weightsSha256))!
    await studio.blobs.put({ ...held, blob: new Blob([new Uint8Array(held.length)]) })
    await send({ kind: 'load', versions: [versionId] })
    expect(posted.pop()).toMatchObject({ kind: 'load-failed', versionId, error: { code: 'damaged' } })
  })

  it('practises after it has loaded, answers meanwhile, and stops when it is let go', async () => {
    const versionId = await storeVersion()
    const other = await storeTwin(versionId)
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
    await send({ kind: 'load', versions: [versionId] })
    expect(breaths).toBeGreaterThanOrEqual(30)
    const whole = breaths
    breaths = 0
    const others: Promise<void>[] = []
    onBreath = () => {
      if (breaths === 1) others.push(send({ kind: 'read-ink', request: 7, ink: ONE }))
      if (breaths === 2) others.push(send({ kind: 'load', versions: [versionId] }))
    }
    await send({ kind: 'load', versions: [other] })
    await Promise.all(others)
    expect(posted.filter(({ kind }) => kind === 'reading')).toHaveLength(1)
    expect(posted.filter(({ kind }) => kind === 'loaded')).toHaveLength(3)
    expect(breaths).toBeLessThan(2 * whole)
  })

  it('answers only for the versions that were chosen last', async () => {
    const versionId = await storeVersion()
    const { send, posted } = opened()
    await Promise.all([
      send({ kind: 'load', versions: [parseVersionId('mnist-classifier/9')] }),
      send({ kind: 'load', versions: [versionId] }),
    ])
    expect(posted).toEqual([{ kind: 'loaded', versionId }])
  })
})
