import 'fake-indexeddb/auto'
import { beforeEach, describe, expect, it } from 'vitest'
import { epochMillis, parseSha256, parseVersionId, versionId } from '../domain/ids'
import { verifyChain } from '../domain/registry/chain'
import { isEnded } from '../domain/registry/run'
import { digest, readBlob } from './blobs'
import { checkpointEpochs, readAnswer, readCheckpoint } from './checkpoints'
import { studio } from './database'
import { deleteDataset, getDataset, listDatasets, putDataset, readDataset, readDigits } from './datasets'
import { StorageError } from './errors'
import { listAliases, listEvents, listVersions, readVersion, registerVersion } from './registry'
import { moveAlias } from './registry-changes'
import {
  createRun,
  decideRun,
  failRun,
  finishRun,
  getRun,
  interruptRun,
  listRuns,
  purgeDeletedRuns,
  readTestPredictions,
  recordEpoch,
  resumeRun,
} from './runs'
import { listReplays, recordReplay } from './replays'
import { chooseDataset, chosenDataset } from './settings'
import { epochOf, finishedRun, freshStorage, runIdOf, runningRun, smallDataset } from './storage.testing'
import { appendSteps, readSteps } from './steps'

beforeEach(freshStorage)

describe('datasets', () => {
  it('come back byte for byte, and single digits by slice', async () => {
    const dataset = await smallDataset()
    await putDataset(dataset)
    expect(await readDataset(dataset.record.id)).toEqual(dataset)
    expect(await listDatasets()).toEqual([dataset.record])
    const digits = await readDigits(dataset.record.id, 'train', [13, 2])
    expect(digits?.labels).toEqual(Uint8Array.of(3, 2))
    expect(digits?.images.slice(784)).toEqual(dataset.train.images.slice(2 * 784, 3 * 784))
    expect(await readDigits(dataset.record.id, 'test', [10])).toBeNull()
  })

  it('are refused when one stored byte differs, and healed by storing them again', async () => {
    const dataset = await smallDataset()
    const id = await putDataset(dataset)
    const row = (await studio.datasets.get(id))!
    const flipped = dataset.train.images.with(500, dataset.train.images[500]! ^ 1)
    const held = (await studio.blobs.get(row.bytes.train.images))!
    await studio.blobs.put({ ...held, blob: new Blob([flipped]) })
    await expect(readDataset(id)).rejects.toMatchObject({ code: 'damaged' })
    await studio.blobs.put({ ...held, blob: new Blob([flipped.slice(1)]) })
    await expect(readDataset(id)).rejects.toThrow(/expected 15680 bytes, found 15679/)
    await putDataset(dataset)
    expect((await readDataset(id)).train).toEqual(dataset.train)
  })

  it('share equal Blobs, and take only their own with them when deleted', async () => {
    const [one, two] = [await smallDataset(20, 7), await smallDataset(20, 9)]
    await putDataset(one)
    await putDataset(two)
    await deleteDataset(one.record.id)
    expect(await getDataset(one.record.id)).toBeNull()
    expect((await readDataset(two.record.id)).test).toEqual(two.test)
    await deleteDataset(two.record.id)
    expect(await studio.blobs.count()).toBe(0)
  })

  it('are chosen by a person', async () => {
    const { record } = await smallDataset()
    expect(await chosenDataset()).toBeNull()
    await chooseDataset(record.id)
    expect(await chosenDataset()).toBe(record.id)
  })
})

