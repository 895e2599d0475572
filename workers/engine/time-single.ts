import type { LabelledImages } from '../../src/domain/dataset/dataset'
import { IMAGE_PIXELS } from '../../src/domain/image/preprocess'
import type { EngineHost, Predictor } from './contract'

/** Images read before the clock counts, and images it is read for. */
const WARM_UPS = 10
const TIMED = 100

/**
 * How long a predictor takes for one image by itself, by the host's monotonic clock: the first images of the split, over again
 * where it has fewer.
 *
 * @returns milliseconds of each timed image
 * @throws RangeError when the split is empty
 */
export async function timeSingleImages(
  predictor: Pick<Predictor, 'predict'>,
  split: LabelledImages,
  host: Pick<EngineHost, 'now'>,
): Promise<Float64Array> {
  if (split.count === 0) throw new RangeError('timing needs at least one image, found none')
  const times = new Float64Array(TIMED)
  for (let turn = -WARM_UPS; turn < TIMED; turn++) {
    const at = ((turn + WARM_UPS) % split.count) * IMAGE_PIXELS
    const image = split.images.subarray(at, at + IMAGE_PIXELS)
    const began = host.now()
    await predictor.predict(image)
    if (turn >= 0) times[turn] = host.now() - began
  }
  return times
}
