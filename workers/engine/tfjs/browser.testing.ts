/** A worker that trains a small net on tfjs's backends in a browser: see `browser.test.ts`. */
import * as tf from '@tensorflow/tfjs'
import type { LabelledImages } from '../../../src/domain/dataset/dataset'
import type { ModelSpec } from '../../../src/domain/model/spec'
import type { EngineRecord } from '../../../src/domain/registry/records'
import { PURPOSE, randomU32, streamKey } from '../../../src/domain/random'
import { livedInWeights } from '../agreement.testing'
import type { EngineHost, EngineState, StepOptions, StepResult, TrainingJob } from '../contract'
import { EngineLostError } from '../contract'
import { requestGpu } from '../gpu'
import { begin, jobOf } from '../job.testing'
import type { BackendName } from './devices'
import { createTfjsTrainingEngine } from './training'

export interface BrowserAnswer {
  readonly backend: BackendName
  /** Null where the backend cannot be had; `failure` says why. */
  readonly record: EngineRecord | null
  readonly failure: string | null
  readonly results: readonly StepResult[]
  readonly state: EngineState | null
  /** The second of two trainings of one seed made the same bits. */
  readonly repeats: boolean
  /** Tensors more after a step than before it, and after everything. */
  readonly leaked: readonly [number, number]
  /** What a step says when the device has been taken away, and the loss of the first step on a new one. */
  readonly afterLoss: string | null
  readonly lossOfNext: number | null
}

const SIDE = 12
const BATCH = 4
const SEED = 11
const SPEC: ModelSpec = {
  name: 'small',
  input: { height: SIDE, width: SIDE, channels: 1 },
  layers: [
    { kind: 'conv', filters: 5, kernel: 3, padding: 1, bias: true },
    { kind: 'relu' },
    { kind: 'batch-norm' },
    { kind: 'dropout', rate: 0.25 },
    { kind: 'max-pool', size: 2 },
    { kind: 'conv', filters: 6, kernel: 3, padding: 0, bias: false },
    { kind: 'leaky-relu', slope: 0.1 },
    { kind: 'dropout-2d', rate: 0.2 },
    { kind: 'average-pool', size: 2 },
    { kind: 'flatten' },
    { kind: 'dense', units: 10, bias: true },
  ],
}
const JOB: TrainingJob = jobOf(SPEC, BATCH, {
  optimizer: { kind: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-3, weightDecay: 0.01 },
  clipNorm: 0.5,
  labelSmoothing: 0.1,
  averageDecay: 0.9,
})
const STEPS: readonly StepOptions[] = [0, 1].map((step) => ({ learningRate: 0.01, seed: SEED, step }))
const INDICES = Uint32Array.from({ length: STEPS.length * BATCH }, (_, at) => at)

let device: GPUDevice | null = null
const host: Pick<EngineHost, 'requestGpu'> = {
  async requestGpu() {
    const support = await requestGpu(navigator.gpu)
    device = support.kind === 'gpu' ? support.device : null
    return support
  },
}

self.onmessage = ({ data }: MessageEvent<readonly BackendName[]>) => {
  void answerAll(data).then((message) => self.postMessage(message))
}

async function answerAll(backends: readonly BackendName[]): Promise<readonly BrowserAnswer[]> {
  const answers: BrowserAnswer[] = []
  for (const backend of backends) answers.push(await answer(backend))
  return answers
}

async function answer(backend: BackendName): Promise<BrowserAnswer> {
  try {
    return await trainOn(backend)
  } catch (error) {
    const failure = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    return { ...NOTHING, backend, failure }
  }
}

const NOTHING = {
  record: null,
  results: [],
  state: null,
  repeats: false,
  leaked: [0, 0],
  afterLoss: null,
  lossOfNext: null,
} as const

async function trainOn(backend: BackendName): Promise<BrowserAnswer> {
  const before = tf.memory().numTensors
  const engine = await engineOn(backend)
  const tensors = tf.memory().numTensors
  const results = await engine.run(INDICES, STEPS)
  const state = await engine.readState()
  const leakedBySteps = tf.memory().numTensors - tensors
  const { record } = engine
  engine.dispose()

  const again = await engineOn(backend)
  await again.run(INDICES, STEPS)
  const repeats = sameBits(state, await again.readState())
  takeAway(backend)
  const afterLoss = await again.run(INDICES, STEPS).then(
    () => null,
    (error: unknown) => (error instanceof EngineLostError ? error.loss : String(error)),
  )
  // As a session does: the lost one goes when its successor is there.
  const next = await engineOn(backend)
  again.dispose()
  const [first] = await next.run(INDICES, STEPS)
  next.dispose()
  const leaked = [leakedBySteps, tf.memory().numTensors - before] as const
  return {
    backend,
    record,
    failure: null,
    results,
    state,
    repeats,
    leaked,
    afterLoss,
    lossOfNext: first?.loss ?? null,
  }
}

async function engineOn(backend: BackendName): ReturnType<typeof createTfjsTrainingEngine> {
  const engine = await createTfjsTrainingEngine(JOB, backend, host)
  await begin(engine, JOB, noise(), livedInWeights(SPEC, SEED))
  return engine
}

/** Ends the device under the engine, if it has one. */
function takeAway(backend: BackendName): void {
  if (backend === 'webgpu') device?.destroy()
  const instance: unknown = tf.findBackend(backend)
  if (instance instanceof tf.MathBackendWebGL)
    instance.getGPGPUContext().gl.getExtension('WEBGL_lose_context')?.loseContext()
}

function sameBits(a: EngineState, b: EngineState): boolean {
  return [
    [a.weights, b.weights],
    [a.optimizer, b.optimizer],
    [a.average ?? [], b.average ?? []],
  ].every(([one, other]) => one?.every((value, at) => Object.is(value, other?.[at])))
}

function noise(): LabelledImages {
  const key = streamKey(SEED, PURPOSE.generateDigits, 0)
  const count = INDICES.length
  return {
    count,
    images: Uint8Array.from({ length: count * SIDE * SIDE }, (_, at) => randomU32(key, at) & 255),
    labels: Uint8Array.from({ length: count }, (_, at) => randomU32(key, 100_000 + at) % 10),
  }
}
