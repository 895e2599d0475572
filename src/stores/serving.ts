/** The inference API in this page: requests that the service worker catches go to a worker with the served version. */
import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import { type CaughtCall, takeApiCalls } from '../clients/service-worker'
import { openServingWorker } from '../clients/serving-client'
import type { WorkerHandle } from '../clients/worker-handle'
import type { WireError } from '../protocol/errors'
import type { ApiReply, ServingCommand, ServingMessage } from '../protocol/serving'
import type { Hello } from '../protocol/version'
import { chooseServed as storeChoice, type ServedChoice } from '../storage/served'
import { wireError } from './wire-error'

export interface ServingState {
  /** Whether requests of this page reach the API; null until that is known. */
  readonly reachable: boolean | null
  /** Requests that this page has answered. */
  readonly answered: number
  /** Why the newest answers could not be kept; null while they are. */
  readonly unlogged: WireError | null
}

const store = createStore<ServingState>(() => ({ reachable: null, answered: 0, unlogged: null }))

let worker: WorkerHandle<ServingCommand> | null = null
let lastRequest = 0
const pending = new Map<number, CaughtCall['reply']>()

let started = false

/** Lets this page answer the inference API; call it once, at boot. The worker comes with the first request. */
export function startServing(): void {
  if (started) return
  started = true
  takeApiCalls(take, (reachable) => store.setState({ reachable }))
}

/** Sets what answers: an alias's version, or one version for good. */
export async function chooseServed(choice: ServedChoice): Promise<WireError | null> {
  try {
    await storeChoice(choice)
    return null
  } catch (error) {
    return wireError(error)
  }
}

export function useServing(): ServingState {
  return useStore(store)
}

function take({ call, reply }: CaughtCall): void {
  worker ??= openServingWorker({ onMessage: receive, onBroken: breakOff })
  const request = ++lastRequest
  pending.set(request, reply)
  worker.post({ kind: 'call', request, call }, [call.body.buffer as ArrayBuffer])
}

function receive(message: Exclude<ServingMessage, Hello>): void {
  switch (message.kind) {
    case 'reply':
      settle(message.request, message.reply)
      return
    case 'failed':
      settle(message.request, faulty(500, message.error))
      return
    case 'not-logged':
      store.setState({ unlogged: message.error })
      return
  }
}

/** Whoever waits is told; the next request opens another worker. */
function breakOff(error: WireError): void {
  worker?.terminate()
  worker = null
  for (const request of pending.keys()) settle(request, faulty(503, error))
}

function settle(request: number, reply: ApiReply): void {
  pending.get(request)?.(reply)
  pending.delete(request)
  store.setState(({ answered }) => ({ answered: answered + 1 }))
}

function faulty(status: number, { message }: WireError): ApiReply {
  const headers = { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' }
  return { status, headers, body: JSON.stringify({ error: message }) }
}
