import { answerInPage, isApiRequest, type RelayPage } from './sessions/api-relay'
import { cacheKeyOf, cacheNameOf, dropOtherCaches, fillCache, type PrecacheEntry } from './serving/precache'

/** Put in by the build. */
declare const __PRECACHE__: { readonly build: string; readonly entries: readonly PrecacheEntry[] }

const { build, entries } = __PRECACHE__

declare const self: ServiceWorkerGlobalScope

self.addEventListener('install', (event) => {
  event.waitUntil(fillCache(caches, build, entries))
})

self.addEventListener('activate', (event) => {
  // Claiming matters to the first visit only: without it that page would not work offline before a reload.
  event.waitUntil(dropOtherCaches(caches, build).then(() => self.clients.claim()))
})

self.addEventListener('fetch', (event) => {
  if (isApiRequest(event.request.url, self.location.origin)) {
    event.respondWith(answerInPage(event.request, () => pagesFor(event.clientId)))
    return
  }
  const key = cacheKeyOf(event.request, self.location.origin)
  if (key === null) return
  event.respondWith(answer(key, event.request))
})

async function answer(key: string, request: Request): Promise<Response> {
  const cache = await caches.open(cacheNameOf(build))
  return (await cache.match(key)) ?? fetch(request)
}

/** Whoever asks is likeliest to live, then the page in front. */
async function pagesFor(asker: string): Promise<readonly RelayPage[]> {
  const pages = await self.clients.matchAll({ type: 'window' })
  const rank = ({ id, focused }: WindowClient): number => (id === asker ? 0 : focused ? 1 : 2)
  return pages.toSorted((a, b) => rank(a) - rank(b))
}

self.addEventListener('message', (event) => {
  if (event.data === 'take-over') event.waitUntil(takeOver(event.source))
})

/**
 * A new build waits until no page runs the old one: it would take the old page's files away. One lone page may ask for it
 * (and then reloads); with other pages open the answer is how many there are.
 */
async function takeOver(asker: ExtendableMessageEvent['source']): Promise<void> {
  const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  if (pages.length <= 1) await self.skipWaiting()
  else asker?.postMessage({ kind: 'other-pages', count: pages.length - 1 })
}
