/**
 * The studio's files kept for offline use. The build lists every file with its SHA-256; one cache holds one build, whole or not
 * at all, so that a page never runs with parts of two builds.
 */

export interface PrecacheEntry {
  /** Path on this origin, `/` for the page itself. */
  readonly url: string
  /** `sha256-…` as in subresource integrity: what arrives is checked against it. */
  readonly integrity: string
}

const PREFIX = 'mnist-studio-'

/** Files whose names carry a hash: equal names are equal bytes, so an older build's copy is as good as a download. */
function isImmutable(url: string): boolean {
  return url.startsWith('/assets/')
}

/** The cache of one build: its name changes when any file does. */
export function cacheNameOf(build: string): string {
  return `${PREFIX}${build}`
}

/** Fills this build's cache. @throws TypeError when a file cannot be had or is not the file that was built. */
export async function fillCache(
  storage: CacheStorage,
  build: string,
  entries: readonly PrecacheEntry[],
): Promise<void> {
  const known = new Map<string, Response>()
  for (const { url } of entries) {
    const copy = isImmutable(url) ? await storage.match(url) : undefined
    if (copy !== undefined) known.set(url, copy)
  }
  const cache = await storage.open(cacheNameOf(build))
  await Promise.all(
    entries.map(async ({ url, integrity }) => {
      const response = known.get(url) ?? (await fetch(url, { integrity, cache: 'no-cache' }))
      if (!response.ok) throw new TypeError(`${url} answered ${response.status}`)
      await cache.put(url, response)
    }),
  )
}

/** Removes the caches of other builds. */
export async function dropOtherCaches(storage: CacheStorage, build: string): Promise<void> {
  const names = await storage.keys()
  const others = names.filter((name) => name.startsWith(PREFIX) && name !== cacheNameOf(build))
  await Promise.all(others.map((name) => storage.delete(name)))
}

/** The part of a request that decides. */
type Asked = Pick<Request, 'url' | 'method' | 'headers' | 'mode'>

/**
 * The cache key that answers a request, or null where the network must: other origins, data files, parts of files, anything
 * but GET. Every page address is the one page; a path that names a file is only ever that file.
 */
export function cacheKeyOf(request: Asked, origin: string): string | null {
  const { origin: target, pathname } = new URL(request.url)
  if (target !== origin || request.method !== 'GET' || request.headers.has('range')) return null
  if (pathname.startsWith('/data/')) return null
  const namesFile = /\.[a-z0-9]{1,11}$/i.test(pathname)
  return request.mode === 'navigate' && !namesFile ? '/' : pathname
}
