/** An ended run as tests of lists and comparisons need it. */
import { datasetIdOf, epochMillis, parseSha256, runIdFromBytes } from '../../domain/ids'
import { MNIST_PREPROCESS } from '../../domain/image/preprocess'
import { evaluateLogits } from '../../domain/metrics/evaluate'
import { DEFAULT_PARAMS } from '../../domain/params/defaults'
import type { EndedRun } from '../../domain/registry/run'

const DIGEST = parseSha256('0'.repeat(64))

/** Ten digits, of which all but the last `misread` are read right. */
export function endedRun(byte: number, misread = 1): EndedRun {
  const labels = Uint8Array.from({ length: 10 }, (_, at) => at)
  const logits = new Float32Array(100)
  labels.forEach((label, at) => {
    logits[at * 10 + (at < 10 - misread ? label : (label + 1) % 10)] = 4
  })
  return {
    id: runIdFromBytes(new Uint8Array(16).fill(byte)),
    name: `run-${byte}`,
    status: {
      state: 'completed',
      startedAt: epochMillis(1000 + byte),
      endedAt: epochMillis(5000 + byte),
      result: {
        weightsSha256: DIGEST,
        weightsEpoch: 1,
        stepsDone: 6,
        epochsDone: 1,
        stoppedEarly: null,
        trainSeconds: 3,
        imagesPerSecond: 20,
        evaluation: evaluateLogits(logits, labels, 'test', DIGEST),
      },
    },
    params: { ...DEFAULT_PARAMS.train, preset: 'lite', epochs: 1 },
    augment: DEFAULT_PARAMS.augment,
    spec: { name: 'lite', input: { height: 28, width: 28, channels: 1 }, layers: [] },
    parameterCount: 10_790,
    dataset: { id: datasetIdOf(DIGEST), name: 'Small', digest: DIGEST },
    preprocess: MNIST_PREPROCESS,
    engine: { kind: 'wasm', build: 'simd', threads: 1, convolutions: [], device: 'CPU', reason: 'test' },
    appVersion: '0.0.0',
    host: 'Node',
    epochs: [
      {
        epoch: 1,
        trainLoss: 0.25,
        trainAccuracy: 0.9,
        validation: { loss: 0.2, accuracy: 0.95, count: 100 },
        learningRate: 0.01,
        seconds: 1,
        imagesPerSecond: 20,
        weightsSha256: DIGEST,
      },
    ],
  }
}
