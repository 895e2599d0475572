/** What the first schema's build stored: a finished run with its version, an interrupted one with a checkpoint, and a failed one. */
import { digest } from './blobs'

const PARAMS = {
  preset: 'rf5-13k',
  epochs: 3,
  batch_size: 128,
  optimizer: 'sgd',
  lr: 0.02,
  momentum: 0.9,
  weight_decay: 0,
  scheduler: 'step',
  step_size: 5,
  gamma: 0.1,
  seed: 42,
  validation_fraction: 0.1,
  engine: 'auto',
  threads: 0,
}

const ENGINE = {
  kind: 'wasm',
  build: 'relaxed-simd',
  threads: 2,
  device: 'CPU · 2 threads',
  reason: 'relaxed SIMD',
}

function epoch(number: number, weightsSha256: string) {
  return {
    epoch: number,
    trainLoss: 0.5 / number,
    trainAccuracy: 0.9,
    validation: { loss: 0.4, accuracy: 0.9, count: 100 },
    learningRate: 0.02,
    seconds: 2,
    imagesPerSecond: 4000,
    weightsSha256,
  }
}

/** Rows by table, and the bytes that their Blobs are of. */
export async function firstSchemaRows() {
  const weights = new Uint8Array(64).fill(3)
  const optimizer = new Uint8Array(60).fill(4)
  const [weightsSha256, optimizerSha256] = [await digest(weights), await digest(optimizer)]
  const run = {
    name: 'calm-heron-1',
    params: PARAMS,
    spec: { name: 'rf5-13k', input: { height: 28, width: 28, channels: 1 }, layers: [] },
    parameterCount: 13_808,
    dataset: { id: 'd'.repeat(64), name: 'MNIST', digest: 'd'.repeat(64) },
    preprocess: { kind: 'standardise', mean: 0.1307, std: 0.3081 },
    engine: ENGINE,
    appVersion: '0.1.0',
    host: 'Chromium on Linux',
    testPredictionsSha256: null,
  }
  const result = {
    weightsSha256,
    stepsDone: 1266,
    epochsDone: 3,
    trainSeconds: 6,
    imagesPerSecond: 4000,
    evaluation: { split: 'test', accuracy: 0.98 },
  }
  const [finished, interrupted, failed] = ['1', '2', '3'].map((digit) => digit.repeat(32))
  return {
    weights,
    optimizer,
    rows: {
      fence: [{ key: 'schema', version: 1 }],
      blobs: [
        { sha256: weightsSha256, length: weights.length, blob: new Blob([weights]) },
        { sha256: optimizerSha256, length: optimizer.length, blob: new Blob([optimizer]) },
      ],
      runs: [
        {
          ...run,
          id: finished,
          status: { state: 'completed', startedAt: 1000, endedAt: 9000, result },
          epochs: [1, 2, 3].map((number) => epoch(number, weightsSha256)),
          blobs: [weightsSha256],
        },
        {
          ...run,
          id: interrupted,
          status: { state: 'running', startedAt: 2000 },
          epochs: [epoch(1, weightsSha256)],
          resumes: [{ at: 2500, fromEpoch: 1, note: 'Resumed.', engine: ENGINE, appVersion: '0.1.0' }],
          blobs: [],
        },
        {
          ...run,
          id: failed,
          status: { state: 'failed', startedAt: 3000, endedAt: 3001, code: 'quota', message: 'full' },
          epochs: [],
          blobs: [],
        },
      ],
      checkpoints: [
        {
          runId: interrupted,
          epoch: 1,
          weights: weightsSha256,
          optimizer: optimizerSha256,
          blobs: [weightsSha256, optimizerSha256],
        },
      ],
      versions: [
        {
          id: 'mnist-classifier/1',
          model: 'mnist-classifier',
          version: 1,
          runId: finished,
          createdAt: 9000,
          spec: run.spec,
          parameterCount: run.parameterCount,
          preprocess: run.preprocess,
          dataset: run.dataset,
          weightsSha256,
          evaluation: result.evaluation,
          blobs: [weightsSha256],
        },
      ],
      runDecisions: [{ runId: failed, name: 'mine', deletedAt: null }],
      settings: [{ key: 'dataset', value: 'd'.repeat(64) }],
    },
  }
}
