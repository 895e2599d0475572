import type { LabelledImages } from '../src/domain/dataset/dataset'
import { canvasToDigit } from '../src/domain/image/canvas'
import { BRUSH, INK_SIZE } from '../src/domain/image/ink'
import { IMAGE_PIXELS, IMAGE_SIDE, type Preprocess } from '../src/domain/image/preprocess'
import { rasteriseInk } from '../src/domain/image/raster'
import { digitLines, redraw } from '../src/domain/image/redraw'
import { wilsonInterval } from '../src/domain/metrics/interval'
import { softmaxPrediction } from '../src/domain/metrics/softmax'
import { permutation, PURPOSE, randomUnit, streamKey } from '../src/domain/random'

/** Whatever reads digits: count × 784 bytes → count × 10 logits. */
interface Reader {
  predict(images: Uint8Array): Promise<Float32Array>
}

/** What `bench draw` is asked for. */
export interface DrawBenchOptions {
  readonly task: 'draw'
  readonly digits: number
  readonly seed: number
}

/** How well some of the drawings were read. */
export interface DrawScore {
  readonly count: number
  readonly correct: number
  /** 0 where nothing was read. */
  readonly accuracy: number
  /** 95 % Wilson. */
  readonly interval: { readonly low: number; readonly high: number } | null
  readonly meanConfidence: number
}

interface DrawRange {
  /** What a digit's 20 pixels became on the canvas: from (inclusive) to (exclusive). */
  readonly from: number
  readonly to: number
  /** Through the studio's own path: crop, scale to 20, centre by mass. */
  readonly studio: DrawScore
  /** The whole canvas averaged ten to one, as a plain drawing page does it. */
  readonly plain: DrawScore
}

export interface DrawReport {
  readonly canvas: number
  readonly brush: number
  readonly seed: number
  readonly digits: number
  readonly sizes: readonly [number, number]
  readonly all: Omit<DrawRange, 'from' | 'to'>
  readonly ranges: readonly DrawRange[]
  /** The very digits that were drawn, read as they lie in the data: no drawing can be expected to be read better. */
  readonly undrawn: DrawScore
  /** Drawings that the studio's path called empty: they count as misread. */
  readonly nothingDrawn: number
  /** Misread through the studio's path: index in the test split, its label and the answer (null: nothing drawn). */
  readonly misread: readonly {
    readonly index: number
    readonly label: number
    readonly answer: number | null
    readonly size: number
  }[]
}

/** Smallest and largest drawing, of a canvas of 280. */
const SIZES = [100, 260] as const
const RANGES = 4
const BATCH = 250

interface Drawing {
  readonly index: number
  readonly label: number
  readonly size: number
  /** 784 bytes each; null: nothing drawn. */
  readonly studio: Uint8Array | null
  readonly plain: Uint8Array
  readonly undrawn: Uint8Array
}

interface Answer {
  readonly label: number
  readonly confidence: number
}

/**
 * Reads drawn digits: held-out digits are thinned to lines and these drawn again with the page's brush on the page's canvas, at
 * sizes and places drawn by lot, then read through the very functions that the Draw screen reads by.
 *
 * @param test digits that the model has not learned from
 * @param count of digits, drawn by lot; all where there are fewer
 */
export async function benchDraw(
  model: Reader & { readonly preprocess: Preprocess },
  test: LabelledImages,
  { count, seed }: { readonly count: number; readonly seed: number },
  onProgress: (done: number, total: number) => void,
): Promise<DrawReport> {
  const chosen = permutation(test.count, streamKey(seed, PURPOSE.redraw, 0)).subarray(0, count)
  const lot = streamKey(seed, PURPOSE.redraw, 1)
  const drawings: Drawing[] = []
  for (const index of chosen) {
    drawings.push(drawOne(test, index, lot, model.preprocess))
    onProgress(drawings.length, chosen.length)
  }
  const studio = await answersOf(
    model,
    drawings.map((drawing) => drawing.studio),
  )
  const plain = await answersOf(
    model,
    drawings.map((drawing) => drawing.plain),
  )
  const undrawn = await answersOf(
    model,
    drawings.map((drawing) => drawing.undrawn),
  )
  const [from, to] = SIZES
  const step = (to - from) / RANGES
  const ranges = Array.from({ length: RANGES }, (_, range) => {
    const bounds = { from: from + range * step, to: from + (range + 1) * step }
    const inside = ({ size }: Drawing): boolean => size >= bounds.from && size < bounds.to
    return {
      ...bounds,
      studio: score(drawings, studio, inside),
      plain: score(drawings, plain, inside),
    }
  })
  return {
    canvas: INK_SIZE,
    brush: BRUSH,
    seed,
    digits: drawings.length,
    sizes: SIZES,
    all: { studio: score(drawings, studio), plain: score(drawings, plain) },
    ranges,
    undrawn: score(drawings, undrawn),
    nothingDrawn: studio.filter((answer) => answer === null).length,
    misread: drawings.flatMap(({ index, label, size }, row) => {
      const answer = studio[row]?.label ?? null
      return answer === label ? [] : [{ index, label, answer, size: Math.round(size) }]
    }),
  }
}

