import 'fake-indexeddb/auto'
import { beforeEach, describe, expect, it } from 'vitest'
import { importedModel } from '../../src/domain/bundle/imported'
import { layersModel } from '../../src/domain/bundle/layers-model'
import { bytesToFloats } from '../../src/domain/bundle/bytes'
import { epochMillis, type VersionId } from '../../src/domain/ids'
import { MNIST_PREPROCESS } from '../../src/domain/image/preprocess'
import { verifyChain } from '../../src/domain/registry/chain'
import type { BundleCommand, BundleMessage } from '../../src/protocol/bundle'
import type { Hello } from '../../src/protocol/version'
import { digest } from '../../src/storage/blobs'
import { studio } from '../../src/storage/database'
import { commitImport } from '../../src/storage/imports'
import { listAliases, listEvents, listVersions, readVersion } from '../../src/storage/registry'
import { freshStorage } from '../../src/storage/storage.testing'
import { bundleOf, filesOf, packing, smallParts, textBytes, textOf } from '../bundle/bundle.testing'
import { packBundle } from '../bundle/pack'
import { nodeHost } from '../engine/node-host.testing'
import { openNetwork } from '../engine/open-network'
import { bundleSession } from './bundle-session'
import { wireError } from './serve'

const MODEL = 'mnist-classifier'
type Command = Exclude<BundleCommand, Hello>
type Message = Exclude<BundleMessage, Hello>

beforeEach(freshStorage)

/** The parts of a version whose golden vectors are the engine's own answers. */
const parts = await (async () => {
  const { version, weights } = await smallParts()
  const bytes = { weights, topology: null }
  const predictor = await openNetwork(version.network, bytes, MNIST_PREPROCESS, nodeHost, 1)
  const { network } = version
  if (network.kind !== 'spec') throw new Error('the small version is one of ours')
  return smallParts(network.spec, (images) => predictor.predict(images))
})()
const bundle = await packBundle(parts, packing)
const bundleSha256 = await digest(bundle)

/** What the worker answers last; a failure as its error. */
async function answer(command: Command): Promise<Message> {
  const session = bundleSession({ engine: nodeHost, clock: () => epochMillis(5000), appVersion: '9.9.9' })
  const messages: Message[] = []
  await session
    .handle(command, (message) => void messages.push(message))
    .catch((error: unknown) => messages.push(session.failed(wireError(error), command)))
  return messages.at(-1)!
}

function bring(bytes: Uint8Array<ArrayBuffer>, name = 'm.mnistbundle'): Promise<Message> {
  return answer({ kind: 'import-bundle', file: { name, bytes: bytes.slice().buffer }, model: MODEL })
}

async function stored(): Promise<number[]> {
  return Promise.all(
    [studio.blobs, studio.versions, studio.events, studio.aliases].map((table) => table.count()),
  )
}

