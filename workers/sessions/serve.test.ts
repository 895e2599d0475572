import { afterEach, describe, expect, it } from 'vitest'
import { MNIST_PREPROCESS } from '../../src/domain/image/preprocess'
import type { IngestCommand, IngestEvent } from '../../src/protocol/ingest'
import { PROTOCOL_VERSION } from '../../src/protocol/version'
import { StorageError } from '../../src/storage/errors'
import { serve, SessionError, type Session } from './serve'

type Command = Exclude<IngestCommand, { kind: 'hello' }>
type Message = Exclude<IngestEvent, { kind: 'hello' }>

const open: MessagePort[] = []

afterEach(() => {
  for (const port of open.splice(0)) port.close()
})

/** A session behind a real MessageChannel; `next` waits for its next message. */
function channel(session: Session<Command, Message>) {
  const { port1, port2 } = new MessageChannel()
  open.push(port1, port2)
  serve<IngestCommand, IngestEvent>(port2, session)
  port2.start()
  const arrived: unknown[] = []
  let wake = () => {}
  port1.addEventListener('message', (event) => {
    arrived.push(event.data)
    wake()
  })
  port1.start()
  async function next(): Promise<unknown> {
    while (arrived.length === 0)
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    return arrived.shift()
  }
  return { port: port1, next }
}

const hello = { kind: 'hello', protocol: PROTOCOL_VERSION }

function failing(error: unknown): Session<Command, Message> {
  return { handle: () => Promise.reject(error as Error), failed: (wire) => ({ kind: 'failed', error: wire }) }
}

describe('serve', () => {
  it('greets, then handles commands, bytes moved in both directions', async () => {
    const { port, next } = channel({
      handle: async (command, post) => {
        if (command.kind !== 'inspect' || command.request.kind !== 'files') return
        const [file] = command.request.files
        const length = file!.bytes.byteLength
        post({ kind: 'progress', progress: { label: file!.name, done: length, total: null, unit: 'bytes' } })
      },
      failed: (error) => ({ kind: 'failed', error }),
    })
    port.postMessage(hello)
    expect(await next()).toEqual(hello)
    const bytes = new ArrayBuffer(1000)
    const request = { kind: 'files', files: [{ name: 'a', bytes }] } as const
    port.postMessage({ kind: 'inspect', request, preprocess: MNIST_PREPROCESS } satisfies IngestCommand, [
      bytes,
    ])
    expect(bytes.byteLength).toBe(0)
    expect(await next()).toMatchObject({ kind: 'progress', progress: { label: 'a', done: 1000 } })
  })

  it.each([
    ['an older protocol', { kind: 'hello', protocol: PROTOCOL_VERSION - 1 }],
    ['no hello at all', { kind: 'stop' }],
  ])('answers %s with its own version and handles nothing of that page', async (_, first) => {
    let handled = 0
    const { port, next } = channel({
      handle: async () => {
        handled++
      },
      failed: (error) => ({ kind: 'failed', error }),
    })
    port.postMessage(first)
    expect(await next()).toEqual(hello)
    port.postMessage({ kind: 'stop' })
    port.postMessage(hello)
    const echo = channel(failing(new Error('later')))
    echo.port.postMessage(hello)
    await echo.next()
    expect(handled).toBe(0)
  })

  it('turns what a command throws into a code, a message and a detail', async () => {
    for (const [error, expected] of [
      [new SessionError('bad-params', 'too big'), { code: 'bad-params', message: 'too big' }],
      [new StorageError('quota', 'full'), { code: 'quota', message: 'full' }],
      [
        new TypeError('x is undefined'),
        { code: 'internal', message: expect.stringContaining('x is undefined'), detail: expect.any(String) },
      ],
    ]) {
      const { port, next } = channel(failing(error))
      port.postMessage(hello)
      await next()
      port.postMessage({ kind: 'stop' })
      expect(await next()).toEqual({ kind: 'failed', error: expected })
    }
  })
})
