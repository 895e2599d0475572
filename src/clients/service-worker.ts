import type { ApiCall, ApiReply, RelayedCall, RelayedReply } from '../protocol/serving'

/**
 * The studio without a network: registers the service worker that keeps the built files. A new build is never put under a
 * running page; it waits, and `onChange` says so.
 */

export type OfflineState =
  /** No service workers here (private window, old browser), or not a production build. */
  | { readonly kind: 'unavailable'; readonly reason: string }
  | { readonly kind: 'installing' }
  /** From now on the page opens without a network. */
  | { readonly kind: 'ready' }
  /** A newer build is stored and waits. `apply` reloads into it, unless other pages of the studio are open. */
  | { readonly kind: 'update-waiting'; readonly apply: () => void }
  /** `apply` was refused: this many other pages run the older build. */
  | { readonly kind: 'update-blocked'; readonly otherPages: number }

/** Call once, after the first paint. Worker addresses go through the page's Trusted Types policy. */
export function registerServiceWorker(onChange: (state: OfflineState) => void): void {
  if (!import.meta.env.PROD) return onChange({ kind: 'unavailable', reason: 'this is a development server' })
  if (!('serviceWorker' in navigator))
    return onChange({ kind: 'unavailable', reason: 'this browser window has no service workers' })
  navigator.serviceWorker.register('/service-worker.js', { updateViaCache: 'none' }).then(
    (registration) => follow(registration, onChange),
    (error: unknown) =>
      onChange({ kind: 'unavailable', reason: error instanceof Error ? error.message : String(error) }),
  )
}

function follow(registration: ServiceWorkerRegistration, onChange: (state: OfflineState) => void): void {
  function report(): void {
    const { waiting, active, installing } = registration
    if (waiting !== null && active !== null)
      onChange({ kind: 'update-waiting', apply: () => applyUpdate(waiting, onChange) })
    else if (active !== null) onChange({ kind: 'ready' })
    else if (installing !== null) onChange({ kind: 'installing' })
  }
  function watch(worker: ServiceWorker | null): void {
    worker?.addEventListener('statechange', () => {
      if (worker.state === 'redundant' && registration.active === null)
        onChange({ kind: 'unavailable', reason: 'not all files could be stored' })
      else report()
    })
  }
  registration.addEventListener('updatefound', () => watch(registration.installing))
  watch(registration.installing)
  report()
}

/** A request that the service worker caught. It must be answered, and once. */
export interface CaughtCall {
  readonly call: ApiCall
  readonly reply: (reply: ApiReply) => void
}

/**
 * Takes the requests to the inference API that the service worker catches for its pages. `onControlled` tells whether it catches
 * those of this page: not on a development server, in a window without service workers, or after a forced reload.
 */
export function takeApiCalls(
  onCall: (caught: CaughtCall) => void,
  onControlled: (controlled: boolean) => void,
): void {
  if (!('serviceWorker' in navigator)) return onControlled(false)
  const { serviceWorker } = navigator
  const report = (): void => onControlled(serviceWorker.controller !== null)
  serviceWorker.addEventListener('controllerchange', report)
  serviceWorker.addEventListener('message', (event: MessageEvent<unknown>) => {
    const [port] = event.ports
    const data = event.data as RelayedCall | undefined
    if (port === undefined || data?.kind !== 'api-call') return
    port.postMessage({ kind: 'taken' } satisfies RelayedReply)
    onCall({
      call: data.call,
      reply(reply) {
        port.postMessage({ kind: 'reply', reply } satisfies RelayedReply)
        port.close()
      },
    })
  })
  serviceWorker.startMessages()
  report()
}

/** How long the old worker may finish what it has in flight before the page is reloaded, which ends it. */
const PATIENCE_MS = 3_000

function applyUpdate(waiting: ServiceWorker, onChange: (state: OfflineState) => void): void {
  const { serviceWorker } = navigator
  const patience = setTimeout(() => window.location.reload(), PATIENCE_MS)
  serviceWorker.addEventListener('controllerchange', () => window.location.reload(), { once: true })
  serviceWorker.addEventListener('message', (event: MessageEvent<unknown>) => {
    const { data } = event
    if (typeof data !== 'object' || data === null || !('count' in data) || typeof data.count !== 'number')
      return
    clearTimeout(patience)
    onChange({ kind: 'update-blocked', otherPages: data.count })
  })
  serviceWorker.startMessages()
  waiting.postMessage('take-over')
}
