/** Speed of an engine on made-up digits, measured the same way in Node and in a browser's worker. */
import { IMAGE_PIXELS, MNIST_PREPROCESS } from '../../src/domain/image/preprocess'
import { multiplyAdds, parameterCount } from '../../src/domain/model/counts'
import { initialWeights } from '../../src/domain/model/initialise'
import { parameterTable } from '../../src/domain/model/parameters'
import { findPreset } from '../../src/domain/model/presets'
import type { ModelSpec } from '../../src/domain/model/spec'
import { PURPOSE, randomU32, streamKey } from '../../src/domain/random'
import { DEFAULT_PARAMS } from '../../src/domain/params/defaults'
import { recipeOf } from '../../src/domain/training/recipe'
import type { LabelledImages } from '../../src/domain/dataset/dataset'
import { engineBuild, engineThreads } from '../../src/domain/registry/engine'
import type { EngineRecord } from '../../src/domain/registry/records'
import type { EngineHost } from './contract'
import type { Build } from './wasm/build'
import { createWasmPredictor } from './wasm/predictor'
import { createWasmTrainingEngine } from './wasm/training'

export interface BenchTask {
  readonly task: 'train' | 'infer'
  readonly preset: string
  readonly batch: number
  readonly build: Build | 'auto'
  /** 0: as many as the machine runs at once. */
  readonly threads: number
  /** Measured stretches, and the seconds of each. */
  readonly repeats: number
  readonly seconds: number
  /** Seconds of work before the first measured stretch: compilation tiers, clock speeds and caches settle. */
  readonly warmUpSeconds: number
}

/** Steps (or batches) a second are medians over the repeats; the spread is their range. */
export interface BenchResult {
  readonly task: BenchTask['task']
  readonly engine: EngineRecord['kind']
  /** The kernels' build. */
  readonly backend: string
  readonly threads: number
  readonly host: string
  readonly preset: string
  readonly parameters: number
  readonly batch: number
  readonly repeats: number
  readonly imagesPerSecond: number
  readonly imagesPerSecondRange: readonly [number, number]
  readonly msPerStep: number
  /** Of the model's multiply-adds (2 operations each; a training step counts three forward passes). */
  readonly gigaflops: number
  /** Of predicting one digit at a time; null for training. */
  readonly latencyMs: Latency | null
}

/** Milliseconds by rank: half of all calls took at most p50, 95 of 100 at most p95. */
export interface Latency {
  readonly p50: number
  readonly p95: number
  readonly count: number
}

/** What the browser's benchmark worker answers. */
export type BenchAnswer =
  | { readonly kind: 'measured'; readonly result: BenchResult }
  | { readonly kind: 'failed'; readonly message: string }

const DIGITS = 2048
const OPERATIONS_PER_FORWARD = 2
const FORWARDS_PER_STEP = 3
/** Single digits before the first measured one, and those measured. */
const LATENCY_WARM_UP = 200
const LATENCY_DIGITS = 2000

/**
 * Measures one task.
 *
 * @param hostName what the result calls the place, for example "Chromium 156"
 * @throws RangeError for an unknown preset or an impossible batch
 */
export async function measure(task: BenchTask, host: EngineHost, hostName: string): Promise<BenchResult> {
  const search = findPreset(task.preset)
  if (search.kind === 'unknown') throw new RangeError(search.message)
  const { spec } = search
  const work = await (task.task === 'train' ? trainingWork : predictionWork)(spec, task, host)
  try {
    await repeatFor(work.once, task.warmUpSeconds, host)
    const rates: number[] = []
    for (let repeat = 0; repeat < task.repeats; repeat++)
      rates.push(await repeatFor(work.once, task.seconds, host))
    rates.sort((a, b) => a - b)
    const perSecond = median(rates)
    const forwards = task.task === 'train' ? FORWARDS_PER_STEP : 1
    const operations = multiplyAdds(spec) * OPERATIONS_PER_FORWARD * forwards
    return {
      task: task.task,
      engine: work.record.kind,
      backend: engineBuild(work.record),
      threads: engineThreads(work.record),
      host: hostName,
      preset: task.preset,
      parameters: parameterCount(spec),
      batch: task.batch,
      repeats: task.repeats,
      imagesPerSecond: perSecond * task.batch,
      imagesPerSecondRange: [(rates[0] ?? 0) * task.batch, (rates.at(-1) ?? 0) * task.batch],
      msPerStep: 1000 / perSecond,
      gigaflops: (operations * perSecond * task.batch) / 1e9,
      latencyMs: work.one === null ? null : await latencyOf(work.one, host),
    }
  } finally {
    work.dispose()
  }
}

