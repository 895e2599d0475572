import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { epochMillis, parseRunId, parseSha256, probability } from '../src/domain/ids'
import { MNIST_PREPROCESS } from '../src/domain/image/preprocess'
import { findPreset } from '../src/domain/model/presets'
import { DEFAULT_PARAMS } from '../src/domain/params/defaults'
import type { EndedRun } from '../src/domain/registry/run'
import { datasetIdOf } from '../src/domain/ids'
import { writeAtomically } from './files'
import { digestNow } from './host'
import { readRegistry, REGISTRY_FILE, registerRun, registryOutputs, weightsFile } from './registry'

let out: string
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'studio-registry-'))
})
afterEach(() => rmSync(out, { recursive: true, force: true }))

const digest = parseSha256('ab'.repeat(32))
const preset = findPreset('rf5-13k')

function endedRun(id: string, weights: Uint8Array): EndedRun {
  if (preset.kind !== 'found') throw new Error(preset.message)
  return {
    id: parseRunId(id.repeat(32)),
    name: `run-${id}`,
    status: {
      state: 'completed',
      startedAt: epochMillis(1),
      endedAt: epochMillis(2),
      result: {
        weightsSha256: digestNow(weights),
        weightsEpoch: 1,
        stoppedEarly: null,
        stepsDone: 10,
        epochsDone: 1,
        trainSeconds: 1,
        imagesPerSecond: 1280,
        evaluation: {
          split: 'test',
          splitDigest: digest,
          count: 100,
          correct: 90,
          accuracy: probability(0.9),
          loss: 0.3,
          confusion: [],
          perClass: [],
          interval: { low: 0.8, high: 0.95 },
        },
      },
    },
    params: DEFAULT_PARAMS.train,
    augment: DEFAULT_PARAMS.augment,
    spec: preset.spec,
    parameterCount: 13_808,
    dataset: { id: datasetIdOf(digest), name: 'MNIST', digest },
    preprocess: MNIST_PREPROCESS,
    engine: {
      kind: 'wasm',
      build: 'simd',
      threads: 1,
      convolutions: [],
      device: 'CPU · 1 thread',
      reason: 'test',
    },
    appVersion: '0.1.0',
    host: 'Node',
    epochs: [],
  }
}

async function register(id: string, now: number) {
  const weights = Uint8Array.of(Number.parseInt(id, 16), 2, 3, 4)
  const registry = await readRegistry(out)
  if (!registry.ok) throw new Error(registry.problem.message)
  const registration = await registerRun(
    registry.value,
    'mnist-classifier',
    endedRun(id, weights),
    'champion',
    now,
  )
  await writeAtomically(out, registryOutputs(registration, weights, new Uint8Array(824)))
  return registration
}

describe('the registry as a file', () => {
  it('numbers versions, gives the first one its alias, and keeps all weights', async () => {
    const first = await register('a', 1000)
    const second = await register('b', 2000)
    expect([first.version.id, second.version.id]).toEqual(['mnist-classifier/1', 'mnist-classifier/2'])
    expect([first.aliases, second.aliases]).toEqual([['champion'], []])
    const read = await readRegistry(out)
    expect(read).toMatchObject({
      ok: true,
      value: { aliases: [{ alias: 'champion', versionId: 'mnist-classifier/1' }] },
    })
    expect(read.ok && read.value.events.map(({ action }) => action.kind)).toEqual([
      'version-registered',
      'alias-moved',
      'version-registered',
    ])
    for (const { version } of [first, second])
      expect(digestNow(readFileSync(join(out, weightsFile(version))))).toBe(version.weightsSha256)
  })

  it.each([
    [
      'a changed reason',
      (text: string) => text.replace('the first version', 'the best version'),
      /was changed after it was written/,
    ],
    ['a removed event', (text: string) => removeFirstEvent(text), /expected event 1 here, found event 2/],
    ['half a file', (text: string) => text.slice(0, text.length / 2), /must hold a registry as JSON/],
    ['another file', () => '{}', /must hold versions, aliases and events/],
    ['nothing', () => 'null', /must hold versions, aliases and events/],
  ])('refuses %s, and changes nothing', async (_what, spoil, message) => {
    await register('a', 1000)
    const file = join(out, REGISTRY_FILE)
    const spoilt = spoil(readFileSync(file, 'utf8'))
    writeFileSync(file, spoilt)
    const read = await readRegistry(out)
    expect(read).toMatchObject({ ok: false, problem: { exit: 64, code: 'damaged' } })
    expect(read.ok ? '' : read.problem.message).toMatch(message)
    expect(readFileSync(file, 'utf8')).toBe(spoilt)
  })

  it('is empty where there is none, and says so where a folder stands in its place', async () => {
    expect(await readRegistry(out)).toEqual({ ok: true, value: { versions: [], aliases: [], events: [] } })
    mkdirSync(join(out, REGISTRY_FILE), { recursive: true })
    expect(await readRegistry(out)).toMatchObject({ ok: false, problem: { code: 'damaged' } })
  })
})

function removeFirstEvent(text: string): string {
  const registry = JSON.parse(text) as { events: unknown[] }
  registry.events.shift()
  return JSON.stringify(registry)
}
