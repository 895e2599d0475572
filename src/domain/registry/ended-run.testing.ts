import { datasetIdOf, epochMillis, parseSha256, probability, runIdFromBytes } from '../ids'
import { MNIST_PREPROCESS } from '../image/preprocess'
import { DEFAULT_PARAMS } from '../params/defaults'
import type { EndedRun } from './run'

const DIGEST = parseSha256('c'.repeat(64))

/** A completed run of one epoch, `run-<byte>`; null where it was not validated. */
export function endedRunOf(
  byte: number,
  validation: { readonly accuracy: number; readonly loss: number } | null,
  parameterCount = 10_000,
): EndedRun {
  return {
    id: runIdFromBytes(new Uint8Array(16).fill(byte)),
    name: `run-${byte}`,
    status: {
      state: 'completed',
      startedAt: epochMillis(byte),
      endedAt: epochMillis(byte + 1),
      result: {
        weightsSha256: DIGEST,
        weightsEpoch: 1,
        stoppedEarly: null,
        stepsDone: 10,
        epochsDone: 1,
        trainSeconds: 1,
        imagesPerSecond: 160,
        evaluation: {
          split: 'test',
          splitDigest: DIGEST,
          count: 0,
          correct: 0,
          accuracy: probability(0),
          loss: 0,
          confusion: [],
          perClass: [],
          interval: { low: 0, high: 1 },
        },
      },
    },
    params: DEFAULT_PARAMS.train,
    augment: DEFAULT_PARAMS.augment,
    spec: { name: 'linear', input: { height: 28, width: 28, channels: 1 }, layers: [] },
    parameterCount,
    dataset: { id: datasetIdOf(DIGEST), name: 'MNIST', digest: DIGEST },
    preprocess: MNIST_PREPROCESS,
    engine: {
      kind: 'wasm',
      build: 'simd',
      threads: 1,
      convolutions: [],
      device: 'CPU',
      reason: 'test',
    },
    appVersion: '0',
    host: 'test',
    epochs: [
      {
        epoch: 1,
        trainLoss: 0.1,
        trainAccuracy: 0.9,
        validation: validation && { ...validation, count: 1000 },
        learningRate: 0.01,
        seconds: 1,
        imagesPerSecond: 160,
        weightsSha256: DIGEST,
      },
    ],
  }
}