function drawOne(test: LabelledImages, index: number, lot: number, preprocess: Preprocess): Drawing {
  const digit = test.images.subarray(index * IMAGE_PIXELS, (index + 1) * IMAGE_PIXELS)
  const [smallest, largest] = SIZES
  const size = smallest + (largest - smallest) * randomUnit(lot, index * 3)
  const lines = digitLines(digit)
  const place = { left: randomUnit(lot, index * 3 + 1), top: randomUnit(lot, index * 3 + 2) }
  const ink =
    lines.length === 0
      ? { size: INK_SIZE, strokes: [] }
      : redraw(lines, { canvas: INK_SIZE, brush: BRUSH, size, ...place })
  const image = rasteriseInk(ink, INK_SIZE)
  const canvas = canvasToDigit(image, INK_SIZE, preprocess)
  return {
    index,
    label: test.labels[index] as number,
    size,
    studio: canvas.kind === 'digit' ? canvas.digit : null,
    plain: shrink(image),
    undrawn: digit,
  }
}

/** The whole canvas as 28 × 28, each pixel the mean of those under it. */
function shrink(image: Uint8Array): Uint8Array {
  const ratio = INK_SIZE / IMAGE_SIDE
  const small = new Float64Array(IMAGE_PIXELS)
  image.forEach((value, at) => {
    const row = Math.floor(Math.floor(at / INK_SIZE) / ratio)
    const pixel = row * IMAGE_SIDE + Math.floor((at % INK_SIZE) / ratio)
    small[pixel] = (small[pixel] as number) + value
  })
  return Uint8Array.from(small, (sum) => Math.round(sum / ratio ** 2))
}

async function answersOf(
  model: Reader,
  digits: readonly (Uint8Array | null)[],
): Promise<readonly (Answer | null)[]> {
  const read = digits.filter((digit) => digit !== null)
  const answers: Answer[] = []
  for (let first = 0; first < read.length; first += BATCH) {
    const batch = read.slice(first, first + BATCH)
    const images = new Uint8Array(batch.length * IMAGE_PIXELS)
    for (const [row, digit] of batch.entries()) images.set(digit, row * IMAGE_PIXELS)
    const logits = await model.predict(images)
    for (const row of batch.keys()) {
      const { label, probabilities } = softmaxPrediction(logits, row)
      answers.push({ label, confidence: probabilities[label] ?? Number.NaN })
    }
  }
  const next = answers.values()
  return digits.map((digit) => (digit === null ? null : (next.next().value ?? null)))
}

function score(
  drawings: readonly Drawing[],
  answers: readonly (Answer | null)[],
  inside: (drawing: Drawing) => boolean = () => true,
): DrawScore {
  let count = 0
  let correct = 0
  let confidence = 0
  let read = 0
  for (const [row, drawing] of drawings.entries()) {
    if (!inside(drawing)) continue
    const answer = answers[row] ?? null
    count++
    if (answer?.label === drawing.label) correct++
    if (answer === null) continue
    read++
    confidence += answer.confidence
  }
  return {
    count,
    correct,
    accuracy: count === 0 ? 0 : correct / count,
    interval: count === 0 ? null : wilsonInterval(correct, count),
    meanConfidence: read === 0 ? 0 : confidence / read,
  }
}
