/**
 * The studio's engine against tfjs autodiff: every kind of layer on small nets and every preset whole, with the same weights,
 * digits and dropped values on both sides, in both builds of the kernels. `npm run build:wasm` makes them.
 *
 * About the seed. Two float32 programs that add in another order differ by about 1e-7, so that a ReLU's input or the lead of a
 * maximum that lies that close to zero can fall on the other side. Its gradient then truly goes another way, and one such value
 * among the 100,000 of a preset shows as an error near 1e-3. Should a change of the kernels bring that about, take another
 * seed, not a wider tolerance: of four seeds tried none met it, the worst gradient was 4e-5 off and most 1e-6. All
 * sums have a fixed order on both sides, so what passes once passes always.
 */
import { afterEach, describe, expect, it } from 'vitest'
import type { LabelledImages } from '../../src/domain/dataset/dataset'
import { IMAGE_PIXELS, MNIST_PREPROCESS } from '../../src/domain/image/preprocess'
import { findPreset, presetNames } from '../../src/domain/model/presets'
import { parameterTable } from '../../src/domain/model/parameters'
import type { LayerSpec, ModelSpec } from '../../src/domain/model/spec'
import { gradientErrors, livedInWeights, relativeError, seededDigits } from './agreement.testing'
import type {
  EngineChoice,
  EngineHost,
  Predictor,
  StepOptions,
  TrainingEngine,
  TrainingJob,
} from './contract'
import { begin, freshState, jobOf, WASM_CHOICE } from './job.testing'
import { createPredictor, createTrainingEngine } from './create'
import { nodeHost } from './node-host.testing'
import type { OracleBatch, OracleModel, OracleOptimizer, OracleTraining } from './tfjs/oracle'
import { oraclePredict, oracleTrain, studioDropout } from './tfjs/oracle'

const SEED = 7
const BATCH = 4
const OUTPUT_TOLERANCE = 1e-5
const GRADIENT_TOLERANCE = 1e-4
/**
 * What F(4×4) is allowed more: a layer is off by up to 6e-6 where the direct convolution is off by 1e-6 (convolution.test.ts),
 * and the tolerances above are within a factor of two of what the direct one makes of the largest presets.
 */
const COARSE = 2

const OPTIONS: StepOptions & OracleOptimizer = {
  learningRate: 0.05,
  momentum: 0.9,
  weightDecay: 0.01,
  seed: SEED,
  step: 3,
}

const open: (TrainingEngine | Predictor)[] = []
afterEach(() => {
  for (const resource of open.splice(0)) resource.dispose()
})

const RELU: LayerSpec = { kind: 'relu' }
const HEAD: readonly LayerSpec[] = [{ kind: 'flatten' }, { kind: 'dense', units: 10, bias: true }]

function conv(
  filters: number,
  { kernel = 3, padding = 0, bias = false }: { kernel?: number; padding?: number; bias?: boolean } = {},
): LayerSpec {
  return { kind: 'conv', filters, kernel, padding, bias }
}

/**
 * How every small net begins: 28×28 → 10×10, so that what is tested decides the result. The ReLU keeps a batch norm that
 * follows from cancelling the bias, whose gradient would be zero.
 */
const STEM: readonly LayerSpec[] = [conv(6, { kernel: 9, bias: true }), { kind: 'max-pool', size: 2 }, RELU]

function net(name: string, body: readonly LayerSpec[], head = HEAD): ModelSpec {
  return { name, input: { height: 28, width: 28, channels: 1 }, layers: [...STEM, ...body, ...head] }
}

