import type { DatasetRecord } from '../dataset/dataset'
import type { Preprocess } from '../image/preprocess'
import type { ModelSpec } from '../model/spec'
import type { RecipeParams } from './recipe'
import type { SessionPlan } from './session'
import { stratifiedSplit } from './split'

/** What a plan needs of a dataset: whose pixels they are, and the labels of its training split. */
export interface PlannedDataset {
  readonly record: Pick<DatasetRecord, 'digest'>
  readonly train: { readonly labels: Uint8Array }
}

/**
 * Fixes everything that decides the bits of a run. A whole `Dataset` can be given as `dataset`.
 *
 * @param preprocess usually the dataset's own, `dataset.record.preprocess`
 * @throws RangeError when fewer training images remain than one batch needs, or a label lies outside 0…9
 */
export function planSession(
  dataset: PlannedDataset,
  { train: params, augment }: RecipeParams,
  spec: ModelSpec,
  preprocess: Preprocess,
): SessionPlan {
  const { labels } = dataset.train
  const split = stratifiedSplit(labels, params.validation_fraction, params.seed)
  const training = split.trainIndices.length
  if (params.batch_size > training) {
    const heldBack = split.validationIndices.length
    throw new RangeError(
      `train.batch_size must not exceed the ${training} training images, found ${params.batch_size}` +
        (heldBack > 0 ? ` (${heldBack} of ${labels.length} images are kept for validation)` : '') +
        ': choose a smaller batch or a larger dataset',
    )
  }

  const stepsPerEpoch = Math.floor(training / params.batch_size)
  return {
    spec,
    params,
    augment,
    preprocess,
    datasetDigest: dataset.record.digest,
    trainIndices: split.trainIndices,
    validationIndices: split.validationIndices,
    stepsPerEpoch,
    totalSteps: stepsPerEpoch * params.epochs,
  }
}
