/** `/predict` and `/predict/batch`: the reference's requests and answers, and what a caller needs besides. */
import { IMAGE_PIXELS } from '../../src/domain/image/preprocess'
import { MAX_BATCH, MAX_BODY, MAX_SINGLE_BODY } from '../../src/domain/serving/limits'
import { field, kindOf, readJsonBody, type JsonObject } from './body'
import type { Call } from './call'
import { type ApiResponse, jsonAnswer, type Read, read, refuse } from './http'
import { readImage } from './pixels'
import { readDigits, type Reading } from './reading'

export async function predict({ request, service, model, startedAt }: Call): Promise<ApiResponse> {
  const body = readJsonBody(request, MAX_SINGLE_BODY)
  if (!body.ok) return body.answer
  const threshold = readThreshold(body.value)
  if (!threshold.ok) return threshold.answer
  const image = field(body.value, 'image')
  if (image === undefined)
    return refuse(400, 'Expected "image" with 784 values or 28 rows of 28, found nothing').answer
  const digit = new Uint8Array(IMAGE_PIXELS)
  const pixels = readImage(image, digit)
  if (!pixels.ok) return pixels.answer
  const [reading] = await readDigits(model, digit, service, startedAt)
  if (reading === undefined) throw new Error('one image has one answer')
  return jsonAnswer({
    ...answerOf(reading, threshold.value),
    model: model.name,
    model_version: model.version,
    latency_ms: rounded(service.now() - startedAt),
  })
}

export async function predictBatch({ request, service, model, startedAt }: Call): Promise<ApiResponse> {
  const body = readJsonBody(request, MAX_BODY)
  if (!body.ok) return body.answer
  const threshold = readThreshold(body.value)
  if (!threshold.ok) return threshold.answer
  const images = readImages(field(body.value, 'images'), 'images')
  if (!images.ok) return images.answer
  const readings = await readDigits(model, images.value, service, startedAt)
  return jsonAnswer({
    predictions: readings.map((reading) => answerOf(reading, threshold.value)),
    count: readings.length,
    model: model.name,
    model_version: model.version,
    latency_ms: rounded(service.now() - startedAt),
  })
}

/** Several images as count × 784 bytes. @param name what the request calls them */
export function readImages(images: unknown, name: string): Read<Uint8Array> {
  if (!Array.isArray(images))
    return refuse(400, `Expected "${name}" to be an array of images, found ${kindOf(images)}`)
  if (images.length === 0 || images.length > MAX_BATCH)
    return refuse(400, `Expected 1 to ${MAX_BATCH} images in "${name}", found ${images.length}`)
  const bytes = new Uint8Array(images.length * IMAGE_PIXELS)
  for (const [index, image] of images.entries()) {
    const one = readImage(image, bytes.subarray(index * IMAGE_PIXELS, (index + 1) * IMAGE_PIXELS))
    if (!one.ok) return refuseImage(one.answer, name, index)
  }
  return read(bytes)
}

/** The same refusal, with the image it is about. */
function refuseImage(
  answer: ApiResponse,
  name: string,
  index: number,
): { readonly ok: false; readonly answer: ApiResponse } {
  const { error } = JSON.parse(answer.body) as { readonly error: string }
  return { ok: false, answer: { ...answer, body: JSON.stringify({ error: `${name}[${index}]: ${error}` }) } }
}

/** Null where none was asked for. */
function readThreshold(body: JsonObject): Read<number | null> {
  const threshold = field(body, 'confidence_threshold')
  if (threshold === undefined || threshold === null) return read(null)
  if (typeof threshold !== 'number')
    return refuse(400, `Expected "confidence_threshold" to be a number, found ${kindOf(threshold)}`)
  if (!(threshold >= 0 && threshold <= 1))
    return refuse(422, `Expected "confidence_threshold" to lie in 0–1, found ${threshold}`)
  return read(threshold)
}

function answerOf({ label, confidence, probabilities, blank }: Reading, threshold: number | null) {
  return {
    prediction: label,
    confidence,
    probabilities: [...probabilities],
    ink: blank ? 'nothing drawn' : 'drawn',
    // A blank image has an answer like any other, and it means nothing.
    ...(threshold === null ? {} : { accepted: !blank && confidence >= threshold }),
  }
}

/** To microseconds: clocks are no finer. */
function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000
}