describe('an import', () => {
  it('becomes the next version in one piece: bytes, record and event, and no alias', async () => {
    const message = await bring(bundle)
    expect(message).toMatchObject({
      kind: 'imported',
      report: { versionId: 'mnist-classifier/1', already: false, golden: { count: 32 }, sample: null },
    })
    const { version, weights } = await readVersion('mnist-classifier/1' as VersionId)
    expect(weights).toEqual(parts.weights)
    expect(version).toMatchObject({
      origin: { kind: 'bundle', fileName: 'm.mnistbundle', versionId: 'mnist-classifier/3' },
      createdAt: 5000,
      evaluation: parts.version.evaluation,
      baseline: parts.version.baseline,
      parent: null,
    })
    const events = await listEvents()
    expect(events.map(({ action }) => action.kind)).toEqual(['version-registered'])
    expect(await verifyChain(events, digest)).toBeNull()
    expect(await listAliases(MODEL)).toEqual([])
  })

  it('of what is here already says so and adds nothing, but makes damaged bytes whole', async () => {
    await bring(bundle)
    await studio.blobs.update(parts.version.weightsSha256, { damaged: true, blob: new Blob(['x']) })
    expect((await listVersions(MODEL))[0]!.damaged).toBe(true)
    const before = await stored()
    expect(await bring(bundle)).toMatchObject({ report: { versionId: 'mnist-classifier/1', already: true } })
    expect(await stored()).toEqual(before)
    expect((await listVersions(MODEL))[0]!.damaged).toBe(false)
  })

  it('of what is here already with other golden vectors keeps no bytes that no version names', async () => {
    await bring(bundle)
    const before = await stored()
    const golden = new Uint8Array(824)
    const { version, weights } = parts
    const imported = importedModel({ ...version, goldenSha256: await digest(golden) }, 'other', bundleSha256)
    const given = { model: MODEL, imported, weights, golden, topology: null, at: epochMillis(1), reason: 'r' }
    expect(await commitImport(given)).toEqual({ versionId: 'mnist-classifier/1', already: true })
    expect(await stored()).toEqual(before)
  })

  it('goes out again as a bundle that comes in elsewhere', async () => {
    await bring(bundle)
    const exported = await answer({ kind: 'export', versionId: 'mnist-classifier/1' as VersionId })
    if (exported.kind !== 'exported') throw new Error(JSON.stringify(exported))
    expect(exported.fileName).toBe('mnist-classifier-v1.mnistbundle')
    expect(exported.files.map(({ name }) => name)).toContain('model.onnx')
    await freshStorage()
    expect(await bring(new Uint8Array(exported.bytes))).toMatchObject({ kind: 'imported' })
  })

  it('with another mean is refused by its golden vectors, though every digest fits', async () => {
    const files = filesOf(bundle)
    const changed = textOf(files, 'preprocess.json').replace('0.1307', '0.1407')
    files.set('preprocess.json', textBytes(changed))
    expect(await bring(bundleOf(files, true), 'skewed.mnistbundle')).toMatchObject({
      kind: 'bundle-failed',
      error: { code: 'digest-mismatch', message: expect.stringContaining('does not answer as it did') },
    })
    expect(await stored()).toEqual([0, 0, 0, 0])
  })

  it('that is broken in any of many ways leaves nothing', async () => {
    for (let part = 1; part < 12; part++)
      expect(await bring(bundle.slice(0, Math.floor((part * bundle.length) / 12)))).toMatchObject({
        kind: 'bundle-failed',
        error: { code: 'bad-input' },
      })
    expect(await stored()).toEqual([0, 0, 0, 0])
  })

  it('whose transaction is aborted leaves nothing', async () => {
    const events = studio.events
    const refuse = () => {
      throw new Error('the disk is full')
    }
    events.hook('creating', refuse)
    try {
      expect(await bring(bundle)).toMatchObject({ kind: 'bundle-failed' })
    } finally {
      events.hook('creating').unsubscribe(refuse)
    }
    expect(await stored()).toEqual([0, 0, 0, 0])
  })

  it('keeps no bytes other than those it names', async () => {
    const {
      network,
      parameterCount,
      preprocess,
      dataset,
      evaluation,
      baseline,
      weightsSha256,
      goldenSha256,
    } = parts.version
    const origin = { kind: 'layers-model', fileName: 'x' } as const
    const imported = {
      origin,
      network,
      parameterCount,
      preprocess,
      dataset,
      evaluation,
      baseline,
      weightsSha256,
      goldenSha256,
    }
    const given = {
      model: MODEL,
      imported,
      golden: new Uint8Array(824),
      topology: null,
      at: epochMillis(1),
      reason: '',
    }
    await expect(commitImport({ ...given, weights: new Uint8Array(4) })).rejects.toThrow('Nothing was kept')
    expect(await stored()).toEqual([0, 0, 0, 0])
  })
})

describe('a tf.layers model', () => {
  const { network } = parts.version
  if (network.kind !== 'spec') throw new Error('the small version is one of ours')
  const written = layersModel(network.spec, bytesToFloats(parts.weights), 'MNIST Studio')

  function given(json: unknown, weights = written.weights) {
    return [
      { name: 'model.json', bytes: textBytes(JSON.stringify(json)).slice().buffer },
      { name: 'weights.bin', bytes: weights.slice().buffer },
    ]
  }

  it('comes in with the preprocessing that it was given', async () => {
    const command = { kind: 'import-layers-model', preprocess: MNIST_PREPROCESS, model: MODEL } as const
    expect(await answer({ ...command, files: given(written.json) })).toMatchObject({
      kind: 'imported',
      report: { versionId: 'mnist-classifier/1', already: false, golden: null, sample: null, warning: null },
    })
    const { version, golden } = await readVersion('mnist-classifier/1' as VersionId)
    expect(version).toMatchObject({ network: { kind: 'layers-model' }, dataset: null, evaluation: null })
    expect(golden!.length).toBe(32 * 824)
    const exported = await answer({ kind: 'export', versionId: version.id })
    if (exported.kind !== 'exported') throw new Error(JSON.stringify(exported))
    await freshStorage()
    expect(await bring(new Uint8Array(exported.bytes))).toMatchObject({ kind: 'imported' })
  })

  it.each([
    ['holds code', JSON.parse(JSON.stringify(written.json).replace('"MaxPooling2D"', '"Lambda"')) as unknown],
    [
      'was not given',
      JSON.parse(JSON.stringify(written.json).replace('weights.bin', '../../secret.bin')) as unknown,
    ],
    ['names no weightsManifest', {}],
  ])('is refused: %s', async (message, json) => {
    const command = { kind: 'import-layers-model', preprocess: MNIST_PREPROCESS, model: MODEL } as const
    expect(await answer({ ...command, files: given(json) })).toMatchObject({
      kind: 'bundle-failed',
      error: { code: 'bad-input', message: expect.stringContaining(message) },
    })
    expect(await stored()).toEqual([0, 0, 0, 0])
  })
})
