import { createReadStream, statSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join, normalize, resolve, sep } from 'node:path'
import type { Connect, Plugin } from 'vite'
import { securityHeaders } from './headers'

/**
 * The rules of deploy/nginx.conf for Vite's servers, so that the studio behaves the same wherever it is served: headers on every
 * answer, a real 404 for missing files, names with a hash kept for good, and data files as they are.
 */

const CACHE_FOREVER = 'public, max-age=31536000, immutable'
const CACHE_WITH_QUESTION = 'no-cache'

/** Paths that name a file: a missing one is an error, never the page. */
const FILE_PATHS = /^\/(assets|data)\/|\.[a-z0-9]{1,11}$/i

function cachingOf(path: string): string {
  return path.startsWith('/assets/') ? CACHE_FOREVER : CACHE_WITH_QUESTION
}

function pathOf(request: IncomingMessage): string | null {
  try {
    return decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname)
  } catch {
    return null
  }
}

/** The file a path names under `root`, or null. */
function fileUnder(root: string, path: string): { file: string; size: number } | null {
  if (path.includes('\0')) return null
  const file = resolve(root, `.${normalize(path)}`)
  if (!file.startsWith(resolve(root) + sep)) return null
  const stats = statSync(file, { throwIfNoEntry: false })
  return stats?.isFile() ? { file, size: stats.size } : null
}

function notFound(response: ServerResponse): void {
  response.statusCode = 404
  // A file that a running deployment has not brought yet must not be missing for good.
  response.setHeader('Cache-Control', 'no-store')
  response.setHeader('Content-Type', 'text/plain; charset=utf-8')
  response.end('not found\n')
}

/**
 * `/data/…` exactly as it lies on disk. Vite's own file server marks `.gz` files as compressed transport, so that a browser
 * would unpack them on the way and their digest could never match.
 */
function sendData(root: string, path: string, request: IncomingMessage, response: ServerResponse): void {
  const found = fileUnder(root, path)
  if (found === null) return notFound(response)
  response.setHeader('Content-Type', path.endsWith('.gz') ? 'application/gzip' : 'application/octet-stream')
  response.setHeader('Accept-Ranges', 'bytes')
  const range = rangeOf(request.headers.range, found.size)
  if (range !== null) {
    response.statusCode = 206
    response.setHeader('Content-Range', `bytes ${range.start}-${range.end}/${found.size}`)
  }
  const piece = range ?? { start: 0, end: found.size - 1 }
  response.setHeader('Content-Length', piece.end - piece.start + 1)
  if (request.method === 'HEAD' || found.size === 0) response.end()
  else createReadStream(found.file, piece).pipe(response)
}

/** One range of a file, both ends included, as nginx answers it; null for the whole file. */
function rangeOf(header: string | undefined, size: number): { start: number; end: number } | null {
  const [, first, last] = /^bytes=(\d{1,15})-(\d{0,15})$/.exec(header ?? '') ?? []
  const start = Number(first ?? NaN)
  const end = last ? Math.min(Number(last), size - 1) : size - 1
  return start <= end ? { start, end } : null
}

function rules(root: string, mode: 'production' | 'development'): Connect.NextHandleFunction {
  const headers = securityHeaders(mode)
  return (request, response, next) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    const path = pathOf(request)
    if (path === null) return notFound(response)
    if (path.startsWith('/data/')) {
      response.setHeader('Cache-Control', CACHE_WITH_QUESTION)
      return sendData(root, path, request, response)
    }
    if (mode === 'production') {
      response.setHeader('Cache-Control', cachingOf(path))
      if (FILE_PATHS.test(path) && fileUnder(root, path) === null) return notFound(response)
    }
    next()
  }
}

/** The studio's serving rules for `vite` and `vite preview`. */
export function servingRules(): Plugin {
  return {
    name: 'serving-rules',
    configureServer(server) {
      server.middlewares.use(rules(join(server.config.root, 'public'), 'development'))
    },
    configurePreviewServer(server) {
      server.middlewares.use(rules(join(server.config.root, server.config.build.outDir), 'production'))
    },
  }
}