/** Channel counts around the vector widths of 4 and 16, and extents that windows do not divide. */
const NETS: readonly ModelSpec[] = [
  ...[1, 3, 4, 5, 10, 16, 17, 32].map((filters) => net(`conv to ${filters}`, [conv(filters), conv(3)])),
  ...[1, 2, 5, 7].map((kernel) => net(`conv ${kernel}×${kernel}`, [conv(5, { kernel, bias: true }), RELU])),
  net('padded conv', [conv(5, { padding: 1 }), RELU, conv(6, { kernel: 5, padding: 2, bias: true })]),
  net('dense', [{ kind: 'flatten' }, { kind: 'dense', units: 19, bias: false }, RELU]),
  net('batch-norm after conv', [conv(7), { kind: 'batch-norm' }, RELU, conv(5)]),
  net('batch-norm after relu', [conv(7), RELU, { kind: 'batch-norm' }, conv(5)]),
  net('batch-norm after bias', [conv(7, { bias: true }), { kind: 'batch-norm' }, RELU]),
  net('batch-norm after pool', [{ kind: 'batch-norm' }, { kind: 'average-pool', size: 2 }, conv(5)]),
  net('batch-norm of vectors', [
    { kind: 'flatten' },
    { kind: 'dense', units: 13, bias: true },
    { kind: 'batch-norm' },
    RELU,
  ]),
  net('relu', [conv(5), RELU, conv(4), RELU]),
  net('leaky-relu', [
    conv(5),
    { kind: 'leaky-relu', slope: 0.1 },
    conv(6),
    { kind: 'leaky-relu', slope: 0.01 },
  ]),
  net('dropout', [{ kind: 'dropout', rate: 0.1 }, conv(5), RELU, { kind: 'dropout', rate: 0.5 }]),
  net('dropout after batch-norm', [
    conv(5),
    RELU,
    { kind: 'batch-norm' },
    { kind: 'dropout', rate: 0.25 },
    conv(3),
  ]),
  net('dropout of vectors', [
    { kind: 'flatten' },
    { kind: 'dense', units: 21, bias: true },
    { kind: 'dropout', rate: 0.5 },
  ]),
  net('dropout-2d', [conv(9), { kind: 'dropout-2d', rate: 0.5 }, RELU, conv(5)]),
  net('max-pool', [conv(5), RELU, { kind: 'max-pool', size: 2 }]),
  net('max-pool of three before relu', [conv(5), { kind: 'max-pool', size: 3 }, RELU]),
  net('average-pool', [conv(5), RELU, { kind: 'average-pool', size: 3 }]),
  net('global-average-pool', [conv(5), RELU, conv(10)], [{ kind: 'global-average-pool' }]),
  net('adaptive-average-pool', [conv(5), RELU, { kind: 'adaptive-average-pool', size: 3 }]),
  net('adaptive-average-pool that repeats', [
    { kind: 'average-pool', size: 3 },
    { kind: 'adaptive-average-pool', size: 4 },
  ]),
]

const PRESETS: readonly ModelSpec[] = presetNames.map((name) => {
  const found = findPreset(name)
  if (found.kind === 'unknown') throw new Error(found.message)
  return found.spec
})

const digits = seededDigits(10 * BATCH, SEED)

/** Not in order, so that an engine that ignores the indices is found out. */
const INDICES = Uint32Array.from({ length: BATCH }, (_, at) => (3 * at + 5) % digits.count)

function batchOf({ images, labels }: LabelledImages, indices: Uint32Array): OracleBatch {
  return {
    images: Uint8Array.from(
      [...indices].flatMap((at) => [...images.subarray(at * IMAGE_PIXELS, (at + 1) * IMAGE_PIXELS)]),
    ),
    labels: Uint8Array.from(indices, (at) => labels[at]!),
  }
}

/** A host on which relaxed SIMD does not compile, as in browsers without it. */
const plainHost: EngineHost = {
  ...nodeHost,
  loadKernels: (build) =>
    build === 'simd'
      ? nodeHost.loadKernels(build)
      : Promise.reject(new WebAssembly.CompileError('no relaxed SIMD here')),
}

const HOSTS = [
  { build: 'relaxed-simd', host: nodeHost },
  { build: 'simd', host: plainHost },
] as const

function jobFor({ spec, preprocess }: OracleModel): TrainingJob {
  const { momentum, weightDecay } = OPTIONS
  return jobOf(
    spec,
    BATCH,
    { optimizer: { kind: 'sgd', momentum, nesterov: false, weightDecay } },
    preprocess,
  )
}

/** Forced wherever the shapes allow it; nets that have no such layer are done once. */
const CONVOLUTIONS = ['direct', 'winograd-2', 'winograd-4'] as const

function allowanceFor(convolution: EngineChoice['convolution']): number {
  return convolution === 'winograd-4' ? COARSE : 1
}

async function engineOf(
  model: OracleModel,
  host: EngineHost,
  convolution: EngineChoice['convolution'] = 'direct',
): Promise<TrainingEngine> {
  const job = jobFor(model)
  const engine = await createTrainingEngine(job, host, { ...WASM_CHOICE, convolution })
  open.push(engine)
  await begin(engine, job, digits, model.weights)
  return engine
}

function modelOf(spec: ModelSpec): OracleModel {
  return { spec, weights: livedInWeights(spec, SEED), preprocess: MNIST_PREPROCESS }
}

