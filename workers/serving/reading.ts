import { CLASS_COUNT } from '../../src/domain/dataset/dataset'
import { IMAGE_PIXELS } from '../../src/domain/image/preprocess'
import { logMargin } from '../../src/domain/metrics/baseline'
import { softmaxPrediction } from '../../src/domain/metrics/softmax'
import type { InferenceService, ServedModel } from './service'

/** What a model reads in one digit. */
export interface Reading {
  readonly label: number
  readonly confidence: number
  /** Ten, rounded to float32. */
  readonly probabilities: Float32Array
  /** Too little ink for a digit: the answer means nothing. */
  readonly blank: boolean
}

/** Reads digits, counts them and tells the host of each. @param images count × 784 bytes */
export async function readDigits(
  model: ServedModel,
  images: Uint8Array,
  service: InferenceService,
  startedAt: number,
): Promise<readonly Reading[]> {
  const logits = await model.predict(images)
  const milliseconds = service.now() - startedAt
  return Array.from({ length: logits.length / CLASS_COUNT }, (_, row) => {
    const { label, probabilities } = softmaxPrediction(logits, row)
    const confidence = probabilities[label] ?? Number.NaN
    const digit = images.subarray(row * IMAGE_PIXELS, (row + 1) * IMAGE_PIXELS)
    const blank = isBlank(digit, model)
    service.traffic.countPrediction(model.name, model.version, label, confidence)
    service.onAnswer({ model, label, confidence, margin: logMargin(logits, row), milliseconds, digit })
    return { label, confidence, probabilities, blank }
  })
}

/** By the model's own bound on drawings; the thinnest digit of MNIST's 60,000 has two and a half times as much ink. */
function isBlank(digit: Uint8Array, { preprocess }: ServedModel): boolean {
  let ink = 0
  for (const value of digit) ink += value
  return ink / preprocess.scale < preprocess.canvas.minInk
}
