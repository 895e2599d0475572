import type { Dataset } from '../src/domain/dataset/dataset'
import { epochMillis } from '../src/domain/ids'
import type { Preprocess } from '../src/domain/image/preprocess'
import { withInferenceTimes } from '../src/domain/metrics/detail'
import { encodeGolden } from '../src/domain/metrics/golden'
import type { ModelSpec } from '../src/domain/model/spec'
import { type EndedRun, isEnded, reduceRun } from '../src/domain/registry/run'
import { createPredictor } from '../workers/engine/create'
import { type TestedModel, testModel } from '../workers/engine/test-model'
import { timeSingleImages } from '../workers/engine/time-single'
import { digestNow, nodeEngineHost } from './host'
import type { Progress } from './progress'
import type { TrainedModel } from './train-stage'

/** Measures weights on a dataset's test split, and what single images take. */
export async function evaluateStage(
  model: { readonly spec: ModelSpec; readonly preprocess: Preprocess; readonly weights: Float32Array },
  dataset: Dataset,
  progress: Progress,
): Promise<TestedModel> {
  progress.show(`Reading ${dataset.test.count} test digits`)
  const host = nodeEngineHost()
  const choice = { convolution: 'auto', like: null } as const
  const tested = await testModel(model, dataset, host, { ...choice, threads: 0 })
  const { spec, weights, preprocess } = model
  const single = await createPredictor(spec, weights, preprocess, host, { ...choice, threads: 1 })
  try {
    const times = await timeSingleImages(single, dataset.test, host)
    return { ...tested, evaluation: withInferenceTimes(tested.evaluation, times) }
  } finally {
    single.dispose()
  }
}

/** The run with its evaluation: ended for good. */
export function endedRun({ run, outcome }: TrainedModel, tested: TestedModel): EndedRun {
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
      evaluation: tested.evaluation,
      baseline: tested.baseline,
      goldenSha256: digestNow(encodeGolden(tested.golden)),
    },
  })
  if (!isEnded(ended)) throw new Error(`run ${run.id} did not end`)
  return ended
}
