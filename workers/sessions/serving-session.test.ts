import 'fake-indexeddb/auto'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { epochMillis, parseVersionId, type VersionId } from '../../src/domain/ids'
import { MNIST_PREPROCESS } from '../../src/domain/image/preprocess'
import { parameterCount } from '../../src/domain/model/counts'
import { initialWeights } from '../../src/domain/model/initialise'
import { findPreset } from '../../src/domain/model/presets'
import type { ServingCommand, ServingMessage } from '../../src/protocol/serving'
import { digest, prepareBlob } from '../../src/storage/blobs'
import { studio } from '../../src/storage/database'
import { listPredictions } from '../../src/storage/predictions'
import { chooseServed } from '../../src/storage/served'
import { freshStorage } from '../../src/storage/storage.testing'
import { nodeHost } from '../engine/node-host.testing'
import { bytesOf } from './browser-host'
import { servingSession } from './serving-session'

type Message = Exclude<ServingMessage, { kind: 'hello' }>
type Command = Exclude<ServingCommand, { kind: 'hello' }>

beforeEach(async () => {
  await freshStorage()
  vi.stubGlobal('navigator', { storage: { estimate: () => Promise.resolve({ usage: 12_345 }) } })
})

/** A stored version of a network that has learned nothing, and its alias. */
async function storeVersion(version: number, alias: string | null): Promise<VersionId> {
  const found = findPreset('lite')
  if (found.kind === 'unknown') throw new Error(found.message)
  const { spec } = found
  const weights = bytesOf(initialWeights(spec, version))
  const blob = await prepareBlob(weights)
  const id = parseVersionId(`mnist-classifier/${version}`)
  await studio.blobs.put(blob)
  await studio.versions.put({
    id,
    model: 'mnist-classifier',
    version,
    origin: { kind: 'layers-model', fileName: 'test' },
    createdAt: epochMillis(1),
    network: { kind: 'spec', spec },
    parameterCount: parameterCount(spec),
    preprocess: MNIST_PREPROCESS,
    dataset: null,
    weightsSha256: await digest(weights),
    evaluation: null,
    goldenSha256: null,
    baseline: null,
    parent: null,
    blobs: [blob.sha256],
  })
  if (alias !== null) await studio.aliases.put({ model: 'mnist-classifier', alias, versionId: id })
  return id
}

function opened() {
  const flushes: (() => void)[] = []
  const session = servingSession({
    engine: nodeHost,
    appVersion: '1.2.3',
    clock: () => 5000,
    later: (act) => flushes.push(act),
  })
  let request = 0
  async function ask(method: string, path: string, value?: unknown) {
    const posted: Message[] = []
    const body = new TextEncoder().encode(value === undefined ? '' : JSON.stringify(value))
    const contentType = value === undefined ? null : 'application/json'
    const command: Command = { kind: 'call', request: ++request, call: { method, path, contentType, body } }
    await session.handle(command, (message) => posted.push(message))
    const [message] = posted
    if (message?.kind !== 'reply') throw new Error(`expected a reply, found ${message?.kind}`)
    expect(message.request).toBe(request)
    return message.reply
  }
  return { ask, flush: () => flushes.splice(0).forEach((act) => act()) }
}

/** Asks until the answer is as expected: a change arrives when the database tells of it. */
async function until(ask: () => Promise<{ readonly body: string }>, text: string): Promise<void> {
  await vi.waitFor(async () => expect((await ask()).body).toContain(text), { timeout: 10_000 })
}

const IMAGE = Array.from({ length: 784 }, (_, at) => (at % 7 === 0 ? 255 : 0))

describe('servingSession', () => {
  it('answers with the champion, and keeps what it answered', async () => {
    const versionId = await storeVersion(1, 'champion')
    const { ask, flush } = opened()
    const reply = await ask('POST', '/predict', { image: IMAGE })
    expect(reply.status).toBe(200)
    const { prediction, confidence } = JSON.parse(reply.body) as { prediction: number; confidence: number }
    flush()
    await vi.waitFor(async () => expect(await listPredictions()).toHaveLength(1))
    const [kept] = await listPredictions()
    expect(kept).toMatchObject({ versionId, source: 'api', at: 5000, label: prediction, confidence })
    expect([...(kept?.digit ?? [])]).toEqual(IMAGE)
    const metrics = (await ask('GET', '/metrics')).body
    expect(metrics).toContain('mnist_predictions_total{model="mnist-classifier",version="1"')
    expect(metrics).toContain('mnist_storage_bytes 12345\n')
    expect(metrics).toContain('mnist_feedback_total{correct="true"} 0\n')
  })

  it('follows the alias to another version, and a choice away from it', async () => {
    await storeVersion(1, 'champion')
    const { ask } = opened()
    const which = () => ask('GET', '/model/info')
    await until(which, '"version":"1"')
    const second = await storeVersion(2, 'champion')
    await until(which, '"version":"2","aliases":["champion"]')
    await storeVersion(3, null)
    await chooseServed({ kind: 'version', versionId: parseVersionId('mnist-classifier/3') })
    await until(which, '"version":"3","aliases":[]')
    await chooseServed({ kind: 'alias', alias: 'champion' })
    await until(which, `"version":"${second.split('/')[1]}"`)
  })

  it('says why nothing answers, and answers as soon as something does', async () => {
    const { ask } = opened()
    const none = await ask('POST', '/predict', { image: IMAGE })
    expect(none.status).toBe(503)
    expect(none.body).toContain('No version has the alias champion')
    await storeVersion(1, 'champion')
    await until(() => ask('GET', '/health'), '"status":"healthy"')
    await chooseServed({ kind: 'version', versionId: parseVersionId('mnist-classifier/9') })
    await until(() => ask('GET', '/health'), 'mnist-classifier/9 cannot answer: No stored model version')
  })
})
