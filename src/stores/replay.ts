import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import { openReplayWorker } from '../clients/replay-client'
import type { WorkerHandle } from '../clients/worker-handle'
import type { RunId } from '../domain/ids'
import type { ReplayCommand } from '../protocol/replay'
import { reduceReplay, type ReplayState } from './replay-state'

const store = createStore<ReplayState>(() => ({ state: 'idle' }))

let worker: WorkerHandle<ReplayCommand> | null = null

/** Executes a run once more and compares each epoch's weights; does nothing while another replay is under way. */
export function startReplay(runId: RunId): void {
  if (worker !== null) return
  store.setState({ state: 'running', runId, share: null, epochs: [] }, true)
  worker = openReplayWorker({
    onMessage(message) {
      if (message.kind === 'replayed' || message.kind === 'replay-failed') dismiss()
      store.setState((state) => reduceReplay(state, message), true)
    },
    onBroken(error) {
      dismiss()
      store.setState({ state: 'failed', runId, error }, true)
    },
  })
  worker.post({ kind: 'replay', runId })
}

/** Ends the replay at once; nothing of it is kept. */
export function stopReplay(): void {
  dismiss()
  store.setState({ state: 'idle' }, true)
}

/** The replay of this tab. */
export function useReplay(): ReplayState {
  return useStore(store)
}

function dismiss(): void {
  worker?.terminate()
  worker = null
}
