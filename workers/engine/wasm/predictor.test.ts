import { afterEach, describe, expect, it } from 'vitest'
import { IMAGE_PIXELS, MNIST_PREPROCESS } from '../../../src/domain/image/preprocess'
import { findPreset } from '../../../src/domain/model/presets'
import type { ModelSpec } from '../../../src/domain/model/spec'
import { livedInWeights, seededDigits } from '../agreement.testing'
import type { EngineHost, Predictor } from '../contract'
import { nodeHost, threadedHost, threadsRunning } from '../node-host.testing'
import { createWasmPredictor } from './predictor'

/** More than a pass, and no whole number of slices. */
const { images } = seededDigits(300, 3)

const open: Predictor[] = []
afterEach(() => {
  for (const predictor of open.splice(0)) predictor.dispose()
})

function presetSpec(name: string): ModelSpec {
  const search = findPreset(name)
  if (search.kind === 'unknown') throw new Error(search.message)
  return search.spec
}

async function opened(
  spec: ModelSpec,
  threads = 1,
  host: EngineHost = threadedHost,
  seed = 1,
): Promise<Predictor> {
  const weights = livedInWeights(spec, seed)
  const predictor = await createWasmPredictor(spec, weights, MNIST_PREPROCESS, host, { threads })
  open.push(predictor)
  return predictor
}

function first(count: number): Uint8Array {
  return images.subarray(0, count * IMAGE_PIXELS)
}

describe('a predictor', () => {
  it.each(['rf5-13k', 'lenet-512', 'gap', 'cnn-32-64-128'])(
    'of %s answers to the same bits with one, two or three threads',
    async (name) => {
      const spec = presetSpec(name)
      const expected = await (await opened(spec)).predict(images)
      for (const threads of [2, 3]) {
        const predictor = await opened(spec, threads)
        expect(predictor.record).toMatchObject({ threads })
        expect(await predictor.predict(images)).toEqual(expected)
      }
    },
  )

  it('answers for an image alike in any company', async () => {
    const predictor = await opened(presetSpec('rf5-13k'), 2)
    const all = await predictor.predict(images)
    for (const count of [0, 1, 2, 3, 15, 16, 17, 33, 100, 255, 256, 257, 299])
      expect(await predictor.predict(first(count))).toEqual(all.subarray(0, 10 * count))
    const last = await predictor.predict(images.subarray(299 * IMAGE_PIXELS))
    expect(last).toEqual(all.subarray(2990))
  })

  it('takes other weights without being made again, whether their norms shift anything or not', async () => {
    const spec = presetSpec('rf5-13k')
    const predictor = await opened(spec, 2)
    await predictor.predict(images)
    await predictor.writeWeights(livedInWeights(spec, 2))
    const expected = await (await opened(spec, 1, nodeHost, 2)).predict(images)
    expect(await predictor.predict(images)).toEqual(expected)
  })

  it('says what does not fit', async () => {
    const spec = presetSpec('lite')
    const predictor = await opened(spec)
    await expect(predictor.writeWeights(new Float32Array(3))).rejects.toThrow(
      /lite has \d+ values of weights, found 3/,
    )
    await expect(predictor.predict(new Uint8Array(1000))).rejects.toThrow(
      /images take 784 bytes each, found 1000 bytes/,
    )
    predictor.dispose()
    await expect(predictor.predict(first(1))).rejects.toThrow(/disposed of/)
    await expect(predictor.predict(first(100))).rejects.toThrow(/disposed of/)
  })

  it('takes as many threads as the machine runs at once, and says why it does not', async () => {
    const spec = presetSpec('lite')
    const threaded = await opened(spec, 0)
    expect(threaded.record).toMatchObject({ threads: 2, device: 'CPU · 2 threads' })
    const alone = await opened(spec, 0, nodeHost)
    expect(alone.record).toMatchObject({ threads: 1 })
    expect(alone.record.reason).toMatch(/; one thread: tests use one unless they say otherwise$/)
    const support = threadsRunning('./no-such-module.mjs')
    const failed = await opened(spec, 2, { ...nodeHost, threads: support })
    expect(failed.record.reason).toMatch(/; one thread: .*no-such-module/)
    expect(await failed.predict(images)).toEqual(await alone.predict(images))
  })

  it('wakes no thread for a digit, and goes on with one when a thread fails', async () => {
    const spec = presetSpec('lite')
    const support = threadsRunning('./failing-thread.testing.mjs')
    const predictor = await opened(spec, 2, { ...nodeHost, threads: support })
    const expected = await (await opened(spec)).predict(images)
    for (let i = 0; i < 100; i++) expect(await predictor.predict(first(1))).toEqual(expected.subarray(0, 10))
    expect(predictor.record).toMatchObject({ threads: 2 })
    for (let i = 0; i < 20; i++) expect(await predictor.predict(images)).toEqual(expected)
    expect(predictor.record).toMatchObject({ threads: 1, device: 'CPU · 1 thread' })
    expect(predictor.record.reason).toMatch(/; one thread: a thread of the engine failed$/)
  })
})
