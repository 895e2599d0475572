import { describe, expect, it } from 'vitest'
import { MNIST_PREPROCESS } from '../src/domain/image/preprocess'
import { generateDigitsInChunks } from '../workers/ingest/built-in/generate'
import { benchDraw } from './bench-draw'
import { findVersion } from './registered-model'

async function builtIn(count: number) {
  const chunks = generateDigitsInChunks(42, count, { first: 0, signal: new AbortController().signal })
  for (;;) {
    const next = await chunks.next()
    if (next.done) return next.value
  }
}

function quiet(): void {
  // Progress is not of interest here.
}

/** Says of every image the digit that `answer` names, with all its confidence. */
function reader(answer: (image: Uint8Array, row: number) => number) {
  const seen: Uint8Array[] = []
  return {
    seen,
    preprocess: MNIST_PREPROCESS,
    predict(images: Uint8Array) {
      const logits = new Float32Array((images.length / 784) * 10)
      for (let row = 0; row < images.length / 784; row++) {
        const image = images.subarray(row * 784, (row + 1) * 784)
        seen.push(image)
        logits[row * 10 + answer(image, row)] = 50
      }
      return Promise.resolve(logits)
    },
  }
}

describe('benchDraw', () => {
  it('scores drawings by size, beside the plain downscale and the digits as they are', async () => {
    const test = await builtIn(60)
    const fours = [...test.labels].filter((label) => label === 4).length
    const report = await benchDraw(
      reader(() => 4),
      test,
      { count: 1000, seed: 42 },
      quiet,
    )
    expect(report.digits).toBe(60)
    for (const score of [report.all.studio, report.all.plain, report.undrawn]) {
      expect(score).toMatchObject({ count: 60, correct: fours, accuracy: fours / 60 })
      expect(score.meanConfidence).toBeCloseTo(1, 6)
      expect(score.interval?.low).toBeLessThan(fours / 60)
    }
    expect(report.ranges.map(({ from, to }) => [from, to])).toEqual([
      [100, 140],
      [140, 180],
      [180, 220],
      [220, 260],
    ])
    expect(report.ranges.reduce((sum, { studio }) => sum + studio.count, 0)).toBe(60)
    expect(report.misread).toHaveLength(60 - fours)
    for (const { index, label } of report.misread) expect(test.labels[index]).toBe(label)
  })

  it('shows the model centred digits of 20 pixels, and the same ones for the same seed', async () => {
    const test = await builtIn(20)
    const first = reader(() => 0)
    const second = reader(() => 0)
    await benchDraw(first, test, { count: 20, seed: 3 }, quiet)
    await benchDraw(second, test, { count: 20, seed: 3 }, quiet)
    expect(second.seen).toEqual(first.seen)
    const other = reader(() => 0)
    await benchDraw(other, test, { count: 20, seed: 4 }, quiet)
    expect(other.seen).not.toEqual(first.seen)
    for (const image of first.seen.slice(0, 20)) {
      const inked = [...image.entries()].filter(([, value]) => value > 0).map(([at]) => at)
      const columns = inked.map((at) => at % 28)
      const rows = inked.map((at) => Math.floor(at / 28))
      const longer = Math.max(
        Math.max(...columns) - Math.min(...columns),
        Math.max(...rows) - Math.min(...rows),
      )
      expect(longer + 1).toBeGreaterThanOrEqual(19)
      expect(longer + 1).toBeLessThanOrEqual(20)
    }
  })
})

describe('findVersion', () => {
  it('finds by number and by alias, within one model', () => {
    const versions = [
      { id: 'a/1', model: 'a', version: 1 },
      { id: 'a/2', model: 'a', version: 2 },
      { id: 'b/2', model: 'b', version: 2 },
    ] as never
    const aliases = [{ model: 'a', alias: 'champion', versionId: 'a/1' as never }]
    const registry = { versions, aliases, events: [] }
    expect(findVersion(registry, 'a', 'champion')?.id).toBe('a/1')
    expect(findVersion(registry, 'a', '2')?.id).toBe('a/2')
    expect(findVersion(registry, 'b', 'champion')).toBeNull()
    expect(findVersion(registry, 'a', '3')).toBeNull()
  })
})
