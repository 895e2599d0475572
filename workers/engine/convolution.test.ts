/**
 * Every way to convolve against the definition in float64: the error of Winograd stated beside the direct convolution's, which the
 * bounds follow within a factor of two. Errors are the largest deviation over the largest value.
 */
import { describe, expect, it } from 'vitest'
import { PURPOSE, streamKey } from '../../src/domain/random'
import { relativeError } from './agreement.testing'
import { type Case, inEngine, inFloat64, numbersFor, type Results } from './convolution.testing'
import type { Algorithm } from './plan'

const KEY = streamKey(3, PURPOSE.generateDigits, 0)
const BUILDS = ['relaxed-simd', 'simd'] as const

async function errorsOf(shape: Case, algorithm: Algorithm): Promise<Results<number>> {
  const numbers = numbersFor(shape, KEY)
  const expected = inFloat64(shape, numbers)
  const worst = { forward: 0, inputGradient: 0, filterGradient: 0 }
  for (const build of BUILDS) {
    const found = await inEngine(shape, numbers, algorithm, build)
    for (const pass of ['forward', 'inputGradient', 'filterGradient'] as const)
      worst[pass] = Math.max(worst[pass], relativeError(found[pass], expected[pass]))
  }
  return worst
}

/** The shapes of the presets that have many channels, then sizes that no tile divides and channels that no vector does. */
const CASES: readonly Case[] = [
  { side: 26, inputs: 16, outputs: 32, padding: 0, images: 3 },
  { side: 14, inputs: 32, outputs: 64, padding: 1, images: 3 },
  { side: 7, inputs: 64, outputs: 128, padding: 1, images: 3 },
  { side: 7, inputs: 128, outputs: 256, padding: 1, images: 3 },
  { side: 11, inputs: 5, outputs: 17, padding: 1, images: 2 },
  { side: 6, inputs: 10, outputs: 6, padding: 2, images: 3 },
  { side: 5, inputs: 3, outputs: 9, padding: 0, images: 3 },
  { side: 3, inputs: 10, outputs: 6, padding: 1, images: 3 },
]

/** The worst found over all cases and both builds stands behind each bound. */
const BOUNDS: Record<Algorithm, Results<number>> = {
  direct: {
    forward: 2e-6, // 1.2e-6
    inputGradient: 3e-6, // 1.5e-6
    filterGradient: 5e-7, // 2.4e-7
  },
  'winograd-2': {
    forward: 8e-7, // 4.4e-7
    inputGradient: 8e-7, // 4.6e-7
    filterGradient: 8e-7, // 4.9e-7
  },
  'winograd-4': {
    forward: 1e-5, // 6.3e-6
    inputGradient: 7e-6, // 4.0e-6
    filterGradient: 5e-6, // 2.9e-6
  },
}

describe.each(['direct', 'winograd-2', 'winograd-4'] as const)(
  '%s convolution against float64',
  (algorithm) => {
    it.each(CASES)('$inputs → $outputs channels, $side², padding $padding', async (shape) => {
      const errors = await errorsOf(shape, algorithm)
      const bounds = BOUNDS[algorithm]
      expect(errors.forward).toBeLessThan(bounds.forward)
      expect(errors.inputGradient).toBeLessThan(bounds.inputGradient)
      expect(errors.filterGradient).toBeLessThan(bounds.filterGradient)
    })
  },
)
