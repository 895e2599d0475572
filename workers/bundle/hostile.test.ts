/** Bundles by somebody who means harm, or passed through something that broke them: each is refused by name. */
import { zipSync, type Zippable } from 'fflate'
import { describe, expect, it } from 'vitest'
import { PURPOSE, randomU32, streamKey } from '../../src/domain/random'
import {
  bundleOf,
  filesOf,
  host,
  jsonOf,
  packing,
  sha256,
  smallParts,
  textBytes,
  textOf,
} from './bundle.testing'
import type { BundleProblem } from './contract'
import { openBundle } from './open'
import { packBundle } from './pack'

const SEED = 20260101
const bundle = await packBundle(await smallParts(), packing)
const FILES = filesOf(bundle)

async function refusal(bytes: Uint8Array): Promise<BundleProblem> {
  const opened = await openBundle(bytes, host)
  if (opened.ok) throw new Error('it was taken')
  return opened.problem
}

/** The same bundle with some files changed and the manifest put right: only what the files say is wrong. */
async function refusalOf(changes: Record<string, Uint8Array | string>): Promise<string> {
  const files = new Map(FILES)
  for (const [name, content] of Object.entries(changes))
    files.set(name, typeof content === 'string' ? textBytes(content) : content)
  return (await refusal(bundleOf(files, true))).message
}

interface VersionJson {
  weightsSha256: string
  parameterCount: number
  readonly network: { readonly spec: { readonly layers: Record<string, unknown>[] } }
  readonly evaluation: { correct: number; accuracy: number }
}

/** version.json with a change, digests fixed. */
function version(change: (record: VersionJson) => void): Record<string, string> {
  const record = jsonOf(FILES, 'version.json') as VersionJson
  change(record)
  return { 'version.json': JSON.stringify(record) }
}

