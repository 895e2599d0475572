import type { Dataset } from '../../src/domain/dataset/dataset'
import { evaluateLogits } from '../../src/domain/metrics/evaluate'
import type { Preprocess } from '../../src/domain/image/preprocess'
import { driftBaseline, type DriftBaseline } from '../../src/domain/metrics/baseline'
import { goldenVectors, type GoldenVectors } from '../../src/domain/metrics/golden'
import type { Evaluation } from '../../src/domain/metrics/evaluation'
import { answersOf } from '../../src/domain/metrics/softmax'
import type { ModelSpec } from '../../src/domain/model/spec'
import type { EngineHost, PredictorChoice } from './contract'
import { createPredictor } from './create'
import { predictSplit } from './evaluate'

/** A model's figures on the test split, its answer for each image, and what it takes along to be recognised by. */
export interface TestedModel {
  readonly evaluation: Evaluation
  readonly predictions: { readonly labels: Uint8Array; readonly confidence: Float32Array }
  readonly golden: GoldenVectors
  readonly baseline: DriftBaseline
}

/** Measures a trained model on the test split, once, after its last step: nothing is ever chosen by it. */
export async function testModel(
  model: { readonly spec: ModelSpec; readonly weights: Float32Array; readonly preprocess: Preprocess },
  { record, test }: Dataset,
  host: EngineHost,
  choice: PredictorChoice,
): Promise<TestedModel> {
  const predictor = await createPredictor(model.spec, model.weights, model.preprocess, host, choice)
  try {
    const logits = await predictSplit(predictor, test, host)
    const evaluation = evaluateLogits(logits, test.labels, 'test', record.test.digest)
    const golden = goldenVectors(test, logits)
    const baseline = driftBaseline(logits, record.train.profile.classCounts, record.test.digest)
    return { evaluation, predictions: answersOf(logits), golden, baseline }
  } finally {
    predictor.dispose()
  }
}
