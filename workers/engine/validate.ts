import type { LabelledImages } from '../../src/domain/dataset/dataset'
import type { SplitScore } from '../../src/domain/training/events'
import type { SessionPlan } from '../../src/domain/training/session'
import type { EngineHost, Predictor, TrainingEngine } from './contract'
import { createPredictor } from './create'
import { scoreSplit } from './evaluate'

/** Scores weights on a run's validation split. One predictor serves the whole run. */
export interface Validator {
  /** Mean loss and accuracy with running statistics. @throws RangeError when the split has no image */
  score(weights: Float32Array): Promise<SplitScore>
  dispose(): void
}

/** @param engine whose kernels and threads the predictor takes, so that a resumed run scores to the same bits */
export function createValidator(
  engine: TrainingEngine,
  { spec, preprocess, params, validationIndices }: SessionPlan,
  images: LabelledImages,
  host: EngineHost,
): Validator {
  let predictor: Predictor | null = null
  async function predictorOf(weights: Float32Array): Promise<Predictor> {
    if (predictor !== null) {
      await predictor.writeWeights(weights)
      return predictor
    }
    const like = engine.record
    const threads = like.kind === 'wasm' ? like.threads : params.threads
    predictor = await createPredictor(spec, weights, preprocess, host, {
      threads,
      convolution: params.convolution,
      like,
    })
    return predictor
  }
  return {
    score: async (weights) => scoreSplit(await predictorOf(weights), images, validationIndices, host),
    dispose: () => predictor?.dispose(),
  }
}