describe('a hostile bundle', () => {
  it('is only hostile by what is changed: put together again it opens', async () => {
    const opened = await openBundle(bundleOf(FILES, true), host)
    expect(opened.ok).toBe(true)
  })

  it.each([
    '../evil.json',
    'a/../../b.json',
    '/etc/passwd',
    'C:\\evil.json',
    '..\\evil.json',
    'model.json\0.png',
    'folder/model.json',
    '.hidden',
    '__proto__/x',
    'ünïcode.json',
  ])('is refused for a file called %j', async (name) => {
    const { code, message } = await refusal(bundleOf(new Map([...FILES, [name, textBytes('{}')]]), true))
    expect(code).toBe('bad-input')
    expect(message).toContain('a name of plain letters')
  })

  it('is refused when it names a file twice', async () => {
    const renamed = zipSync({ 'aaaaaa.json': textBytes('{}'), 'bbbbbb.json': textBytes('{}') })
    replaceAll(renamed, 'bbbbbb.json', 'aaaaaa.json')
    expect((await refusal(renamed)).message).toBe('The zip holds "aaaaaa.json" twice.')
  })

  it('is refused with a file that the manifest does not name, or without one that it names', async () => {
    const more = new Map([...FILES, ['notes.txt', textBytes('hello')]])
    expect((await refusal(bundleOf(more))).message).toContain('notes.txt, which manifest.json does not name')
    for (const name of FILES.keys()) {
      const fewer = new Map([...FILES].filter(([other]) => other !== name))
      expect((await refusal(bundleOf(fewer))).message).toContain(name)
    }
  })

  it(`is refused with one flipped bit in any file, by that file's name (seed ${SEED})`, async () => {
    const key = streamKey(SEED, PURPOSE.initialise, 0)
    let draw = 0
    for (const [name, content] of FILES) {
      // The manifest names no digest of its own: its checksum in the zip guards it, see the next test.
      if (name === 'manifest.json') continue
      for (let round = 0; round < 8; round++) {
        const flipped = Uint8Array.from(content)
        const at = randomU32(key, draw++) % flipped.length
        flipped[at]! ^= 1 << (randomU32(key, draw++) % 8)
        const problem = await refusal(spliced(name, flipped))
        expect(problem.message, `${name} at ${at}`).toContain(name)
        expect(['digest-mismatch', 'bad-input']).toContain(problem.code)
      }
    }
  })

  it(`is refused with one flipped bit anywhere in the packed bytes of a file (seed ${SEED})`, async () => {
    const key = streamKey(SEED, PURPOSE.initialise, 1)
    let draw = 0
    for (let round = 0; round < 150; round++) {
      const flipped = Uint8Array.from(bundle)
      const at = randomU32(key, draw++) % (flipped.length - 22)
      flipped[at]! ^= 1 << (randomU32(key, draw++) % 8)
      const opened = await openBundle(flipped, host)
      // What may differ without a word is what says nothing of a file: times and the like in the zip's own headers.
      if (!opened.ok) continue
      expect([...opened.value.files].map(([name, content]) => [name, sha256(content)])).toEqual(
        [...FILES]
          .filter(([name]) => name !== 'manifest.json')
          .map(([name, content]) => [name, sha256(content)]),
      )
    }
  })

  it(`is refused with one flipped bit anywhere in its packed manifest (seed ${SEED})`, async () => {
    const key = streamKey(SEED, PURPOSE.initialise, 2)
    const view = new DataView(bundle.buffer)
    const start = 30 + view.getUint16(26, true)
    const size = view.getUint32(18, true)
    for (let round = 0; round < 60; round++) {
      const flipped = Uint8Array.from(bundle)
      flipped[start + (randomU32(key, 2 * round) % size)]! ^= 1 << (randomU32(key, 2 * round + 1) % 8)
      expect((await refusal(flipped)).message).toContain('manifest.json')
    }
  })

  it('is refused when it is cut anywhere', async () => {
    for (let part = 0; part < 60; part++) {
      const cut = bundle.subarray(0, Math.floor((part * bundle.length) / 60))
      expect((await refusal(cut)).code).toBe('bad-input')
    }
    for (let missing = 1; missing < 30; missing++)
      expect((await refusal(bundle.subarray(0, bundle.length - missing))).code).toBe('bad-input')
  })

  it('is refused with bytes in front of it or behind it', async () => {
    const front = new Uint8Array([...new Uint8Array(10), ...bundle])
    const behind = new Uint8Array([...bundle, ...new Uint8Array(10)])
    expect((await refusal(front)).code).toBe('bad-input')
    expect((await refusal(behind)).code).toBe('bad-input')
  })

  it('is refused in a newer format, saying which one is understood', async () => {
    const manifest = textOf(FILES, 'manifest.json').replace('"version": 1', '"version": 2')
    const { code, message } = await refusal(
      bundleOf(new Map([...FILES, ['manifest.json', textBytes(manifest)]])),
    )
    expect(code).toBe('unsupported')
    expect(message).toBe(
      'The bundle has format version 2; this studio understands up to 1. Open it with a newer studio.',
    )
  })

  it('is refused with a key __proto__ in any of its JSON', async () => {
    const names = [...FILES.keys()].filter((name) => /\.jsonl?$/.test(name))
    expect(names.length).toBeGreaterThan(8)
    for (const name of names) {
      const text = textOf(FILES, name)
      const poisoned = text.replace('{', '{"__proto__":{"polluted":true},')
      expect(poisoned).not.toBe(text)
      const message =
        name === 'manifest.json'
          ? (await refusal(bundleOf(new Map([...FILES, [name, textBytes(poisoned)]])))).message
          : await refusalOf({ [name]: poisoned })
      expect(message).toContain(`${name} has a key "__proto__"`)
      expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
    }
  })

  it.each([
    ['not JSON', 'golden.json', '{"version":1,'],
    ['nested more than 64 deep', 'golden.json', '['.repeat(200) + ']'.repeat(200)],
    ['version.json is not as expected', 'version.json', '{}'],
    [
      'preprocess.json is not as expected: train.mean',
      'preprocess.json',
      textOf(FILES, 'preprocess.json').replace('0.1307', '"0.1307"'),
    ],
    ['train.std: must not be 0', 'preprocess.json', textOf(FILES, 'preprocess.json').replace('0.3081', '0')],
    [
      'the key "extra" is not known',
      'baseline_profiles.json',
      textOf(FILES, 'baseline_profiles.json').replace('{', '{"extra":1,'),
    ],
    [
      'vectors.0.image',
      'golden.json',
      textOf(FILES, 'golden.json')
        .replace('[', '[')
        .replace(/"image":\[\d+,/, '"image":['),
    ],
    [
      'holds other vectors',
      'golden.json',
      textOf(FILES, 'golden.json').replace(/"image":\[\d+,/, '"image":[255,'),
    ],
    [
      'does not agree with weights.bin',
      'model.safetensors',
      FILES.get('model.safetensors')!.subarray(0, 100),
    ],
  ])('is refused: %s', async (message, name, content) => {
    expect(await refusalOf({ [name]: content })).toContain(message)
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'is refused with a weight of %d, even with digests that fit',
    async (value) => {
      const weights = Uint8Array.from(FILES.get('weights.bin')!)
      new DataView(weights.buffer).setFloat32(40, value, true)
      const record = version((found) => Object.assign(found, { weightsSha256: sha256(weights) }))
      expect(await refusalOf({ ...record, 'weights.bin': weights })).toContain(
        `Value 10 of weights.bin is ${value}: weights must be finite numbers`,
      )
    },
  )

  it('is refused with other weights than its record names', async () => {
    const weights = Uint8Array.from(FILES.get('weights.bin')!)
    weights[0]! ^= 1
    expect(await refusalOf({ 'weights.bin': weights })).toContain(
      'weights.bin holds other weights than version.json names',
    )
  })

  it.each([
    ['filters', 2 ** 31, 'network.spec.layers.0.filters'],
    ['filters', -1, 'network.spec.layers.0.filters'],
    ['filters', 1.5, 'network.spec.layers.0.filters'],
    ['filters', 65_536, 'makes 28×28×65536 values, more than'],
    ['filters', 900, 'The network has'],
    ['kernel', 2 ** 31, 'network.spec.layers.0.kernel'],
    ['padding', 60_000, 'padding must be smaller'],
  ])('is refused with a convolution whose %s is %d', async (key, value, message) => {
    const record = version((found) => {
      const { network } = found
      network.spec.layers[0]![key] = value
    })
    expect(await refusalOf(record)).toContain(message)
  })

  it('is refused with shapes that take more bytes than there are', async () => {
    const record = version((found) => {
      const { network } = found
      network.spec.layers.splice(5, 0, { kind: 'dense', units: 60_000, bias: true })
      Object.assign(found, { parameterCount: 3 * 25 + 3 + 6 + 147 * 60_000 + 60_000 + 600_000 + 10 })
    })
    const manifest = JSON.parse(textOf(FILES, 'manifest.json')) as { model: { parameters: number } }
    manifest.model.parameters = 3 * 25 + 3 + 6 + 147 * 60_000 + 60_000 + 600_000 + 10
    expect(await refusalOf({ ...record, 'manifest.json': JSON.stringify(manifest) })).toMatch(
      /The network needs \d+ bytes of weights, weights.bin has \d+/,
    )
  })

  it('is refused with figures that cannot be of one measurement', async () => {
    const record = version((found) => {
      const { evaluation } = found
      Object.assign(evaluation, { correct: 40, accuracy: 1 })
    })
    expect(await refusalOf(record)).toContain('40 right, but')
  })
})

describe('a zip bomb', () => {
  const zeros = new Uint8Array(40 * 2 ** 20)

  it('is refused by the ratio that it announces', async () => {
    const { code, message } = await refusal(zipSync({ 'manifest.json': zeros }))
    expect(code).toBe('over-budget')
    expect(message).toContain('more than 200 to 1')
  })

  it('is stopped where it unpacks to more than it announces, whatever its directory says', async () => {
    const lying = zipSync({ 'manifest.json': zeros })
    announce(lying, 1000)
    const { code, message } = await refusal(lying)
    expect(code).toBe('over-budget')
    expect(message).toBe('manifest.json unpacks to more than the 1000 bytes that the zip announces.')
  })

  it('is refused where it unpacks to less than it announces', async () => {
    const lying = zipSync({ 'manifest.json': textBytes('{}') })
    announce(lying, 1000)
    expect((await refusal(lying)).message).toBe('manifest.json has 2 bytes, the zip announces 1000.')
  })

  it('is refused for too many files', async () => {
    const many: Zippable = {}
    for (let index = 0; index < 300; index++) many[`f${index}.json`] = new Uint8Array()
    expect(await refusal(zipSync(many))).toEqual({
      code: 'over-budget',
      message: 'The zip names 300 files; at most 256 are read.',
    })
  })

  it('is refused where two files lie in the same bytes', async () => {
    const overlapping = zipSync({ 'a.json': textBytes('{}'), 'b.json': textBytes('{}') }, { level: 0 })
    const view = new DataView(overlapping.buffer)
    const second = positionsOf(overlapping, [0x50, 0x4b, 1, 2])[1]!
    view.setUint32(second + 42, 0, true)
    expect((await refusal(overlapping)).message).toContain('overlaps')
  })
})

/** The bundle with one file's bytes exchanged and nothing else: its manifest says what was there. */
function spliced(name: string, content: Uint8Array): Uint8Array {
  return bundleOf(new Map([...FILES, [name, content]]))
}

function replaceAll(bytes: Uint8Array, from: string, to: string): void {
  const found = textBytes(to)
  for (const at of positionsOf(bytes, [...textBytes(from)])) bytes.set(found, at)
}

/** Sets the unpacked size of a zip's only entry, in its header and in the directory. */
function announce(zip: Uint8Array, size: number): void {
  const view = new DataView(zip.buffer, zip.byteOffset, zip.byteLength)
  view.setUint32(positionsOf(zip, [0x50, 0x4b, 3, 4])[0]! + 22, size, true)
  view.setUint32(positionsOf(zip, [0x50, 0x4b, 1, 2])[0]! + 24, size, true)
}

function positionsOf(bytes: Uint8Array, pattern: readonly number[]): number[] {
  const found: number[] = []
  for (let at = 0; at + pattern.length <= bytes.length; at++)
    if (pattern.every((byte, index) => bytes[at + index] === byte)) found.push(at)
  return found
}
