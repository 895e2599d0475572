/**
 * The WebGPU engine on Chromium's software adapter against the WebAssembly engine, which agrees with autodiff. Small nets between
 * them meet every kernel, in the smallest block table, since kernels take longer to compile here than to run; the default
 * preset runs in the table that software adapters get.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { IMAGE_PIXELS } from '../../../src/domain/image/preprocess'
import { findPreset } from '../../../src/domain/model/presets'
import type { ModelSpec } from '../../../src/domain/model/spec'
import { augmentedImage } from '../../../src/domain/training/augment'
import type { OptimizerRecipe } from '../../../src/domain/training/recipe'
import { gradientErrors, relativeError } from '../agreement.testing'
import { askChromium } from '../chromium.testing'
import type { EngineState, StepResult, TrainingEngine, TrainingJob } from '../contract'
import { createTrainingEngine } from '../create'
import { jobOf, WASM_CHOICE } from '../job.testing'
import { nodeHost } from '../node-host.testing'
import {
  digitsOf,
  indicesOf,
  SEED,
  stateOf,
  stepsOf,
  type BrowserAnswer,
  type BrowserQuestion,
  type Trial,
} from './trial.testing'
import { NETS, TINY } from './nets.testing'
import { gpuPlan, stepDispatches } from './plan'
import { findTiles } from './tiles'

const OUTPUT_TOLERANCE = 1e-5
const GRADIENT_TOLERANCE = 1e-4
const SMALL_TILES = 'gpu-4x4'

const RATES = { beta1: 0.9, beta2: 0.99, epsilon: 1e-5, weightDecay: 0.02 }
const OPTIMIZERS: readonly OptimizerRecipe[] = [
  { kind: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 0.02 },
  { kind: 'adam', ...RATES },
  { kind: 'adamw', ...RATES },
  { kind: 'rmsprop', alpha: 0.9, epsilon: 1e-5, weightDecay: 0.02 },
  { kind: 'adagrad', epsilon: 1e-5, weightDecay: 0.02 },
]
const AUGMENT = { rotation: 12, shift: 2, scale: 0.1, shear: 8, elastic: 1.5, thickness: 0.5 }
const WHOLE_RECIPE = { clipNorm: 0.4, labelSmoothing: 0.1, averageDecay: 0.9, augment: AUGMENT }

const RF5 = preset('rf5-13k')

const TRIALS: readonly Trial[] = [
  ...NETS.map((spec) => ({ name: spec.name, job: jobOf(spec, 4), tiles: SMALL_TILES, steps: 2 })),
  ...OPTIMIZERS.map((optimizer) => ({
    name: optimizer.kind,
    job: jobOf(TINY, 6, { optimizer, ...WHOLE_RECIPE }),
    tiles: SMALL_TILES,
    steps: 3,
  })),
  { name: RF5.name, job: jobOf(RF5, 16), tiles: 'software', steps: 2 },
]

const QUESTION: BrowserQuestion = {
  trials: TRIALS,
  augmented: jobOf(TINY, 8, WHOLE_RECIPE),
  small: jobOf(TINY, 4),
  large: jobOf(RF5, 4096),
}

let found: BrowserAnswer

beforeAll(async () => {
  found = await askChromium<BrowserAnswer>(new URL('./browser.testing.ts', import.meta.url), QUESTION)
}, 400_000)

describe('in Chromium', () => {
  it('computes on the software adapter', () =>
    expect(found.gpu).toEqual({ name: 'swiftshader', software: true }))

  it('changes images to the bytes that the domain says', () => {
    const { augmented: job } = QUESTION
    const { images } = digitsOf(job)
    const indices = indicesOf(job, 1)
    const step = stepsOf(1)[0]!.step
    const expected = [...indices].flatMap((index, position) => [
      ...augmentedImage(images.subarray(index * IMAGE_PIXELS, (index + 1) * IMAGE_PIXELS), AUGMENT, {
        seed: SEED,
        step,
        position,
      }),
    ])
    expect([...found.augmented]).toEqual(expected)
  })

  it('tells a lost device, before and after it is gone', () =>
    expect(found.losses.destroyed).toEqual(['lost', 'lost', 'lost']))

  it('tells a device that does not answer', () => expect(found.losses.hung).toBe('hung'))

  it('tells which model and batch have no room', () =>
    expect(found.losses.tooLarge).toMatch(/^OutOfMemoryError: rf5-13k with a batch of 4096 needs \d+ bytes/))
})

describe.each(TRIALS)('$name in Chromium', (trial) => {
  const { job, steps } = trial
  const answer = (): BrowserAnswer['trials'][number] => found.trials.find(({ name }) => name === trial.name)!
  let expected: {
    gradients: Awaited<ReturnType<TrainingEngine['gradients']>>
    results: readonly StepResult[]
    state: EngineState
  }
  beforeAll(async () => {
    expected = await onProcessor(job, steps)
  })

  it('has the gradients of the processor', () => {
    const { gradients } = answer()
    expect(Math.abs(gradients.loss - expected.gradients.loss)).toBeLessThan(OUTPUT_TOLERANCE * gradients.loss)
    expect(relativeError(gradients.logits, expected.gradients.logits)).toBeLessThan(OUTPUT_TOLERANCE)
    const errors = gradientErrors(
      job.spec,
      gradients.gradient,
      expected.gradients.gradient,
      GRADIENT_TOLERANCE,
    )
    expect(errors).toEqual([])
  })

  it('steps as the processor does', () => {
    const { results, state } = answer()
    for (const [i, { loss, correct, gradientNorm }] of results.entries()) {
      const other = expected.results[i]!
      expect(correct).toBe(other.correct)
      expect(Math.abs(loss - other.loss)).toBeLessThan(1e-4 * other.loss)
      expect(Math.abs(gradientNorm - other.gradientNorm)).toBeLessThan(1e-4 * other.gradientNorm)
    }
    expect(relativeError(state.weights, expected.state.weights)).toBeLessThan(GRADIENT_TOLERANCE)
    expect(relativeError(state.optimizer, expected.state.optimizer)).toBeLessThan(GRADIENT_TOLERANCE)
    expect(state.average === null).toBe(expected.state.average === null)
    if (state.average !== null && expected.state.average !== null)
      expect(relativeError(state.average, expected.state.average)).toBeLessThan(GRADIENT_TOLERANCE)
  })

  it('gives the same bits again, one step at a time or all at once, timed or not', () => {
    expect(answer().repeats).toBe(true)
    expect(answer().profileAgrees).toBe(true)
    expect(answer().gradients.loss).toBe(answer().results[0]!.loss)
  })

  it('asks for no more than its plan says', () => {
    const plan = gpuPlan(job, findTiles(trial.tiles)!)
    expect(answer().counters).toEqual({
      steps,
      dispatches: steps * stepDispatches(plan).length,
      submits: 1,
      uploadedBytes: steps * plan.steps.words * 4,
      readBacks: 1,
    })
    expect(answer().profile?.operations).toHaveLength(stepDispatches(plan).length)
  })
})

async function onProcessor(
  job: TrainingJob,
  steps: number,
): Promise<{
  gradients: Awaited<ReturnType<TrainingEngine['gradients']>>
  results: readonly StepResult[]
  state: EngineState
}> {
  const engine = await createTrainingEngine(job, nodeHost, WASM_CHOICE)
  try {
    await engine.attach(digitsOf(job))
    await engine.writeState(stateOf(job))
    const indices = indicesOf(job, steps)
    const options = stepsOf(steps)
    const gradients = await engine.gradients(indices.subarray(0, job.batch), options[0]!)
    return { gradients, results: await engine.run(indices, options), state: await engine.readState() }
  } finally {
    engine.dispose()
  }
}

function preset(name: string): ModelSpec {
  const search = findPreset(name)
  if (search.kind === 'unknown') throw new Error(search.message)
  return search.spec
}
