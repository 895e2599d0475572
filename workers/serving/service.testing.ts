import { MNIST_PREPROCESS } from '../../src/domain/image/preprocess'
import { NO_GAUGES } from './gauges'
import type { Answered, InferenceService, ServedModel } from './service'
import { createTraffic } from './traffic'

/** A model whose answer follows from the image alone: the class is the count of full pixels modulo ten. */
export function countingModel(version = '1'): ServedModel {
  return {
    name: 'mnist-classifier',
    version,
    aliases: version === '1' ? ['champion'] : [],
    network: 'counting',
    parameters: 0,
    preprocess: MNIST_PREPROCESS,
    evaluation: null,
    dataset: null,
    weightsSha256: '0'.repeat(64),
    device: 'test',
    predict(images) {
      const logits = new Float32Array((images.length / 784) * 10)
      for (let row = 0; row < images.length / 784; row++) {
        const full = images.subarray(row * 784, (row + 1) * 784).filter((value) => value === 255).length
        logits[row * 10 + (full % 10)] = 5
      }
      return Promise.resolve(logits)
    },
  }
}

export function testService(more: Partial<InferenceService> = {}) {
  const answered: (Omit<Answered, 'model'> & { readonly version: string })[] = []
  let clock = 0
  const service: InferenceService = {
    host: 'node',
    appVersion: '0.0.0',
    models: [countingModel()],
    missing: 'No model is served here.',
    now: () => (clock += 0.5),
    traffic: createTraffic(),
    gauges: () => Promise.resolve(NO_GAUGES),
    onAnswer: ({ model, digit, ...rest }) =>
      answered.push({ version: model.version, digit: digit.slice(), ...rest }),
    ...more,
  }
  return { service, answered }
}
