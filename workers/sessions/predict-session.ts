import type { VersionId } from '../../src/domain/ids'
import { canvasToDigit } from '../../src/domain/image/canvas'
import type { Ink } from '../../src/domain/image/ink'
import type { Preprocess } from '../../src/domain/image/preprocess'
import { rasteriseInk } from '../../src/domain/image/raster'
import { softmaxPrediction } from '../../src/domain/metrics/softmax'
import type { PredictCommand, PredictMessage } from '../../src/protocol/predict'
import type { Hello } from '../../src/protocol/version'
import type { EngineHost } from '../engine/contract'
import { openVersion, type VersionPredictor } from './open-version'
import { SessionError, type Post, type Session } from './serve'

type Command = Exclude<PredictCommand, Hello>
type Message = Exclude<PredictMessage, Hello>

interface LoadedModel {
  readonly versionId: VersionId
  readonly preprocess: Preprocess
  readonly predictor: VersionPredictor
}

/** Pixels a side that ink is drawn at before it becomes 28×28: ten to one, so that edges are smooth. */
const INK_SIDE = 280

/** What a fresh worker reads for practice: a stroke across the canvas. */
const PRACTICE: Ink = { size: 100, strokes: [{ points: Float32Array.of(30, 20, 70, 20, 40, 90), width: 8 }] }
/** So often that the browser runs optimised code: the first reading takes ten times as long as the fiftieth. */
const PRACTICE_ROUNDS = 50

/** Answers drawings with one loaded model version. */
export function predictSession(host: EngineHost): Session<Command, Message> {
  let model: LoadedModel | null = null
  let newestLoad = 0

  async function load(versionId: VersionId, post: Post<Message>): Promise<void> {
    const mine = ++newestLoad
    try {
      const loaded = await open(versionId)
      if (mine !== newestLoad) return loaded.predictor.dispose()
      model?.predictor.dispose()
      model = loaded
      post({ kind: 'loaded', versionId })
      await practise(loaded)
    } catch (error) {
      // Nobody waits any more for a version that another was chosen after.
      if (mine === newestLoad) throw error
    }
  }

  async function open(versionId: VersionId): Promise<LoadedModel> {
    const { version, predictor } = await openVersion(versionId, host, 1)
    return { versionId, preprocess: version.preprocess, predictor }
  }

  /** Between rounds drawings are answered. Ends when another model is loaded. */
  async function practise(loaded: LoadedModel): Promise<void> {
    for (let round = 0; round < PRACTICE_ROUNDS && model === loaded; round++) {
      await read(PRACTICE, loaded)
      await host.breathe()
    }
  }

  async function readInk(request: number, ink: Ink, post: Post<Message>): Promise<void> {
    if (model === null)
      throw new SessionError('not-found', 'No model is loaded to read the drawing with. Choose one first.')
    const { versionId } = model
    const began = host.now()
    const found = await read(ink, model)
    if (found === null) {
      post({ kind: 'nothing-drawn', request })
      return
    }
    const milliseconds = host.now() - began
    post({ kind: 'answer', request, versionId, ...found, milliseconds })
  }

  return {
    async handle(command, post) {
      switch (command.kind) {
        case 'load':
          return load(command.versionId, post)
        case 'read-ink':
          return readInk(command.request, command.ink, post)
      }
    },
    failed: (error, command) => ({
      kind: 'failed',
      request: command.kind === 'read-ink' ? command.request : null,
      error,
    }),
  }
}

interface Reading {
  readonly digit: Uint8Array
  readonly label: number
  readonly probabilities: Float32Array
}

/** The digit that a drawing becomes and what a model says to it, or null for a drawing without ink. */
async function read(ink: Ink, { preprocess, predictor }: LoadedModel): Promise<Reading | null> {
  const canvas = canvasToDigit(rasteriseInk(ink, INK_SIDE), INK_SIDE, preprocess)
  if (canvas.kind === 'nothing-drawn') return null
  const { digit } = canvas
  const { label, probabilities } = softmaxPrediction(await predictor.predict(digit), 0)
  return { digit, label, probabilities }
}
