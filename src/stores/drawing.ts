import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import { openPredictWorker } from '../clients/predict-client'
import type { WorkerHandle } from '../clients/worker-handle'
import type { VersionId } from '../domain/ids'
import type { Ink } from '../domain/image/ink'
import type { WireError } from '../protocol/errors'
import type { PictureFacts, PredictCommand, PredictMessage, VersionReading } from '../protocol/predict'
import type { Hello } from '../protocol/version'
import { sameDrawing, type DrawingInput } from './drawing-input'
import { latestWins } from './latest-wins'
import { logAnswer } from './prediction-log'

/** What the loaded versions say to one drawing. */
export interface Reading {
  readonly input: DrawingInput
  /** Of each version that was loaded, the main one first. */
  readonly readings: readonly VersionReading[]
  /** How many digits the drawing seems to hold. */
  readonly digits: number
  readonly picture: PictureFacts | null
}

export type Answer = Extract<VersionReading, { kind: 'answer' }>

/** How far a chosen version is. */
type LoadState = 'loading' | 'ready' | WireError

export interface DrawingState {
  /** The versions that answer, the main one first. */
  readonly versions: readonly VersionId[]
  readonly loads: Readonly<Record<VersionId, LoadState>>
  /** The newest one; null for an empty canvas, and while the first is under way. */
  readonly reading: Reading | null
  /** Why the picture cannot be read. */
  readonly refused: WireError | null
  /** The worker is gone. */
  readonly broken: WireError | null
  /** Of the main version's latest readings of drawn ink; null before the first. */
  readonly times: ReadingTimes | null
}

interface ReadingTimes {
  readonly count: number
  /** Milliseconds. */
  readonly p50: number
  readonly p95: number
}

/** So many readings are looked back on. */
const TIMES = 200

const EMPTY: DrawingState = {
  versions: [],
  loads: {},
  reading: null,
  refused: null,
  broken: null,
  times: null,
}

const store = createStore<DrawingState>(() => EMPTY)

let worker: WorkerHandle<PredictCommand> | null = null
/** What is on the canvas now. */
let current: DrawingInput | null = null
const milliseconds: number[] = []
/** What is under way, by its request. */
let asked: { readonly request: number; readonly input: DrawingInput } | null = null

const drawings = latestWins<DrawingInput>((input, request) => {
  const { versions, loads } = store.getState()
  if (worker === null || !versions.some((id) => loads[id] === 'ready')) return false
  asked = { request, input }
  worker.post(
    input.kind === 'ink'
      ? { kind: 'read-ink', request, ink: input.ink }
      : { kind: 'read-picture', request, bytes: input.bytes },
  )
  return true
})

/** Loads one version or two into the worker; a drawing asked for meanwhile is read when one is ready. */
export function loadVersions(versions: readonly VersionId[]): void {
  const state = store.getState()
  if (state.broken === null && worker !== null && versions.join() === state.versions.join()) return
  worker ??= openPredictWorker({ onMessage: receive, onBroken: breakOff })
  const loads: Record<VersionId, LoadState> = {}
  for (const id of versions)
    loads[id] = state.loads[id] === 'ready' && state.broken === null ? 'ready' : 'loading'
  store.setState({ versions, loads, broken: null })
  worker.post({ kind: 'load', versions })
  if (current !== null) drawings.offer(current)
}

/** Asks for an answer to a drawing. Latest wins: drawings that came between are skipped. */
export function readInk(ink: Ink): void {
  offer({ kind: 'ink', ink })
}

/** Asks for an answer to a picture file of a digit. */
export function readPicture(bytes: Uint8Array): void {
  offer({ kind: 'picture', bytes })
}

function offer(input: DrawingInput): void {
  if (current !== null && !sameDrawing(current, input)) leaveDrawing()
  if (current !== null && !sameDrawing(current, input)) store.setState({ reading: null })
  current = input
  store.setState({ refused: null })
  drawings.offer(input)
}

/** Forgets the last answer, for an emptied canvas. */
export function clearReading(): void {
  leaveDrawing()
  current = null
  drawings.forget()
  store.setState({ reading: null, refused: null })
}

/** Notes the main version's answer to a drawing that is finished: what came while it grew is not noted. */
export function leaveDrawing(): void {
  const { reading, versions } = store.getState()
  if (reading === null || reading.input !== current) return
  const main = reading.readings.find(({ versionId }) => versionId === versions[0])
  if (main?.kind === 'answer') logAnswer(main, reading.input.kind === 'ink' ? 'draw' : 'image')
}

/** Calls back when a picture could not be read. @returns how to stop that */
export function onRefusal(tell: (error: WireError) => void): () => void {
  return store.subscribe((state, before) => {
    if (state.refused !== null && state.refused !== before.refused) tell(state.refused)
  })
}

/** Selects from the drawing state. */
export function useDrawing<Selected>(selector: (state: DrawingState) => Selected): Selected {
  return useStore(store, selector)
}

function receive(message: Exclude<PredictMessage, Hello>): void {
  switch (message.kind) {
    case 'loaded':
      settleLoad(message.versionId, 'ready')
      return
    case 'load-failed':
      settleLoad(message.versionId, message.error)
      return
    case 'reading': {
      const { request, readings, digits, picture } = message
      const input = answered(request)
      if (input !== null)
        store.setState({
          reading: { input, readings, digits, picture },
          refused: null,
          times: timesWith(readings[0], picture !== null),
        })
      drawings.resume()
      return
    }
    case 'refused':
      if (answered(message.request) !== null) store.setState({ reading: null, refused: message.error })
      drawings.resume()
      return
    case 'failed':
      breakOff(message.error)
      return
  }
}

function settleLoad(versionId: VersionId, load: LoadState): void {
  const { loads } = store.getState()
  if (!(versionId in loads)) return
  const before = loads[versionId]
  store.setState({ loads: { ...loads, [versionId]: load } })
  if (load !== 'ready') return
  if (before !== 'ready' && current !== null) drawings.offer(current)
  drawings.resume()
}

/** The drawing that this request was about, if anybody still waits for its answer. */
function answered(request: number): DrawingInput | null {
  if (!drawings.settle(request)) return null
  return asked?.request === request ? asked.input : null
}

function timesWith(reading: VersionReading | undefined, isPicture: boolean): ReadingTimes | null {
  if (reading?.kind !== 'answer' || isPicture) return store.getState().times
  milliseconds.push(reading.milliseconds)
  if (milliseconds.length > TIMES) milliseconds.shift()
  const sorted = milliseconds.toSorted((a, b) => a - b)
  const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? 0
  return { count: sorted.length, p50: at(0.5), p95: at(0.95) }
}

function breakOff(error: WireError): void {
  worker?.terminate()
  worker = null
  drawings.forget()
  store.setState({ reading: null, broken: error })
}
