import { describe, expect, it } from 'vitest'
import { MNIST_PREPROCESS } from '../../src/domain/image/preprocess'
import { findPreset } from '../../src/domain/model/presets'
import { parseSha256 } from '../../src/domain/ids'
import { DEFAULT_PARAMS } from '../../src/domain/params/defaults'
import type { SessionPlan } from '../../src/domain/training/session'
import { livedInWeights, seededDigits } from './agreement.testing'
import type { EngineHost } from './contract'
import { jobOf } from './job.testing'
import { nodeHost } from './node-host.testing'
import { createValidator } from './validate'
import { createWasmTrainingEngine } from './wasm/training'

const digits = seededDigits(40, 11)

function planOf(preset: string): SessionPlan {
  const search = findPreset(preset)
  if (search.kind === 'unknown') throw new Error(search.message)
  return {
    spec: search.spec,
    params: { ...DEFAULT_PARAMS.train, preset, batch_size: 4 },
    augment: DEFAULT_PARAMS.augment,
    preprocess: MNIST_PREPROCESS,
    datasetDigest: parseSha256('0'.repeat(64)),
    trainIndices: new Uint32Array(0),
    validationIndices: Uint32Array.from({ length: 30 }, (_, i) => i),
    stepsPerEpoch: 1,
    totalSteps: 1,
  }
}

describe('a validator', () => {
  it('makes one predictor for a run, with the kernels of its engine, and scores as a fresh one does', async () => {
    const plan = planOf('lite-bn')
    const loaded: string[] = []
    const host: EngineHost = {
      ...nodeHost,
      loadKernels(build) {
        loaded.push(build)
        return nodeHost.loadKernels(build)
      },
    }
    const engine = await createWasmTrainingEngine(jobOf(plan.spec, 4), nodeHost, { build: 'simd' })
    const validator = createValidator(engine, plan, digits, host)
    expect(loaded).toEqual([])
    const weights = [1, 2, 3].map((seed) => livedInWeights(plan.spec, seed))
    const scores = []
    for (const each of weights) scores.push(await validator.score(each))
    expect(loaded).toEqual(['simd'])
    for (const [i, each] of weights.entries()) {
      const fresh = createValidator(engine, plan, digits, host)
      expect(await fresh.score(each)).toEqual(scores[i])
      fresh.dispose()
    }
    expect(new Set(scores.map(({ loss }) => loss)).size).toBe(3)
    validator.dispose()
    await expect(validator.score(weights[0] ?? new Float32Array())).rejects.toThrow(/disposed of/)
    engine.dispose()
  })
})
