import type { Dataset, LabelledImages } from '../domain/dataset/dataset'
import { datasetIdOf, epochMillis, runIdFromBytes, type RunId } from '../domain/ids'
import { IMAGE_PIXELS, MNIST_PREPROCESS } from '../domain/image/preprocess'
import { evaluateLogits } from '../domain/metrics/evaluate'
import { DEFAULT_PARAMS } from '../domain/params/defaults'
import type { Run } from '../domain/registry/records'
import type { EpochMetrics } from '../domain/training/events'
import { digest as sha256 } from './blobs'
import { metrics, studio } from './database'
import type { FinishedRun } from './runs'

/** Empties both databases, fence and all, so that each test starts as a new browser does. */
export async function freshStorage(): Promise<void> {
  for (const database of [studio, metrics]) {
    await database.delete({ disableAutoOpen: false })
    await database.open()
  }
}

export async function smallDataset(count = 20, shade = 7): Promise<Dataset> {
  function split(size: number, offset: number): LabelledImages {
    const images = Uint8Array.from(
      { length: size * IMAGE_PIXELS },
      (_, at) => (at * shade + Math.floor(at / IMAGE_PIXELS) + offset) & 255,
    )
    return { count: size, images, labels: Uint8Array.from({ length: size }, (_, at) => at % 10) }
  }
  const [train, test] = [split(count, 1), split(10, 99)]
  const digest = await sha256(new Uint8Array(train.images))
  const profile = { classCounts: [], mean: 0, std: 1, blank: 0, duplicates: 0 }
  const record = {
    id: datasetIdOf(digest),
    name: 'Small',
    source: { kind: 'built-in', seed: 1, generator: 1 },
    digest,
    train: { profile: { ...profile, count }, digest },
    test: { profile: { ...profile, count: 10 }, digest },
    preprocess: MNIST_PREPROCESS,
    createdAt: epochMillis(1000),
  } as const
  return { record, train, test }
}

export function runIdOf(byte: number): RunId {
  return runIdFromBytes(new Uint8Array(16).fill(byte))
}

export async function runningRun(byte: number): Promise<Run> {
  const { record } = await smallDataset()
  return {
    id: runIdOf(byte),
    name: `run-${byte}`,
    status: { state: 'running', startedAt: epochMillis(1000 + byte) },
    params: {
      ...DEFAULT_PARAMS.train,
      preset: 'lite',
      epochs: 3,
      batch_size: 10,
      seed: 1,
      validation_fraction: 0,
    },
    augment: DEFAULT_PARAMS.augment,
    spec: { name: 'lite', input: { height: 28, width: 28, channels: 1 }, layers: [] },
    parameterCount: 10_790,
    dataset: { id: record.id, name: record.name, digest: record.digest },
    preprocess: MNIST_PREPROCESS,
    engine: {
      kind: 'wasm',
      build: 'simd',
      threads: 1,
      convolutions: [],
      device: 'CPU · 1 thread',
      reason: 'test',
    },
    appVersion: '0.0.0',
    host: 'Node',
    epochs: [],
  }
}

export async function epochOf(epoch: number, weights: Uint8Array<ArrayBuffer>): Promise<EpochMetrics> {
  return {
    epoch,
    trainLoss: 1 / epoch,
    trainAccuracy: 0.9,
    validation: null,
    learningRate: 0.01,
    seconds: 1,
    imagesPerSecond: 20,
    weightsSha256: await sha256(weights),
  }
}

export async function finishedRun(byte: number, stepsDone = 6): Promise<FinishedRun> {
  const weights = new Uint8Array(64).fill(byte)
  const labels = Uint8Array.from({ length: 10 }, (_, at) => at)
  const logits = Float32Array.from({ length: 100 }, (_, at) => (at % 11 === 0 ? 4 : 0))
  const weightsSha256 = await sha256(weights)
  return {
    runId: runIdOf(byte),
    outcome: 'completed',
    at: epochMillis(5000 + byte),
    weights,
    result: {
      weightsSha256,
      weightsEpoch: 1,
      stoppedEarly: null,
      stepsDone,
      epochsDone: 3,
      trainSeconds: 3,
      imagesPerSecond: 20,
      evaluation: evaluateLogits(logits, labels, 'test', weightsSha256),
    },
    testPredictions: { labels, confidence: new Float32Array(10).fill(0.875) },
    golden: new Uint8Array(824).fill(byte),
  }
}
