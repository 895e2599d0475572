/** tfjs's three backends in a worker of Chromium, against each other. Its WebGPU and WebGL are made of software there. */
import { beforeAll, describe, expect, it } from 'vitest'
import { relativeError } from '../agreement.testing'
import { askChromium } from '../chromium.testing'
import type { BrowserAnswer } from './browser.testing'
import type { BackendName } from './devices'

const WORKER = new URL('./browser.testing.ts', import.meta.url)
const BACKENDS: readonly BackendName[] = ['cpu', 'webgl', 'webgpu']
const answers = new Map<BackendName, BrowserAnswer>()

beforeAll(async () => {
  for (const answer of await askChromium<readonly BrowserAnswer[]>(WORKER, BACKENDS))
    answers.set(answer.backend, answer)
}, 240_000)

function answerOf(backend: BackendName): BrowserAnswer {
  const answer = answers.get(backend)
  if (answer === undefined) throw new Error(`no answer for ${backend}`)
  return answer
}

describe.each(BACKENDS)('tfjs on %s in Chromium', (backend) => {
  it('is there', () => {
    const { record, failure } = answerOf(backend)
    expect(failure).toBeNull()
    expect(record).toMatchObject({ kind: 'tfjs', backend })
    if (backend !== 'cpu') expect(record?.device).toMatch(/swiftshader/i)
  })

  it('steps as the cpu backend does', () => {
    const { state, results } = answerOf(backend)
    const expected = answerOf('cpu')
    expect(relativeError(state!.weights, expected.state!.weights)).toBeLessThan(1e-4)
    expect(relativeError(state!.optimizer, expected.state!.optimizer)).toBeLessThan(1e-4)
    expect(relativeError(state!.average!, expected.state!.average!)).toBeLessThan(1e-4)
    results.forEach(({ loss, correct, gradientNorm }, step) => {
      const other = expected.results[step]!
      expect(loss).toBeCloseTo(other.loss, 5)
      expect(correct).toBe(other.correct)
      expect(gradientNorm).toBeCloseTo(other.gradientNorm, 4)
    })
  })

  it('makes the same bits of the same seed', () => {
    expect(answerOf(backend).repeats).toBe(true)
  })

  it('keeps no tensor', () => {
    expect(answerOf(backend).leaked).toEqual([0, 0])
  })

  it('tells a lost device from a failure, and begins anew on another one', () => {
    const { afterLoss, lossOfNext, results } = answerOf(backend)
    expect(afterLoss).toBe(backend === 'cpu' ? null : 'lost')
    expect(lossOfNext).toBe(results[0]!.loss)
  })
})
