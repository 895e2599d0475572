import { describe, expect, it } from 'vitest'
import { cacheKeyOf } from './precache'

const ORIGIN = 'https://studio.example'

function ask(path: string, asked: { method?: string; range?: string; mode?: RequestMode } = {}) {
  const { method = 'GET', range, mode = 'cors' } = asked
  const headers = new Headers(range === undefined ? {} : { range })
  return cacheKeyOf({ url: new URL(path, ORIGIN).href, method, headers, mode }, ORIGIN)
}

describe('cacheKeyOf', () => {
  it.each(['/', '/runs', '/runs/0123?tab=model', '/models?version=2', '/draw#pad'])(
    'answers the page address %s with the one page',
    (path) => expect(ask(path, { mode: 'navigate' })).toBe('/'),
  )

  it.each(['/assets/main-a1b2.js', '/favicon.svg'])(
    'answers %s with that file, also when it is opened itself',
    (path) => {
      expect(ask(path)).toBe(path)
      expect(ask(path, { mode: 'navigate' })).toBe(path)
    },
  )

  it.each([
    ['data', '/data/mnist/train-images-idx3-ubyte.gz', {}],
    ['a part of a file', '/assets/main-a1b2.js', { range: 'bytes=0-99' }],
    ['a write', '/assets/main-a1b2.js', { method: 'POST' }],
    ['a question about a file', '/assets/main-a1b2.js', { method: 'HEAD' }],
    ['another origin', 'https://cdn.jsdelivr.net/gh/fgnt/mnist/x.gz', {}],
    ['another port', 'https://studio.example:8443/', { mode: 'navigate' }],
  ] as const)('leaves %s to the network', (_what, path, asked) => expect(ask(path, asked)).toBeNull())
})
