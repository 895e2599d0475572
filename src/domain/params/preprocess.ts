import { MNIST_PREPROCESS, type Preprocess } from '../image/preprocess'
import type { StudioParams } from './schema'

/** The preprocessing that the `mnist` section asks for: MNIST's, with this mean and standard deviation. */
export function preprocessOf(params: StudioParams['mnist']): Preprocess {
  return { ...MNIST_PREPROCESS, mean: params.normalize_mean, std: params.normalize_std }
}