describe('runs', () => {
  it('record epochs and keep the last two checkpoints', async () => {
    await createRun(await runningRun(1))
    for (const epoch of [1, 2, 3]) {
      const weights = new Uint8Array(8).fill(epoch)
      const optimizer = new Uint8Array(8).fill(100 + epoch)
      const checkpoint = { epoch, weights, optimizer, average: null, best: false }
      await recordEpoch(runIdOf(1), await epochOf(epoch, weights), checkpoint)
    }
    expect((await getRun(runIdOf(1)))?.epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3])
    expect(await checkpointEpochs(runIdOf(1))).toEqual([3, 2])
    expect(await studio.blobs.count()).toBe(4)
    expect(await readCheckpoint(runIdOf(1), 3)).toEqual({
      weights: new Uint8Array(8).fill(3),
      optimizer: new Uint8Array(8).fill(103),
      average: null,
    })
    await studio.blobs.delete(await digest(new Uint8Array(8).fill(3)))
    expect(await readCheckpoint(runIdOf(1), 3)).toBeNull()
    expect(await readCheckpoint(runIdOf(1), 1)).toBeNull()
    expect(await readCheckpoint(runIdOf(1), 2)).not.toBeNull()
  })

  it.each([
    ['an older best one', [1, 2], [6, 5, 2]],
    ['the best one before each of the two', [2, 4, 6], [6, 5, 4]],
    ['no other when the newest is best', [5, 6], [6, 5]],
  ])('keep %s', async (_what, best, kept) => {
    await createRun(await runningRun(1))
    for (let epoch = 1; epoch <= 6; epoch++) {
      const bytes = [1, 2, 3].map((part) => Uint8Array.of(epoch, part))
      const [weights, optimizer, average] = bytes
      if (!weights || !optimizer || !average) throw new Error('three parts')
      const checkpoint = { epoch, weights, optimizer, average, best: best.includes(epoch) }
      await recordEpoch(runIdOf(1), await epochOf(epoch, average), checkpoint)
    }
    expect(await checkpointEpochs(runIdOf(1))).toEqual(kept)
    expect(await studio.blobs.count()).toBe(3 * kept.length)
    const [, , oldest] = [...kept, kept.at(-1)]
    expect(await readAnswer(runIdOf(1), oldest ?? 0)).toEqual(Uint8Array.of(oldest ?? 0, 3))
  })

  it('stay running when they are interrupted, with the reason until they are resumed', async () => {
    const run = await runningRun(1)
    await createRun(run)
    const interruption = { at: epochMillis(2000), code: 'quota', message: 'full' }
    await interruptRun(run.id, interruption)
    expect((await getRun(run.id))?.status).toEqual({ ...run.status, interruption })
    const { engine, appVersion } = run
    await resumeRun(run.id, { at: epochMillis(3000), fromEpoch: 0, note: 'again', engine, appVersion })
    expect((await getRun(run.id))?.status).toEqual(run.status)
  })

  it('end with result, weights, predictions, version 1, its alias and a whole chain of events', async () => {
    await createRun(await runningRun(1))
    const finished = await finishedRun(1)
    expect(await finishRun(finished)).toBe('mnist-classifier/1')
    const run = (await getRun(runIdOf(1)))!
    expect(run.status).toMatchObject({ state: 'completed', endedAt: 5001, result: finished.result })
    expect(await readTestPredictions(run.id)).toEqual(finished.testPredictions)
    const { version, weights } = await readVersion(parseVersionId('mnist-classifier/1'))
    expect(weights).toEqual(finished.weights)
    expect(version).toMatchObject({
      model: 'mnist-classifier',
      version: 1,
      origin: { kind: 'run', runId: run.id },
    })
    expect(await listAliases('mnist-classifier')).toEqual([
      { model: 'mnist-classifier', alias: 'champion', versionId: 'mnist-classifier/1' },
    ])
    const events = await listEvents()
    expect(events.map(({ action }) => action.kind)).toEqual(['version-registered', 'alias-moved'])
    expect(await verifyChain(events, digest)).toBeNull()
  })

  it('become a version by themselves only once, and never without a step learned', async () => {
    for (const byte of [1, 2, 3]) await createRun(await runningRun(byte))
    expect(await finishRun(await finishedRun(1, 0))).toBeNull()
    expect(await finishRun(await finishedRun(2))).toBe('mnist-classifier/1')
    expect(await finishRun(await finishedRun(3))).toBeNull()
    const run = (await getRun(runIdOf(3)))!
    if (!isEnded(run)) throw new Error('run 3 should have ended')
    expect(await registerVersion('mnist-classifier', run, epochMillis(9000), 'better')).toBe(
      'mnist-classifier/2',
    )
  })

  it('stay as they were when finishing fails: nothing of the transaction is kept', async () => {
    await createRun(await runningRun(1))
    const finished = await finishedRun(1)
    studio.aliases.hook('creating', failCreating)
    try {
      await expect(finishRun(finished)).rejects.toThrow('no room for an alias')
    } finally {
      studio.aliases.hook('creating').unsubscribe(failCreating)
    }
    expect((await getRun(runIdOf(1)))?.status.state).toBe('running')
    expect([await studio.blobs.count(), await studio.versions.count(), await studio.events.count()]).toEqual([
      0, 0, 0,
    ])
    expect(await finishRun(finished)).toBe('mnist-classifier/1')
  })

  it('refuse weights that are not those of their digest', async () => {
    await createRun(await runningRun(1))
    const finished = await finishedRun(1)
    const other = { ...finished, weights: new Uint8Array(64) }
    await expect(finishRun(other)).rejects.toMatchObject({ code: 'damaged' })
  })

  it('fail with code and message, and are renamed, hidden and brought back by a person', async () => {
    await createRun(await runningRun(1))
    await createRun(await runningRun(2))
    await failRun(runIdOf(1), epochMillis(2000), 'quota', 'full')
    await decideRun(runIdOf(1), { name: 'mine' })
    await decideRun(runIdOf(1), { deletedAt: epochMillis(3000) })
    expect(await getRun(runIdOf(1))).toMatchObject({
      name: 'mine',
      deletedAt: 3000,
      status: { state: 'failed', code: 'quota' },
    })
    await decideRun(runIdOf(1), { deletedAt: null })
    expect((await listRuns()).map(({ name, deletedAt }) => [name, deletedAt])).toEqual([
      ['run-2', null],
      ['mine', null],
    ])
    await expect(failRun(runIdOf(9), epochMillis(1), 'x', 'y')).rejects.toMatchObject({ code: 'not-found' })
  })

  it('are purged with all that was theirs, unless a version names them', async () => {
    for (const byte of [1, 2]) {
      await createRun(await runningRun(byte))
      const bytes = new Uint8Array(8).fill(byte)
      const checkpoint = { epoch: 1, weights: bytes, optimizer: bytes, average: null, best: true }
      await recordEpoch(runIdOf(byte), await epochOf(1, bytes), checkpoint)
      const { id: runId, engine, appVersion, host } = await runningRun(byte)
      const verdict = { kind: 'same' } as const
      await recordReplay({ runId, at: epochMillis(1), appVersion, host, engine, epochsSame: 1, verdict })
      await appendSteps(runIdOf(byte), {
        firstStep: 0,
        loss: Float32Array.of(2, 1),
        accuracy: Float32Array.of(0, 1),
        learningRate: Float32Array.of(1, 1),
        gradientNorm: Float32Array.of(2, 2),
        imagesPerSecond: 1,
      })
      await finishRun({ ...(await finishedRun(byte)), outcome: 'stopped' })
      await decideRun(runIdOf(byte), { deletedAt: epochMillis(1) })
    }
    expect(await purgeDeletedRuns()).toBe(1)
    expect((await listRuns()).map(({ id }) => id)).toEqual([runIdOf(1)])
    expect(await readSteps(runIdOf(2))).toEqual([])
    expect(await readSteps(runIdOf(1))).toHaveLength(1)
    expect(await listReplays(runIdOf(2))).toEqual([])
    expect(await listReplays(runIdOf(1))).toMatchObject([{ verdict: { kind: 'same' } }])
    // Left: run 1's weights and golden vectors, its checkpoint's one Blob, and the predictions that both runs shared.
    expect(await studio.blobs.count()).toBe(4)
    expect((await readVersion(versionId('mnist-classifier', 1))).weights).toHaveLength(64)
  })
})