/** The recipe that is measured: the default one. */
const RECIPE = recipeOf(DEFAULT_PARAMS)

interface Work {
  readonly record: EngineRecord
  readonly once: () => Promise<unknown>
  /** The smallest piece of work that somebody waits for, where there is one. */
  readonly one: (() => Promise<unknown>) | null
  readonly dispose: () => void
}

async function trainingWork(spec: ModelSpec, task: BenchTask, host: EngineHost): Promise<Work> {
  const engine = await createWasmTrainingEngine(
    { spec, batch: task.batch, preprocess: MNIST_PREPROCESS, recipe: RECIPE },
    host,
    task,
  )
  const digits = noise(DIGITS)
  const indices = new Uint32Array(task.batch)
  let step = 0
  await engine.attach(digits)
  await engine.writeState({
    weights: initialWeights(spec, 1),
    optimizer: new Float32Array(parameterTable(spec).trainable),
    average: null,
  })
  return {
    record: engine.record,
    once() {
      for (let i = 0; i < indices.length; i++) indices[i] = (step * task.batch + i) % DIGITS
      return engine.run(indices, [{ learningRate: 0.01, seed: 1, step: step++ }])
    },
    one: null,
    dispose: () => engine.dispose(),
  }
}

async function predictionWork(spec: ModelSpec, task: BenchTask, host: EngineHost): Promise<Work> {
  const predictor = await createWasmPredictor(spec, initialWeights(spec, 1), MNIST_PREPROCESS, host, task)
  const { images } = noise(task.batch)
  const digit = images.subarray(0, IMAGE_PIXELS)
  return {
    record: predictor.record,
    once: () => predictor.predict(images),
    one: () => predictor.predict(digit),
    dispose: () => predictor.dispose(),
  }
}

/** Does something over and over for a while. Returns how often a second, breathing left out. */
async function repeatFor(
  once: () => Promise<unknown>,
  seconds: number,
  host: Pick<EngineHost, 'now' | 'breathe'>,
): Promise<number> {
  await host.breathe()
  const started = host.now()
  let count = 0
  let elapsed = 0
  do {
    await once()
    count++
    elapsed = (host.now() - started) / 1000
  } while (elapsed < seconds)
  return count / elapsed
}

/** Each call's time by itself, with a breath before it as where somebody draws: what came before is no part of it. */
async function latencyOf(
  one: () => Promise<unknown>,
  host: Pick<EngineHost, 'now' | 'breathe'>,
): Promise<Latency> {
  for (let i = 0; i < LATENCY_WARM_UP; i++) await one()
  const times: number[] = []
  for (let i = 0; i < LATENCY_DIGITS; i++) {
    await host.breathe()
    const started = host.now()
    await one()
    times.push(host.now() - started)
  }
  times.sort((a, b) => a - b)
  const atRank = (share: number): number => times[Math.ceil(share * times.length) - 1] ?? Number.NaN
  return { p50: atRank(0.5), p95: atRank(0.95), count: times.length }
}

/** As much ink as real digits have: a fifth of the pixels. */
function noise(count: number): LabelledImages {
  const key = streamKey(1, PURPOSE.generateDigits, 0)
  const images = new Uint8Array(count * IMAGE_PIXELS)
  for (let i = 0; i < images.length; i++) {
    const number = randomU32(key, i)
    images[i] = number % 5 === 0 ? number >>> 24 : 0
  }
  return { count, images, labels: Uint8Array.from({ length: count }, (_, i) => i % 10) }
}

function median(sorted: readonly number[]): number {
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2
}
