import type { Dataset } from '../../src/domain/dataset/dataset'
import { evaluateLogits } from '../../src/domain/metrics/evaluate'
import type { Evaluation } from '../../src/domain/metrics/evaluation'
import { softmaxPrediction } from '../../src/domain/metrics/softmax'
import type { ModelSpec } from '../../src/domain/model/spec'
import type { EngineHost, PredictorChoice } from '../engine/contract'
import { createPredictor } from '../engine/create'
import { predictSplit } from '../engine/evaluate'

/** A model's figures on the test split, and its answer for each image. */
export interface TestedModel {
  readonly evaluation: Evaluation
  readonly predictions: { readonly labels: Uint8Array; readonly confidence: Float32Array }
}

/** Measures a trained model on the test split, once, after its last step: nothing is ever chosen by it. */
export async function testModel(
  spec: ModelSpec,
  weights: Float32Array,
  { record, test }: Dataset,
  host: EngineHost,
  choice: PredictorChoice,
): Promise<TestedModel> {
  const predictor = await createPredictor(spec, weights, record.preprocess, host, choice)
  try {
    const logits = await predictSplit(predictor, test, host)
    const evaluation = evaluateLogits(logits, test.labels, 'test', record.test.digest)
    const labels = new Uint8Array(test.count)
    const confidence = new Float32Array(test.count)
    for (let image = 0; image < test.count; image++) {
      const { label, probabilities } = softmaxPrediction(logits, image)
      labels[image] = label
      confidence[image] = probabilities[label] ?? Number.NaN
    }
    return { evaluation, predictions: { labels, confidence } }
  } finally {
    predictor.dispose()
  }
}