async function expectStepsToAgree(spec: ModelSpec): Promise<void> {
  const model = modelOf(spec)
  const batch = batchOf(digits, INDICES)
  const expected = await oracleTrain(model, [batch], OPTIONS, () => studioDropout(OPTIONS.seed, OPTIONS.step))
  for (const convolution of CONVOLUTIONS)
    for (const { build, host } of HOSTS) {
      const engine = await engineOf(model, host, convolution)
      const { record } = engine
      expect(record).toMatchObject({ build })
      if (convolution !== 'direct' && record.kind === 'wasm' && record.convolutions.length === 0) continue
      await expectStepToAgree(engine, model, batch, { expected, allowance: allowanceFor(convolution) })
    }
}

async function expectStepToAgree(
  engine: TrainingEngine,
  model: OracleModel,
  { labels }: OracleBatch,
  { expected, allowance }: { readonly expected: OracleTraining; readonly allowance: number },
): Promise<void> {
  const tolerance = OUTPUT_TOLERANCE * allowance
  const gradientTolerance = GRADIENT_TOLERANCE * allowance
  const { spec, weights } = model
  const step = expected.steps[0]!
  const found = await engine.gradients(INDICES, OPTIONS)
  expect(Math.abs(found.loss - step.loss)).toBeLessThan(tolerance * step.loss)
  expect(relativeError(found.logits, step.logits)).toBeLessThan(tolerance)
  expect(gradientErrors(spec, found.gradient, step.gradient, gradientTolerance)).toEqual([])

  await engine.writeState(freshState(jobFor(model), weights))
  const [result] = await engine.run(INDICES, [OPTIONS])
  expect(result?.loss).toBe(found.loss)
  expect(result?.correct).toBe(rightAnswers(step.logits, labels))
  const { trainable } = parameterTable(spec)
  const { weights: after, optimizer } = await engine.readState()
  expect(relativeError(after.subarray(trainable), step.runningAfter)).toBeLessThan(tolerance)
  expect(relativeError(after, expected.weights)).toBeLessThan(tolerance)
  expect(gradientErrors(spec, optimizer, expected.momentum, gradientTolerance)).toEqual([])
}

function rightAnswers(logits: Float32Array, labels: Uint8Array): number {
  return labels.filter((label, row) => {
    const answer = logits.subarray(row * 10, row * 10 + 10)
    return answer.indexOf(Math.max(...answer)) === label
  }).length
}

async function expectPredictionsToAgree(spec: ModelSpec): Promise<void> {
  const model = modelOf(spec)
  const images = digits.images.subarray(0, 3 * IMAGE_PIXELS)
  const expected = await oraclePredict(model, images)
  for (const convolution of CONVOLUTIONS)
    for (const { build, host } of HOSTS) {
      const choice = { ...WASM_CHOICE, convolution }
      const predictor = await createPredictor(spec, model.weights, model.preprocess, host, choice)
      open.push(predictor)
      expect(predictor.record).toMatchObject({ build })
      const found = await predictor.predict(images)
      expect(relativeError(found, expected)).toBeLessThan(OUTPUT_TOLERANCE * allowanceFor(convolution))
    }
}

describe.each(NETS)('net of $name', (spec) => {
  it('learns as autodiff says', () => expectStepsToAgree(spec))
  it('predicts as the oracle does', () => expectPredictionsToAgree(spec))
})

describe.each(PRESETS)('preset $name', (spec) => {
  it('learns as autodiff says', () => expectStepsToAgree(spec))
  it('predicts as the oracle does', () => expectPredictionsToAgree(spec))
})

describe('ten steps of SGD', () => {
  it.each(['rf5-13k', 'pytorch-basic'])('lose as much on %s as on the oracle', async (name) => {
    const spec = PRESETS.find((preset) => preset.name === name)!
    const model = modelOf(spec)
    const steps = Array.from({ length: 10 }, (_, step) =>
      Uint32Array.from({ length: BATCH }, (_unused, at) => step * BATCH + at),
    )
    const expected = await oracleTrain(
      model,
      steps.map((indices) => batchOf(digits, indices)),
      OPTIONS,
      (step) => studioDropout(SEED, step),
    )
    // F(4×4) is left to its single steps: batches of four part company soon after a ReLU falls to the other side.
    for (const convolution of ['direct', 'winograd-2'] as const)
      for (const { host } of HOSTS) {
        const engine = await engineOf(model, host, convolution)
        for (const [step, indices] of steps.entries()) {
          const [result] = await engine.run(indices, [{ ...OPTIONS, step }])
          expect(Math.abs(result!.loss - expected.steps[step]!.loss), `step ${step}`).toBeLessThan(1e-3)
        }
        expect(relativeError((await engine.readState()).weights, expected.weights)).toBeLessThan(1e-3)
      }
  })
})