describe('the registry', () => {
  it('moves, takes away and tells the history of an alias, and ignores a move to where it is', async () => {
    for (const byte of [1, 2]) await createRun(await runningRun(byte))
    for (const byte of [1, 2]) await finishRun(await finishedRun(byte))
    const run = (await getRun(runIdOf(2)))!
    if (!isEnded(run)) throw new Error('run 2 should have ended')
    const model = 'mnist-classifier'
    const second = await registerVersion(model, run, epochMillis(9000), 'better')
    await moveAlias(model, 'champion', second, epochMillis(9001), 'measured better')
    await moveAlias(model, 'champion', second, epochMillis(9002), 'again')
    await moveAlias(model, 'champion', null, epochMillis(9003), 'withdrawn')
    expect(await listAliases(model)).toEqual([])
    expect((await listVersions(model)).map(({ version }) => version)).toEqual([2, 1])
    const events = await listEvents(model)
    expect(events.map(({ sequence, reason }) => [sequence, reason]).slice(2)).toEqual([
      [3, 'better'],
      [4, 'measured better'],
      [5, 'withdrawn'],
    ])
    expect(await verifyChain(events, digest)).toBeNull()
    await expect(
      moveAlias(model, 'x', parseVersionId('other/1'), epochMillis(1), 'no'),
    ).rejects.toMatchObject({ code: 'not-found' })
  })

  it('keeps one chain when many writers come at once', async () => {
    await createRun(await runningRun(1))
    const first = (await finishRun(await finishedRun(1)))!
    const names = ['a', 'b', 'c', 'd', 'e']
    await Promise.all(
      names.map((alias) => moveAlias('mnist-classifier', alias, first, epochMillis(9000), alias)),
    )
    const events = await listEvents()
    expect(events).toHaveLength(2 + names.length)
    expect(await verifyChain(events, digest)).toBeNull()
    expect(await listAliases('mnist-classifier')).toHaveLength(1 + names.length)
  })
})

