import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import { openPredictWorker } from '../clients/predict-client'
import type { WorkerHandle } from '../clients/worker-handle'
import type { VersionId } from '../domain/ids'
import type { Ink } from '../domain/image/ink'
import type { WireError } from '../protocol/errors'
import type { PredictCommand, PredictMessage } from '../protocol/predict'
import type { Hello } from '../protocol/version'
import { latestWins } from './latest-wins'

export type Reading =
  | {
      readonly kind: 'answer'
      readonly versionId: VersionId
      /** What the model sees: 784 bytes, 0 paper, 255 ink. */
      readonly digit: Uint8Array
      readonly label: number
      /** Of the ten classes; sums to 1. */
      readonly probabilities: Float32Array
      readonly milliseconds: number
    }
  | { readonly kind: 'nothing-drawn' }

export type DrawingState =
  | { readonly state: 'no-model' }
  | { readonly state: 'loading'; readonly versionId: VersionId }
  | {
      readonly state: 'ready'
      readonly versionId: VersionId
      /** Null until the first drawing is read, and after `clearReading`. */
      readonly reading: Reading | null
    }
  | { readonly state: 'failed'; readonly versionId: VersionId | null; readonly error: WireError }

const store = createStore<DrawingState>(() => ({ state: 'no-model' }))

let worker: WorkerHandle<PredictCommand> | null = null

const drawings = latestWins<Ink>((ink, request) => {
  if (worker === null || store.getState().state !== 'ready') return false
  worker.post({ kind: 'read-ink', request, ink })
  return true
})

/** Loads a version into the worker; a drawing asked for meanwhile is read when it is ready. */
export function loadVersion(versionId: VersionId): void {
  const state = store.getState()
  if ((state.state === 'loading' || state.state === 'ready') && state.versionId === versionId) return
  worker ??= openPredictWorker({ onMessage: receive, onBroken: breakOff })
  store.setState({ state: 'loading', versionId }, true)
  worker.post({ kind: 'load', versionId })
}

/** Asks for an answer to a drawing. Latest wins: drawings that came between are skipped. */
export function readInk(ink: Ink): void {
  drawings.offer(ink)
}

/** Forgets the last answer, for an emptied canvas. */
export function clearReading(): void {
  drawings.forget()
  const state = store.getState()
  if (state.state === 'ready') store.setState({ ...state, reading: null }, true)
}

/** Selects from the drawing state. */
export function useDrawing<Selected>(selector: (state: DrawingState) => Selected): Selected {
  return useStore(store, selector)
}

function receive(message: Exclude<PredictMessage, Hello>): void {
  switch (message.kind) {
    case 'loaded': {
      const state = store.getState()
      if (state.state !== 'loading' || state.versionId !== message.versionId) return
      store.setState({ state: 'ready', versionId: message.versionId, reading: null }, true)
      drawings.resume()
      return
    }
    case 'answer': {
      const { versionId, digit, label, probabilities, milliseconds } = message
      settle(message.request, { kind: 'answer', versionId, digit, label, probabilities, milliseconds })
      return
    }
    case 'nothing-drawn':
      settle(message.request, { kind: 'nothing-drawn' })
      return
    case 'failed':
      breakOff(message.error)
      return
  }
}

function settle(request: number, reading: Reading): void {
  if (!drawings.settle(request)) return
  const state = store.getState()
  if (state.state === 'ready') store.setState({ ...state, reading }, true)
  drawings.resume()
}

function breakOff(error: WireError): void {
  const state = store.getState()
  const versionId = state.state === 'no-model' ? null : state.versionId
  worker?.terminate()
  worker = null
  drawings.forget()
  store.setState({ state: 'failed', versionId, error }, true)
}
