import type { Dataset } from '../src/domain/dataset/dataset'
import { epochMillis } from '../src/domain/ids'
import type { Preprocess } from '../src/domain/image/preprocess'
import { evaluateLogits } from '../src/domain/metrics/evaluate'
import type { Evaluation } from '../src/domain/metrics/evaluation'
import type { ModelSpec } from '../src/domain/model/spec'
import { type EndedRun, isEnded, reduceRun } from '../src/domain/registry/run'
import { createPredictor } from '../workers/engine/create'
import { predictSplit } from '../workers/engine/evaluate'
import { nodeEngineHost } from './host'
import type { Progress } from './progress'
import type { TrainedModel } from './train-stage'

/** Measures weights on a dataset's test split. */
export async function evaluateStage(
  model: { readonly spec: ModelSpec; readonly preprocess: Preprocess; readonly weights: Float32Array },
  dataset: Dataset,
  progress: Progress,
): Promise<Evaluation> {
  const { test, record } = dataset
  progress.show(`Reading ${test.count} test digits`)
  const host = nodeEngineHost()
  const predictor = await createPredictor(model.spec, model.weights, model.preprocess, host, {
    threads: 0,
    convolution: 'auto',
    like: null,
  })
  try {
    const logits = await predictSplit(predictor, test, host)
    return evaluateLogits(logits, test.labels, 'test', record.test.digest)
  } finally {
    predictor.dispose()
  }
}

/** The run with its evaluation: ended for good. */
export function endedRun({ run, outcome }: TrainedModel, evaluation: Evaluation): EndedRun {
  const { weightsSha256, weightsEpoch, stoppedEarly, stepsDone, epochsDone, seconds, imagesPerSecond } =
    outcome
  const ended = reduceRun(run, {
    kind: 'ended',
    outcome: outcome.kind,
    at: epochMillis(Date.now()),
    result: {
      weightsSha256,
      weightsEpoch,
      stoppedEarly,
      stepsDone,
      epochsDone,
      trainSeconds: seconds,
      imagesPerSecond,
      evaluation,
    },
  })
  if (!isEnded(ended)) throw new Error(`run ${run.id} did not end`)
  return ended
}
