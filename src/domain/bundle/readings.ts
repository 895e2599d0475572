import { MNIST_PREPROCESS, type Preprocess } from '../image/preprocess'

/** How somebody else's model may want its pixels. */
export type PixelRange = 'mnist' | 'unit' | 'symmetric' | 'bytes'

/** What the pixels of a model's training digits were. */
export const PIXEL_RANGES: readonly {
  readonly range: PixelRange
  readonly name: string
  readonly mean: number
  readonly std: number
}[] = [
  { range: 'mnist', name: "MNIST's mean and deviation (0.1307, 0.3081)", mean: 0.1307, std: 0.3081 },
  { range: 'unit', name: 'values from 0 to 1', mean: 0, std: 1 },
  { range: 'symmetric', name: 'values from −1 to 1', mean: 0.5, std: 0.5 },
  { range: 'bytes', name: 'bytes from 0 to 255', mean: 0, std: 1 / 255 },
]

/**
 * The preprocessing of a model that was trained on pixels normalised so. Digits are light on dark here; where they were dark on
 * light there, 1 − x takes the place of x, which is a mean of 1 − mean and a deviation below 0.
 *
 * @param std not 0
 */
export function foreignPreprocess(mean: number, std: number, darkOnLight: boolean): Preprocess {
  return darkOnLight ? { ...MNIST_PREPROCESS, mean: 1 - mean, std: -std } : { ...MNIST_PREPROCESS, mean, std }
}

export interface PreprocessReading {
  /** In words. */
  readonly name: string
  readonly preprocess: Preprocess
}

/** Every usual preprocessing but the one given. */
export function readingsOf(given: Preprocess): readonly PreprocessReading[] {
  return PIXEL_RANGES.flatMap(({ name, mean, std }) =>
    [false, true].map((darkOnLight) => ({
      name: `${name}, ${darkOnLight ? 'dark ink on light paper' : 'light ink on dark paper'}`,
      preprocess: foreignPreprocess(mean, std, darkOnLight),
    })),
  ).filter(({ preprocess }) => preprocess.mean !== given.mean || preprocess.std !== given.std)
}