describe('blobs', () => {
  it('found changed mark what needs them, until the right bytes are stored again', async () => {
    await createRun(await runningRun(1))
    const finished = await finishedRun(1)
    const id = (await finishRun(finished))!
    expect((await listVersions('mnist-classifier'))[0]?.damaged).toBe(false)
    const held = (await studio.blobs.get(finished.result.weightsSha256))!
    await studio.blobs.put({ ...held, blob: new Blob([new Uint8Array(64)]) })
    await expect(readVersion(id)).rejects.toThrow(/SHA-256 is now/)
    expect((await listVersions('mnist-classifier'))[0]?.damaged).toBe(true)
    await createRun(await runningRun(2))
    await finishRun({ ...finished, runId: runIdOf(2) })
    expect((await readVersion(id)).version.damaged).toBe(false)
  })

  it('of golden vectors count too: a version without them cannot be read', async () => {
    await createRun(await runningRun(1))
    const finished = await finishedRun(1)
    const id = (await finishRun(finished))!
    const { version } = await readVersion(id)
    const held = (await studio.blobs.get(version.goldenSha256!))!
    await studio.blobs.put({ ...held, blob: new Blob([new Uint8Array(64)]) })
    await expect(readVersion(id)).rejects.toThrow(/are damaged/)
    expect((await listVersions('mnist-classifier'))[0]?.damaged).toBe(true)
  })

  it('that are missing are named', async () => {
    const missing = parseSha256('0'.repeat(64))
    await expect(readBlob(studio, missing)).rejects.toThrow(StorageError)
    await expect(readBlob(studio, missing)).rejects.toMatchObject({ code: 'not-found' })
  })
})

function failCreating(): never {
  throw new Error('no room for an alias')
}
