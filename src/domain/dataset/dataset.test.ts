import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { epochMillis, parseSha256, type Sha256 } from '../ids'
import { IMAGE_PIXELS, MNIST_PREPROCESS } from '../image/preprocess'
import { mix32, PURPOSE, randomU32, streamKey } from '../random'
import { assembleDataset, splitFault } from './assemble'
import type { LabelledImages } from './dataset'
import { digestDataset, digestSplit } from './digest'
import { profileSplit } from './profile'

/** Random digits-shaped bytes: `count` images, labels going round. */
function noise(count: number, seed: number): LabelledImages {
  const key = streamKey(seed, PURPOSE.generateDigits, 0)
  const images = Uint8Array.from({ length: count * IMAGE_PIXELS }, (_, at) => randomU32(key, at) >>> 24)
  return { count, images, labels: Uint8Array.from({ length: count }, (_, at) => at % 10) }
}

/** Not SHA-256 (the domain has none), but a function of every byte and the length; it records what it was given. */
function recordingDigest(): {
  digest: (bytes: Uint8Array) => Promise<Sha256>
  texts: string[]
} {
  const texts: string[] = []
  function digest(bytes: Uint8Array): Promise<Sha256> {
    if (bytes.length < 400) texts.push(String.fromCharCode(...bytes))
    let state = mix32(bytes.length)
    for (const byte of bytes) state = mix32(state ^ byte)
    const words = Array.from({ length: 8 }, (_, word) =>
      mix32(state + word)
        .toString(16)
        .padStart(8, '0'),
    )
    return Promise.resolve(parseSha256(words.join('')))
  }
  return { digest, texts }
}

describe('profileSplit', () => {
  it('counts classes, blanks and repeated images', () => {
    const split = noise(12, 1)
    split.images.fill(0, 0, IMAGE_PIXELS)
    split.images.copyWithin(5 * IMAGE_PIXELS, 2 * IMAGE_PIXELS, 3 * IMAGE_PIXELS)
    split.images.copyWithin(7 * IMAGE_PIXELS, 2 * IMAGE_PIXELS, 3 * IMAGE_PIXELS)
    const profile = profileSplit(split)
    expect(profile.count).toBe(12)
    expect(profile.classCounts).toEqual([2, 2, 1, 1, 1, 1, 1, 1, 1, 1])
    expect(profile.blank).toBe(1)
    expect(profile.duplicates).toBe(2)
  })

  it('gives the mean and the standard deviation of byte / 255', () => {
    const images = new Uint8Array(2 * IMAGE_PIXELS)
    images.fill(255, IMAGE_PIXELS)
    const profile = profileSplit({ count: 2, images, labels: new Uint8Array(2) })
    expect(profile.mean).toBe(0.5)
    expect(profile.std).toBe(0.5)
  })

  it('agrees with a direct computation on any bytes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.nat(), (count, seed) => {
        const split = noise(count, seed)
        const scaled = Array.from(split.images, (byte) => byte / 255)
        const mean = scaled.reduce((sum, value) => sum + value, 0) / scaled.length
        const variance = scaled.reduce((sum, value) => sum + (value - mean) ** 2, 0) / scaled.length
        const profile = profileSplit(split)
        expect(profile.mean).toBeCloseTo(mean, 10)
        expect(profile.std).toBeCloseTo(Math.sqrt(variance), 10)
      }),
      { seed: 20, numRuns: 30 },
    )
  })

  it('refuses arrays that do not fit together, and labels that are no digits', () => {
    const split = noise(3, 4)
    expect(() => profileSplit({ ...split, count: 2 })).toThrow(
      'a split of 2 images needs 1568 pixels and 2 labels, found 2352 and 3',
    )
    expect(() => profileSplit({ ...split, labels: Uint8Array.of(1, 10, 2) })).toThrow(
      'a label must lie in 0…9, found 10',
    )
  })
})

describe('digests', () => {
  it('hash the documented canonical text', async () => {
    const { digest, texts } = recordingDigest()
    const split = noise(1, 7)
    const pixels = await digest(split.images)
    const labels = await digest(split.labels)
    texts.length = 0
    const train = await digestSplit(split, digest)
    expect(texts.at(-1)).toBe(`mnist-studio split 1\n1 28x28 u8\n${pixels}\n${labels}\n`)
    await digestDataset(train, pixels, digest)
    expect(texts.at(-1)).toBe(`mnist-studio dataset 1\ntrain ${train}\ntest ${pixels}\n`)
  })

  it('change with any pixel, any label and the order of the splits', async () => {
    const { digest } = recordingDigest()
    const split = noise(3, 8)
    const before = await digestSplit(split, digest)
    const pixel = { ...split, images: split.images.with(1000, (split.images[1000]! + 1) & 255) }
    const label = { ...split, labels: split.labels.with(2, 9) }
    expect(await digestSplit(pixel, digest)).not.toBe(before)
    expect(await digestSplit(label, digest)).not.toBe(before)
    expect(await digestSplit({ ...split }, digest)).toBe(before)
    const other = await digestSplit(pixel, digest)
    expect(await digestDataset(before, other, digest)).not.toBe(await digestDataset(other, before, digest))
  })
})

describe('assembleDataset', () => {
  const parts = {
    name: 'Noise',
    source: { kind: 'files', names: ['a', 'b', 'c', 'd'] },
    preprocess: MNIST_PREPROCESS,
    now: epochMillis(1_700_000_000_000),
  } as const

  it('makes a record whose identity is the digest over both splits', async () => {
    const { digest } = recordingDigest()
    const train = noise(20, 1)
    const test = noise(10, 2)
    const outcome = await assembleDataset({ ...parts, train, test }, digest)
    if (!outcome.ok) throw new Error(outcome.problem.message)
    const { record } = outcome.dataset
    expect(outcome.dataset.train).toBe(train)
    expect(record.train.profile.count).toBe(20)
    expect(record.test.digest).toBe(await digestSplit(test, digest))
    expect(record.digest).toBe(await digestDataset(record.train.digest, record.test.digest, digest))
    expect(record.id).toBe(record.digest)
    expect(record.createdAt).toBe(1_700_000_000_000)

    const renamed = await assembleDataset({ ...parts, name: 'Other', train, test }, digest)
    expect(renamed.ok && renamed.dataset.record.id).toBe(record.id)
  })

  it('answers a bad split with one message', async () => {
    const { digest } = recordingDigest()
    const test = noise(10, 2)
    const labels = noise(3, 1).labels.with(1, 77)
    const outcome = await assembleDataset({ ...parts, train: { ...noise(3, 1), labels }, test }, digest)
    expect(outcome).toEqual({
      ok: false,
      problem: {
        code: 'bad-input',
        message:
          'Label 2 of the training split must be a digit 0…9, found 77. Choose a dataset of the ten digits.',
      },
    })
  })

  it('names each fault of a split', () => {
    const split = noise(2, 3)
    expect(splitFault(split, 'test')).toBeNull()
    expect(splitFault({ count: 0, images: new Uint8Array(0), labels: new Uint8Array(0) }, 'test')).toBe(
      'The test split must hold at least one image, found none. Choose files with digits in them.',
    )
    expect(splitFault({ ...split, labels: new Uint8Array(1) }, 'test')).toBe(
      'The test split has 2 images and 1 labels: each image needs one label. Take both from the same copy of the dataset.',
    )
    expect(splitFault({ ...split, images: new Uint8Array(10) }, 'training')).toBe(
      "The training split's 2 images need 1568 bytes of 28×28 pixels, found 10. Scale the images to 28×28, one grey byte a pixel.",
    )
  })
})
