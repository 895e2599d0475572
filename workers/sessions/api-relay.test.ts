import { afterEach, describe, expect, it, vi } from 'vitest'
import type { ApiReply, RelayedCall, RelayedReply } from '../../src/protocol/serving'
import { answerInPage, isApiRequest, type RelayPage } from './api-relay'

const ORIGIN = 'http://studio.example'
const REPLY: ApiReply = { status: 200, headers: { 'Content-Type': 'application/json' }, body: '{"ok":true}' }

/** A page that answers, says that it will and does not, or is gone. */
function page(kind: 'lives' | 'silent' | 'gone', address = '/draw') {
  const asked: RelayedCall[] = []
  const ports: MessagePort[] = []
  const relayPage: RelayPage = {
    url: ORIGIN + address,
    postMessage(message, [port]) {
      asked.push(message as RelayedCall)
      const answer = port as MessagePort
      ports.push(answer)
      if (kind === 'gone') return
      answer.postMessage({ kind: 'taken' } satisfies RelayedReply)
      if (kind === 'lives') answer.postMessage({ kind: 'reply', reply: REPLY } satisfies RelayedReply)
    },
  }
  return { relayPage, asked, ports }
}

function ask(path: string, pages: readonly RelayPage[], init: RequestInit = {}) {
  return answerInPage(new Request(ORIGIN + path, init), () => Promise.resolve(pages))
}

afterEach(() => vi.useRealTimers())

describe('isApiRequest', () => {
  it('is for the API on this origin only', () => {
    expect(isApiRequest(`${ORIGIN}/predict?x=1`, ORIGIN)).toBe(true)
    expect(isApiRequest(`${ORIGIN}/v2/models/m/infer`, ORIGIN)).toBe(true)
    expect(isApiRequest('http://elsewhere.example/predict', ORIGIN)).toBe(false)
    for (const path of ['/', '/draw', '/api', '/assets/main.js', '/data/mnist/x.gz'])
      expect(isApiRequest(ORIGIN + path, ORIGIN), path).toBe(false)
  })
})

describe('answerInPage', () => {
  it('hands the request over whole and the answer back', async () => {
    const { relayPage, asked } = page('lives')
    const response = await ask('/predict', [relayPage], {
      method: 'POST',
      body: '{"image":[]}',
      headers: { 'content-type': 'application/json' },
    })
    expect([response.status, await response.text()]).toEqual([200, '{"ok":true}'])
    expect(asked[0]).toMatchObject({
      kind: 'api-call',
      call: { method: 'POST', path: '/predict', contentType: 'application/json' },
    })
    expect(new TextDecoder().decode(asked[0]?.call.body)).toBe('{"image":[]}')
  })

  it('asks the next page when one is gone', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const [gone, lives] = [page('gone'), page('lives')]
    const response = ask('/health', [gone.relayPage, lives.relayPage])
    await vi.waitUntil(() => gone.asked.length === 1)
    await vi.advanceTimersByTimeAsync(2_000)
    expect((await response).status).toBe(200)
  })

  it('says so when a page takes the request and does not answer', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { relayPage, asked, ports } = page('silent')
    const response = ask('/health', [relayPage])
    await vi.waitUntil(() => asked.length === 1)
    // The page's word has arrived once this message, sent after it, could be.
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
    await vi.advanceTimersByTimeAsync(30_000)
    expect((await response).status).toBe(503)
    for (const port of ports) port.close()
  })

  it('answers 503 with the way out where no page is open', async () => {
    const docs = page('lives', '/docs')
    for (const pages of [[], [docs.relayPage]]) {
      const response = await ask('/predict', pages, { method: 'POST', body: '{}' })
      expect(response.status).toBe(503)
      expect(await response.json()).toEqual({
        error: 'No page of the studio is open to answer: open it in another tab, and ask again',
      })
    }
    expect(docs.asked).toEqual([])
  })

  it('describes the API without any page', async () => {
    const response = await ask('/docs', [])
    expect(response.headers.get('content-type')).toContain('text/html')
    expect((await ask('/openapi.json', [], { method: 'HEAD' })).status).toBe(200)
  })

  it('refuses a body that is too large before it is handed over', async () => {
    const { relayPage, asked } = page('lives')
    const response = await ask('/predict/batch', [relayPage], {
      method: 'POST',
      body: new Uint8Array(9 * 1024 * 1024),
    })
    expect(response.status).toBe(413)
    expect(asked).toEqual([])
  })
})
