import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { securityHeaders } from './headers'
import { findNginx, startNginx, type RunningNginx } from './nginx.testing'

const expected = Object.entries(securityHeaders('production'))

describe('deploy/nginx.conf as text', () => {
  const conf = readFileSync(new URL('nginx.conf', import.meta.url), 'utf8')
  const added = [...conf.matchAll(/^( *)add_header (\S+) (.+) always;$/gm)]

  it('has exactly the headers of headers.ts, and caching', () => {
    const written = added
      .map(([, , name, value]) => [name, value?.replace(/^"|"$/g, '')])
      .filter(([name]) => name !== 'Cache-Control')
    expect(Object.fromEntries(written)).toEqual(Object.fromEntries(expected))
  })

  it('adds headers at one level only, since a location with its own would drop the others', () => {
    const directives = conf.split('\n').filter((line) => /^\s*add_header\b/.test(line))
    expect(directives).toHaveLength(expected.length + 1)
    expect(added).toHaveLength(directives.length)
    expect(new Set(added.map(([, indent]) => indent))).toEqual(new Set(['    ']))
  })
})

const binary = findNginx()

describe.skipIf(binary === null)('deploy/nginx.conf, served (needs nginx)', () => {
  let server: RunningNginx
  let site: string
  const page = '<!doctype html><title>page</title>'
  const script = `// ${'x'.repeat(4000)}\n`
  const digits = Uint8Array.from({ length: 5000 }, (_, i) => i % 251)

  beforeAll(async () => {
    site = mkdtempSync(join(tmpdir(), 'studio-site-'))
    mkdirSync(join(site, 'assets'))
    mkdirSync(join(site, 'data/mnist'), { recursive: true })
    writeFileSync(join(site, 'index.html'), page)
    writeFileSync(join(site, 'service-worker.js'), script)
    writeFileSync(join(site, 'assets/main-a1b2c3.js'), script)
    writeFileSync(join(site, 'assets/main-a1b2c3.css'), 'body{}')
    writeFileSync(join(site, 'assets/kernels-a1b2c3.wasm'), digits)
    writeFileSync(join(site, 'data/mnist/train-images-idx3-ubyte.gz'), digits)
    writeFileSync(join(site, '.secret'), 'secret')
    server = await startNginx(binary ?? '', site)
  })

  afterAll(async () => {
    await server?.stop()
    rmSync(site, { recursive: true, force: true })
  })

  it.each([
    ['the page', '/', {}, 200],
    ['a page address', '/runs/0123', {}, 200],
    ['the page address that is also the folder of data', '/data', {}, 200],
    ['a script', '/assets/main-a1b2c3.js', {}, 200],
    ['a missing script', '/assets/gone-d4e5f6.js', {}, 404],
    ['a missing data file', '/data/mnist/t10k-images-idx3-ubyte.gz', {}, 404],
    ['a missing file', '/favicon.ico', {}, 404],
    ['a hidden file', '/.secret', {}, 404],
    ['a folder', '/assets/', {}, 404],
    ['a part of a file', '/assets/main-a1b2c3.js', { headers: { range: 'bytes=0-9' } }, 206],
    ['a write', '/assets/main-a1b2c3.js', { method: 'POST', body: 'x' }, 405],
    ['health', '/healthz', {}, 200],
  ])('sends every security header with %s', async (_name, path, init, status) => {
    const response = await fetch(server.url + path, init)
    await response.arrayBuffer()
    expect(response.status).toBe(status)
    for (const [name, value] of expected) expect(response.headers.get(name), name).toBe(value)
    expect(response.headers.get('server')).toBe('nginx')
  })

  it('sends them with a refused range too (where nginx runs its filters twice and doubles them)', async () => {
    const response = await fetch(`${server.url}/assets/main-a1b2c3.js`, {
      headers: { range: 'bytes=99999-' },
    })
    expect(response.status).toBe(416)
    for (const [name, value] of expected)
      expect([value, `${value}, ${value}`], name).toContain(response.headers.get(name))
  })

  it('sends them with an answer to a broken request too', async () => {
    const answer = await raw(server.port, 'GET / HTTP/1.1\r\n\r\n')
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
    for (const [name, value] of expected) expect(answer).toContain(`${name}: ${value}`)
  })

  it.each([
    ['/', 'no-cache'],
    ['/draw', 'no-cache'],
    ['/service-worker.js', 'no-cache'],
    ['/data/mnist/train-images-idx3-ubyte.gz', 'no-cache'],
    ['/assets/main-a1b2c3.js', 'public, max-age=31536000, immutable'],
    ['/assets/gone-d4e5f6.js', 'no-store'],
  ])('caches %s as %s', async (path, caching) => {
    const response = await fetch(server.url + path)
    await response.arrayBuffer()
    expect(response.headers.get('cache-control')).toBe(caching)
  })

  it('keeps caching and headers when a file has not changed', async () => {
    const url = `${server.url}/assets/main-a1b2c3.js`
    const etag = (await fetch(url)).headers.get('etag') ?? ''
    const again = await raw(
      server.port,
      `GET /assets/main-a1b2c3.js HTTP/1.1\r\nHost: x\r\nIf-None-Match: ${etag.replace('W/', '')}\r\nConnection: close\r\n\r\n`,
    )
    expect(again).toMatch(/^HTTP\/1\.1 304 /)
    expect(again).toContain('immutable')
    for (const [name, value] of expected) expect(again).toContain(`${name}: ${value}`)
  })

  it.each([
    ['/', 'text/html; charset=utf-8'],
    ['/assets/main-a1b2c3.js', 'text/javascript; charset=utf-8'],
    ['/assets/main-a1b2c3.css', 'text/css; charset=utf-8'],
    ['/assets/kernels-a1b2c3.wasm', 'application/wasm'],
    ['/data/mnist/train-images-idx3-ubyte.gz', 'application/gzip'],
  ])('types %s as %s', async (path, type) => {
    const response = await fetch(server.url + path)
    await response.arrayBuffer()
    expect(response.headers.get('content-type')).toBe(type)
  })

  it('compresses scripts on the way, and never data', async () => {
    const ask = (path: string) =>
      raw(
        server.port,
        `GET ${path} HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n`,
      )
    expect(await ask('/assets/main-a1b2c3.js')).toContain('Content-Encoding: gzip')
    expect(await ask('/data/mnist/train-images-idx3-ubyte.gz')).not.toContain('Content-Encoding')
    const whole = await fetch(`${server.url}/data/mnist/train-images-idx3-ubyte.gz`)
    expect(new Uint8Array(await whole.arrayBuffer())).toEqual(digits)
  })

  it('sends exactly the asked part of a data file', async () => {
    const response = await fetch(`${server.url}/data/mnist/train-images-idx3-ubyte.gz`, {
      headers: { range: 'bytes=100-199' },
    })
    expect(response.headers.get('content-range')).toBe('bytes 100-199/5000')
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(digits.slice(100, 200))
  })

  it.each([
    '/../nginx.conf',
    '/assets/../../nginx.conf',
    '/%2e%2e/nginx.conf',
    '/assets/..%2f..%2fnginx.conf',
    '/data/..%2f..%2f..%2fetc%2fpasswd',
    '//etc/passwd',
  ])('never leaves its folder for %s', async (path) => {
    const answer = await raw(server.port, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
    expect(answer).not.toContain('worker_processes')
    expect(answer).not.toContain('root:')
    expect(answer.startsWith('HTTP/1.1 4') || answer.endsWith(page)).toBe(true)
  })
})

/** Sends bytes as they are: fetch would tidy the path up first. */
function raw(port: number, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(request))
    socket.setEncoding('latin1')
    socket.on('data', (text: string) => (answer += text))
    socket.on('end', () => resolve(answer))
    socket.on('error', reject)
  })
}
