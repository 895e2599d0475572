import type { LabelledImages } from '../../../src/domain/dataset/dataset'
import { IMAGE_PIXELS } from '../../../src/domain/image/preprocess'
import { PURPOSE, randomU32, streamKey } from '../../../src/domain/random'

const WIDTH = 28
/** One pixel in five has ink, as in real digits. */
const PERIOD = 5

/**
 * Made-up digits that need no file: stripes whose direction is the class, at a random place and of random darkness. They can be
 * learned, so a loss that falls shows that the whole work is done.
 */
export function stripedDigits(count: number): LabelledImages {
  const key = streamKey(1, PURPOSE.generateDigits, 0)
  const images = new Uint8Array(count * IMAGE_PIXELS)
  const labels = new Uint8Array(count)
  for (let image = 0; image < count; image++) {
    const label = image % 10
    const angle = (label / 10) * Math.PI
    const across = Math.cos(angle)
    const along = Math.sin(angle)
    const shift = randomU32(key, 2 * image) % PERIOD
    const ink = 128 + (randomU32(key, 2 * image + 1) % 128)
    labels[image] = label
    for (let pixel = 0; pixel < IMAGE_PIXELS; pixel++) {
      const at = (pixel % WIDTH) * across + Math.floor(pixel / WIDTH) * along + shift
      if (at - PERIOD * Math.floor(at / PERIOD) < 1) images[image * IMAGE_PIXELS + pixel] = ink
    }
  }
  return { count, images, labels }
}
