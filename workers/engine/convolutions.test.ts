import { describe, expect, it } from 'vitest'
import { findPreset, presetNames } from '../../src/domain/model/presets'
import type { ModelSpec } from '../../src/domain/model/spec'
import { compilePlan } from './compile'
import { describeConvolutions } from './convolutions'
import type { Algorithm, ConvolutionChoice } from './plan'

function preset(name: string): ModelSpec {
  const search = findPreset(name)
  if (search.kind === 'unknown') throw new Error(search.message)
  return search.spec
}

const SHORT: Record<Algorithm, string> = { direct: 'd', 'winograd-2': '2', 'winograd-4': '4' }

/** Forward and both gradients of a layer: `4:44` is layer 4 by F(4×4) both ways. */
function brief({ layer, forward, inputGradient, filterGradient }: ConvolutionChoice): string {
  expect(inputGradient ?? filterGradient).toBe(filterGradient)
  return `${layer}:${SHORT[forward]}${filterGradient === null ? '' : SHORT[filterGradient]}`
}

/** What the cost model says at batch 128; a row for every preset. */
const TRAINING: Record<string, string> = {
  'rf5-13k': '0:dd 4:44 8:dd 10:44 14:44 18:22 22:22 27:dd',
  'lenet-512': '0:dd 3:dd',
  skeleton: '0:dd 2:44 4:44 7:dd 9:44 11:44 13:dd 15:dd',
  lite: '0:dd 2:44 4:44 7:dd 9:44 11:44 13:dd 15:dd',
  'lite-bn': '0:dd 3:44 6:44 10:dd 13:44 16:44 19:dd 22:dd',
  'lite-bn-drop': '0:dd 3:44 6:44 11:dd 14:44 17:44 21:dd 24:dd',
  gap: '0:dd 3:44 6:44 11:dd 14:44 17:44 21:dd',
  'gap-wide': '0:dd 3:44 6:44 11:dd 14:44 17:44 21:22 24:dd',
  'pytorch-basic': '0:dd 3:dd',
  'cnn-32-64-128': '0:dd 4:44 8:44',
  'cnn-64-128-256': '0:dd 4:44 8:44',
}

describe('chooseConvolutions', () => {
  it('takes for every preset what the cost model says', () => {
    const found = presetNames.map((name) => [
      name,
      compilePlan(preset(name), 128, 'train').convolutions.map(brief).join(' '),
    ])
    expect(Object.fromEntries(found)).toEqual(TRAINING)
  })

  it('has no gradients to choose for in prediction, and none of the image', () => {
    const [first, second] = compilePlan(preset('rf5-13k'), 64, 'predict').convolutions
    expect(first).toEqual({ layer: 0, forward: 'direct', inputGradient: null, filterGradient: null })
    expect(second).toEqual({ layer: 4, forward: 'winograd-4', inputGradient: null, filterGradient: null })
    expect(compilePlan(preset('rf5-13k'), 128, 'train').convolutions[0]?.inputGradient).toBeNull()
  })

  it('weighs what is done once a step against the batch', () => {
    const small = compilePlan(preset('rf5-13k'), 4, 'train').convolutions.map(brief).join(' ')
    expect(small).toBe('0:dd 4:44 8:dd 10:22 14:22 18:dd 22:dd 27:dd')
  })

  it.each(['direct', 'winograd-2', 'winograd-4'] as const)('can be forced to %s', (algorithm) => {
    const forced = compilePlan(preset('rf5-13k'), 4, 'train', 1, algorithm).convolutions
    const short = SHORT[algorithm] + SHORT[algorithm]
    // 1×1 and first layers have no other way than the direct one.
    const expected = `0:dd 4:${short} 8:dd 10:${short} 14:${short} 18:${short} 22:${short} 27:dd`
    expect(forced.map(brief).join(' ')).toBe(expected)
  })
})

describe('describeConvolutions', () => {
  it('names what is not direct', () => {
    expect(describeConvolutions(compilePlan(preset('lenet-512'), 128, 'train').convolutions)).toEqual([])
    expect(describeConvolutions(compilePlan(preset('cnn-32-64-128'), 128, 'train').convolutions)).toEqual([
      'layer 4: Winograd F(4×4)',
      'layer 8: Winograd F(4×4)',
    ])
    const mixed: ConvolutionChoice = {
      layer: 2,
      forward: 'direct',
      inputGradient: 'winograd-2',
      filterGradient: 'winograd-2',
    }
    expect(describeConvolutions([mixed])).toEqual(['layer 2: direct forward, Winograd F(2×2) backward'])
  })
})
