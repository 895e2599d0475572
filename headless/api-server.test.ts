import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CASES, expectConforming, requestBody, requestHeaders } from '../workers/serving/conformance.testing'
import { testService } from '../workers/serving/service.testing'
import { type ApiServer, type RequestEntry, startApiServer } from './api-server'

let server: ApiServer
const log: RequestEntry[] = []

beforeAll(async () => {
  const { service } = testService()
  server = await startApiServer(service, {
    host: '127.0.0.1',
    port: 0,
    timeoutSeconds: 5,
    onAnswer: (entry) => log.push(entry),
  })
})
afterAll(() => server.stop())

describe('the conformance list, over HTTP', () => {
  it.each(CASES)('$method $path: $name', async (wanted) => {
    const body = requestBody(wanted)
    const response = await fetch(server.url + wanted.path, {
      method: wanted.method,
      headers: requestHeaders(wanted),
      ...(body === undefined ? {} : { body }),
    })
    expectConforming(wanted, {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: await response.text(),
    })
  })
})

/** Sends bytes as they are and gives the answer up to the connection's end. */
function raw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1', () => socket.write(text))
    socket.setEncoding('latin1')
    socket.on('data', (part: string) => (answer += part))
    socket.on('end', () => resolve(answer))
    socket.on('error', reject)
  })
}

const HEAD = 'POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n'

describe('startApiServer', () => {
  it('refuses a body of 100 MB by its announced length, without waiting for it', async () => {
    const answer = await raw(`${HEAD}Content-Length: 100000000\r\n\r\n{"image":`)
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
    expect(answer).toContain('Connection: close')
    expect(answer).toContain('{"error":"Expected a body of at most 8388608 bytes')
  })

  it('refuses an endless body once it is too long', async () => {
    const chunk = `100000\r\n${' '.repeat(0x10_0000)}\r\n`
    const answer = await raw(`${HEAD}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(9)}`)
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
  })

  it('answers what is no HTTP with 400', async () => {
    expect(await raw('hello\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /)
  })

  it.each(['/../package.json', '/%2e%2e/package.json', '//etc/passwd', '/docs/../../package.json'])(
    'has no files: %s',
    async (path) => {
      const answer = await raw(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
      expect(answer).toMatch(/^HTTP\/1\.1 404 /)
    },
  )

  it('allows no other site’s page to ask or to read', async () => {
    const response = await fetch(`${server.url}/predict`, {
      method: 'OPTIONS',
      headers: { origin: 'https://elsewhere.example', 'access-control-request-method': 'POST' },
    })
    expect(response.status).toBe(405)
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
    expect(response.headers.get('cross-origin-resource-policy')).toBe('same-origin')
  })

  it('leaves the query out, and tells of every answer', async () => {
    const before = log.length
    await (await fetch(`${server.url}/health?probe=1`)).arrayBuffer()
    expect(log.slice(before)).toEqual([
      { method: 'GET', path: '/health', status: 200, milliseconds: expect.any(Number) as number },
    ])
  })

  it('answers what is under way before it stops, and nobody afterwards', async () => {
    let release = (): void => {}
    const asked = new Promise<void>((resolve) => {
      release = resolve
    })
    let seen = (): void => {}
    const arrived = new Promise<void>((resolve) => {
      seen = resolve
    })
    const { service } = testService({
      gauges: async () => {
        seen()
        await asked
        return { drift: [], feedback: null, trainLoss: null, storageBytes: null }
      },
    })
    const other = await startApiServer(service, {
      host: '127.0.0.1',
      port: 0,
      timeoutSeconds: 5,
      onAnswer: () => {},
    })
    const answer = fetch(`${other.url}/metrics`)
    await arrived
    const stopped = other.stop()
    release()
    expect((await answer).status).toBe(200)
    await stopped
    await expect(fetch(`${other.url}/health`)).rejects.toThrow()
  })
})
