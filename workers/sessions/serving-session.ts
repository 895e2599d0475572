import { epochMillis, type VersionId } from '../../src/domain/ids'
import type { LoggedPrediction } from '../../src/domain/registry/traffic'
import { networkName } from '../../src/domain/registry/versions'
import type { ServingCommand, ServingMessage } from '../../src/protocol/serving'
import type { Hello } from '../../src/protocol/version'
import { logPredictions } from '../../src/storage/predictions'
import { type Served, watchServed } from '../../src/storage/served'
import type { EngineHost } from '../engine/contract'
import { handleRequest } from '../serving/handle'
import type { Answered, InferenceService, ServedModel } from '../serving/service'
import { createTraffic } from '../serving/traffic'
import { openVersion } from './open-version'
import { type Post, type Session, wireError } from './serve'
import { storedGauges } from './serving-gauges'

type Command = Exclude<ServingCommand, Hello>
type Message = Exclude<ServingMessage, Hello>

/** What answers, or why nothing does. */
type Answering =
  | {
      readonly kind: 'model'
      readonly versionId: VersionId
      readonly model: ServedModel
      readonly dispose: () => void
    }
  | { readonly kind: 'none'; readonly reason: string }

/** Answers are kept in batches: at most so many, at most so late. */
const LOG_BATCH = 200
const LOG_PAUSE_MS = 300

export interface ServingHost {
  readonly engine: EngineHost
  readonly appVersion: string
  /** Milliseconds since 1970. */
  readonly clock: () => number
  readonly later: (act: () => void, milliseconds: number) => void
}

/** Answers the inference API with the version that this browser serves; follows its alias without a gap. */
export function servingSession({ engine, appVersion, clock, later }: ServingHost): Session<Command, Message> {
  const traffic = createTraffic()
  const followed = followServed(engine)
  let unlogged: LoggedPrediction[] = []

  async function flush(post: Post<Message>): Promise<void> {
    const batch = unlogged
    unlogged = []
    if (batch.length === 0) return
    try {
      await logPredictions(batch)
    } catch (error) {
      post({ kind: 'not-logged', count: batch.length, error: wireError(error) })
    }
  }

  function log(versionId: VersionId, answered: Answered, post: Post<Message>): void {
    const { label, confidence, margin, milliseconds, digit } = answered
    unlogged.push({
      at: epochMillis(clock()),
      versionId,
      source: 'api',
      label,
      confidence,
      margin,
      milliseconds,
      digit: digit.slice(),
    })
    if (unlogged.length >= LOG_BATCH) void flush(post)
    else if (unlogged.length === 1) later(() => void flush(post), LOG_PAUSE_MS)
  }

  function serviceOf(answering: Answering, post: Post<Message>): InferenceService {
    return {
      host: 'page',
      appVersion,
      models: answering.kind === 'model' ? [answering.model] : [],
      missing: answering.kind === 'none' ? answering.reason : '',
      now: engine.now,
      traffic,
      gauges: storedGauges,
      onAnswer(answered) {
        if (answering.kind === 'model') log(answering.versionId, answered, post)
      },
    }
  }

  return {
    async handle({ request, call }, post) {
      const { method, path, contentType, body } = call
      const headers = { 'content-type': contentType ?? undefined }
      const reply = await followed.use((answering) =>
        handleRequest({ method, path, headers, body }, serviceOf(answering, post)),
      )
      post({ kind: 'reply', request, reply })
    },
    failed: (error, { request }) => ({ kind: 'failed', request, error }),
  }
}

/** Keeps the served version loaded. While another one loads the old one answers; it goes once nobody uses it. */
function followServed(engine: EngineHost) {
  let current: Answering | null = null
  let newest = 0
  let users = 0
  const retired: (() => void)[] = []
  const waiting: (() => void)[] = []

  function become(next: Answering): void {
    if (current?.kind === 'model') retired.push(current.dispose)
    current = next
    for (const wake of waiting.splice(0)) wake()
    sweep()
  }

  function sweep(): void {
    if (users === 0) for (const dispose of retired.splice(0)) dispose()
  }

  async function follow(served: Served): Promise<void> {
    const mine = ++newest
    const next = await answeringOf(served, engine)
    if (mine === newest) become(next)
    else if (next.kind === 'model') next.dispose()
  }

  let watching = false
  return {
    /** Calls `act` with what answers now; a model given to it stays until it has ended. */
    async use<Result>(act: (answering: Answering) => Promise<Result>): Promise<Result> {
      if (!watching) {
        watching = true
        watchServed(
          (served) => void follow(served),
          (error) => become({ kind: 'none', reason: wireError(error).message }),
        )
      }
      if (current === null) await new Promise<void>((resolve) => waiting.push(resolve))
      users++
      try {
        return await act(current ?? { kind: 'none', reason: 'No model is loaded.' })
      } finally {
        users--
        sweep()
      }
    },
  }
}

async function answeringOf({ choice, versionId, aliases }: Served, engine: EngineHost): Promise<Answering> {
  if (versionId === null)
    return {
      kind: 'none',
      reason:
        choice.kind === 'alias'
          ? `No version has the alias ${choice.alias}: train a model, give it the alias on the Models screen, or choose another version on the API screen`
          : 'No version is chosen: choose one on the API screen',
    }
  try {
    // One thread: single digits are too small to share.
    const { version, predictor } = await openVersion(versionId, engine, 1)
    const model: ServedModel = {
      name: version.model,
      version: String(version.version),
      aliases,
      network: networkName(version.network),
      parameters: version.parameterCount,
      preprocess: version.preprocess,
      evaluation: version.evaluation,
      dataset: version.dataset,
      weightsSha256: version.weightsSha256,
      device: predictor.record.device,
      predict: (images) => predictor.predict(images),
    }
    return { kind: 'model', versionId, model, dispose: () => predictor.dispose() }
  } catch (error) {
    return { kind: 'none', reason: `${versionId} cannot answer: ${wireError(error).message}` }
  }
}
