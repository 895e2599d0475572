import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadFigures, loadMarkdown, percentile } from './load'
import { driveLoad, type LoadHost } from './load-drive'

const right = (milliseconds: number) => ({ milliseconds, correct: true })

describe('percentile', () => {
  it('is the nearest rank', () => {
    const hundred = Array.from({ length: 100 }, (_, at) => at + 1)
    expect([0.5, 0.9, 0.95, 0.99, 1].map((share) => percentile(hundred, share))).toEqual([
      50, 90, 95, 99, 100,
    ])
    expect(percentile([7], 0.01)).toBe(7)
    expect(() => percentile([], 0.5)).toThrow(RangeError)
  })
})

describe('loadFigures', () => {
  it('counts answers a second, errors apart, and how many were right', () => {
    const samples = [
      right(1),
      right(3),
      { milliseconds: 2, correct: false },
      { milliseconds: 90, correct: null },
    ]
    const figures = loadFigures(samples, 2, 0.5)
    expect(figures).toMatchObject({
      requests: 4,
      errors: 1,
      perSecond: 6,
      accuracy: 2 / 3,
      latency: { min: 1, mean: 2, p50: 2, p99: 3, max: 3 },
    })
  })

  it('has no latency where nothing was answered', () => {
    const figures = loadFigures([{ milliseconds: 1, correct: null }], 1, 1)
    expect(figures).toMatchObject({ latency: null, accuracy: null, perSecond: 0, histogram: [] })
  })

  it('puts every answer into one bin, whose bounds hold it', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1e4, noNaN: true }), { minLength: 1 }), (times) => {
        const { histogram } = loadFigures(times.map(right), 1, 1)
        expect(histogram.reduce((sum, { count }) => sum + count, 0)).toBe(times.length)
        expect(histogram.length).toBeLessThanOrEqual(12)
        for (const { from, to, count } of histogram) {
          // Bounds are rounded to be read; a time on one may be counted beside it.
          const held = times.filter((time) => time >= from * (1 - 1e-9) && time <= to * (1 + 1e-9))
          expect(count).toBeLessThanOrEqual(held.length)
        }
      }),
    )
  })

  it('has bins of a round width', () => {
    const { histogram } = loadFigures(
      Array.from({ length: 100 }, (_, at) => right((at + 0.5) / 100)),
      1,
      1,
    )
    expect(histogram.map(({ from }) => from)).toEqual(
      [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9].map((from) => expect.closeTo(from, 9) as number),
    )
    expect(histogram.every(({ count }) => count === 10)).toBe(true)
  })
})

describe('driveLoad', () => {
  function host(more: Partial<LoadHost> = {}) {
    let flying = 0
    const most = { warm: 0, all: 0 }
    const sent: number[] = []
    let clock = 0
    const whole: LoadHost = {
      async send(index) {
        sent.push(index)
        flying++
        most.all = Math.max(most.all, flying)
        await Promise.resolve()
        flying--
        return index % 2 === 0
      },
      now: () => clock++,
      onProgress: () => {},
      stopped: () => false,
      ...more,
    }
    return { whole, sent, most }
  }

  it('sends every request of each part once, and keeps as many in flight as asked', async () => {
    const { whole, sent, most } = host()
    const report = await driveLoad({ warmUp: 3, requests: 10, concurrency: 4 }, whole)
    expect(sent).toHaveLength(23)
    expect(sent.slice(13).sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(most.all).toBe(4)
    expect(report?.sequential).toMatchObject({ requests: 10, concurrency: 1, errors: 0, accuracy: 0.5 })
    expect(report?.concurrent).toMatchObject({ requests: 10, concurrency: 4, errors: 0 })
  })

  it('counts what is not answered as an error and goes on', async () => {
    const { whole } = host({
      send: (index) => (index === 2 ? Promise.reject(new Error()) : Promise.resolve(true)),
    })
    const report = await driveLoad({ warmUp: 0, requests: 5, concurrency: 2 }, whole)
    expect(report).toMatchObject({ sequential: { errors: 1, accuracy: 1 }, concurrent: { errors: 1 } })
  })

  it('ends when it is stopped', async () => {
    let stopped = false
    const { whole, sent } = host({
      stopped: () => stopped,
      onProgress: (part, done) => {
        stopped ||= part === 'sequential' && done === 3
      },
    })
    expect(await driveLoad({ warmUp: 1, requests: 100, concurrency: 4 }, whole)).toBeNull()
    expect(sent).toHaveLength(4)
  })
})

describe('loadMarkdown', () => {
  it('has a row for each part', () => {
    const figures = loadFigures([right(1.234)], 8, 0.001)
    const text = loadMarkdown({ warmUp: 10, sequential: figures, concurrent: figures }, 'A server')
    expect(text).toContain('A server, after 10 requests to warm up.')
    expect(text).toContain('| 1 | 8 | 1000 | 1.23 | 1.23 | 1.23 | 1.23 | 1.23 | 0 | 100.00 % |')
  })
})
