import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import { registerServiceWorker, type OfflineState } from '../clients/service-worker'

const store = createStore<OfflineState>(() => ({ kind: 'installing' }))

let started = false

/** Lets the studio open without a network from the next visit on; call it once, at boot. */
export function startOffline(): void {
  if (started) return
  started = true
  registerServiceWorker((state) => store.setState(state, true))
}

/** Whether the studio opens without a network, and whether a newer build waits. */
export function useOffline(): OfflineState {
  return useStore(store)
}
