import type { VersionId } from '../../src/domain/ids'
import { canvasToDigit } from '../../src/domain/image/canvas'
import type { Ink } from '../../src/domain/image/ink'
import { type Picture, pictureToInk } from '../../src/domain/image/picture'
import { readPictureHeader } from '../../src/domain/image/picture-header'
import { countDigits } from '../../src/domain/image/pieces'
import type { Preprocess } from '../../src/domain/image/preprocess'
import { rasteriseInk } from '../../src/domain/image/raster'
import { logMargin } from '../../src/domain/metrics/baseline'
import { softmaxPrediction } from '../../src/domain/metrics/softmax'
import type { PictureFacts, PredictCommand, PredictMessage, VersionReading } from '../../src/protocol/predict'
import type { Hello } from '../../src/protocol/version'
import { owned } from '../../src/storage/blobs'
import type { EngineHost } from '../engine/contract'
import type { NetworkPredictor } from '../engine/open-network'
import { openVersion } from './open-version'
import { SessionError, wireError, type Post, type Session } from './serve'

type Command = Exclude<PredictCommand, Hello>
type Message = Exclude<PredictMessage, Hello>

interface LoadedModel {
  readonly versionId: VersionId
  readonly preprocess: Preprocess
  readonly predictor: NetworkPredictor
}

/** A square of ink, whatever it came from. */
interface InkImage {
  readonly image: Uint8Array
  readonly side: number
}

/** Pixels a side that ink is drawn at before it becomes 28×28: ten to one, so that edges are smooth. */
const INK_SIDE = 280

/** What a fresh worker reads for practice: a stroke across the canvas. */
const PRACTICE: Ink = { size: 100, strokes: [{ points: Float32Array.of(30, 20, 70, 20, 40, 90), width: 8 }] }
/** So often that the browser runs optimised code: the first reading takes ten times as long as the fiftieth. */
const PRACTICE_ROUNDS = 50

/**
 * Answers drawings and pictures with up to two loaded model versions.
 * @param decode turns a picture file into pixels; the browser's decoder, or a test's
 */
export function predictSession(
  host: EngineHost,
  decode: (bytes: Uint8Array<ArrayBuffer>) => Promise<Picture>,
): Session<Command, Message> {
  let wanted: readonly VersionId[] = []
  const models = new Map<VersionId, LoadedModel>()
  const opening = new Set<VersionId>()

  async function load(versions: readonly VersionId[], post: Post<Message>): Promise<void> {
    wanted = versions
    for (const [versionId, model] of models) {
      if (wanted.includes(versionId)) continue
      models.delete(versionId)
      model.predictor.dispose()
    }
    await Promise.all(versions.map((versionId) => ensure(versionId, post)))
  }

  /** Nobody waits any more for a version that others were chosen after: it is let go without a word. */
  async function ensure(versionId: VersionId, post: Post<Message>): Promise<void> {
    if (models.has(versionId)) {
      post({ kind: 'loaded', versionId })
      return
    }
    if (opening.has(versionId)) return
    opening.add(versionId)
    try {
      const { version, predictor } = await openVersion(versionId, host, 1)
      if (!wanted.includes(versionId)) return predictor.dispose()
      const model = { versionId, preprocess: version.preprocess, predictor }
      models.set(versionId, model)
      post({ kind: 'loaded', versionId })
      await practise(model)
    } catch (error) {
      if (wanted.includes(versionId)) post({ kind: 'load-failed', versionId, error: wireError(error) })
    } finally {
      opening.delete(versionId)
    }
  }

  /** Between rounds drawings are answered. Ends when the model is let go. */
  async function practise(model: LoadedModel): Promise<void> {
    for (let round = 0; round < PRACTICE_ROUNDS && models.get(model.versionId) === model; round++) {
      await read(drawn(PRACTICE), model, host.now)
      await host.breathe()
    }
  }

  async function answer(
    request: number,
    began: number,
    ink: InkImage | null,
    picture: PictureFacts | null,
    post: Post<Message>,
  ): Promise<void> {
    const loaded = wanted.flatMap((versionId) => models.get(versionId) ?? [])
    if (loaded.length === 0)
      throw new SessionError('not-found', 'No model is loaded to read the drawing with. Choose one first.')
    const spent = host.now() - began
    const readings: VersionReading[] = []
    for (const model of loaded) {
      const { versionId } = model
      const reading = ink === null ? null : await read(ink, model, host.now)
      readings.push(
        reading === null
          ? { kind: 'nothing-drawn', versionId }
          : { kind: 'answer', versionId, ...reading, milliseconds: spent + reading.milliseconds },
      )
    }
    const digits = ink === null ? 0 : countDigits(ink.image, ink.side)
    post({ kind: 'reading', request, readings, digits, picture })
  }

  async function readPicture(request: number, bytes: Uint8Array, post: Post<Message>): Promise<void> {
    const began = host.now()
    let found
    try {
      found = await pictureInk(bytes, decode)
    } catch (error) {
      post({ kind: 'refused', request, error: wireError(error) })
      return
    }
    await answer(request, began, found.ink, found.facts, post)
  }

  return {
    async handle(command, post) {
      switch (command.kind) {
        case 'load':
          return load(command.versions, post)
        case 'read-ink': {
          const began = host.now()
          return answer(command.request, began, drawn(command.ink), null, post)
        }
        case 'read-picture':
          return readPicture(command.request, command.bytes, post)
      }
    },
    failed: (error, command) => ({
      kind: 'failed',
      request: command.kind === 'load' ? null : command.request,
      error,
    }),
  }
}

function drawn(ink: Ink): InkImage {
  return { image: rasteriseInk(ink, INK_SIDE), side: INK_SIDE }
}

/** Refuses by the header before anything is decoded. @throws SessionError 'bad-input' */
async function pictureInk(
  bytes: Uint8Array,
  decode: (bytes: Uint8Array<ArrayBuffer>) => Promise<Picture>,
): Promise<{ ink: InkImage | null; facts: PictureFacts }> {
  const header = readPictureHeader(bytes)
  if (!header.ok) throw new SessionError('bad-input', header.problem)
  const { format, width, height, animated } = header
  const found = pictureToInk(await decode(owned(bytes)))
  const notes = found.kind === 'ink' ? found.notes : []
  return { ink: found.kind === 'ink' ? found : null, facts: { format, width, height, animated, notes } }
}

interface Read {
  readonly digit: Uint8Array
  readonly label: number
  readonly probabilities: Float32Array
  readonly margin: number
  readonly milliseconds: number
}

/** The digit that ink becomes and what a model says to it, or null for too little ink. */
async function read(
  { image, side }: InkImage,
  { preprocess, predictor }: LoadedModel,
  now: () => number,
): Promise<Read | null> {
  const began = now()
  const canvas = canvasToDigit(image, side, preprocess)
  if (canvas.kind === 'nothing-drawn') return null
  const { digit } = canvas
  const logits = await predictor.predict(digit)
  const { label, probabilities } = softmaxPrediction(logits, 0)
  return { digit, label, probabilities, margin: logMargin(logits, 0), milliseconds: now() - began }
}
