import { afterEach, describe, expect, it } from 'vitest'
import type { WireError } from '../protocol/errors'
import type { PredictCommand, PredictMessage } from '../protocol/predict'
import { PROTOCOL_VERSION } from '../protocol/version'
import { parseVersionId } from '../domain/ids'
import { connect } from './connection'

const open: MessagePort[] = []

afterEach(() => {
  for (const port of open.splice(0)) port.close()
})

const hello = { kind: 'hello', protocol: PROTOCOL_VERSION } as const
const versionId = parseVersionId('m/1')
const load = { kind: 'load', versions: [versionId] } as const

/** A connection whose worker is the other port, played by the test. */
function channel() {
  const { port1, port2 } = new MessageChannel()
  open.push(port1, port2)
  const received: unknown[] = []
  const messages: PredictMessage[] = []
  const broken: WireError[] = []
  let wake = () => {}
  port2.addEventListener('message', (event) => {
    received.push(event.data)
    wake()
  })
  port2.start()
  const connection = connect<PredictCommand, PredictMessage>(port1, {
    onMessage: (message) => {
      messages.push(message)
      wake()
    },
    onBroken: (error) => {
      broken.push(error)
      wake()
    },
  })
  port1.start()
  async function until(holds: () => boolean): Promise<void> {
    while (!holds())
      await new Promise<void>((resolve) => {
        wake = resolve
      })
  }
  return { worker: port2, connection, received, messages, broken, until }
}

describe('connect', () => {
  it('says hello first and holds commands back until the worker has answered', async () => {
    const { worker, connection, received, messages, until } = channel()
    connection.post(load)
    await until(() => received.length === 1)
    expect(received).toEqual([hello])
    worker.postMessage(hello)
    await until(() => received.length === 2)
    expect(received[1]).toEqual(load)
    worker.postMessage({ kind: 'loaded', versionId } satisfies PredictMessage)
    await until(() => messages.length === 1)
    expect(messages).toEqual([{ kind: 'loaded', versionId }])
  })

  it('moves the bytes it is told to move', async () => {
    const { worker, connection, received, until } = channel()
    worker.postMessage(hello)
    const points = Float32Array.of(1, 2, 3, 4)
    const ink = { size: 280, strokes: [{ points, width: 20 }] }
    connection.post({ kind: 'read-ink', request: 1, ink }, [points.buffer])
    await until(() => received.length === 2)
    expect(points.length).toBe(0)
    expect(received[1]).toMatchObject({ ink: { strokes: [{ points: Float32Array.of(1, 2, 3, 4) }] } })
  })

  it.each([
    [
      'of another protocol',
      { kind: 'hello', protocol: PROTOCOL_VERSION + 1 },
      `protocol ${PROTOCOL_VERSION + 1}`,
    ],
    ['that does not greet', { kind: 'nothing-drawn', request: 1 }, 'a message "nothing-drawn"'],
  ])('refuses a worker %s, once, and sends it nothing', async (_, first, found) => {
    const { worker, connection, received, messages, broken, until } = channel()
    connection.post(load)
    worker.postMessage(first)
    await until(() => broken.length === 1)
    expect(broken[0]).toMatchObject({ code: 'protocol-mismatch' })
    expect(broken[0]?.message).toContain(found)
    worker.postMessage(hello)
    connection.post(load)
    const after = channel()
    await after.until(() => after.received.length === 1)
    expect([received, messages, broken.length]).toEqual([[hello], [], 1])
  })

  it('delivers nothing after it was closed', async () => {
    const { worker, connection, received, messages, until } = channel()
    await until(() => received.length === 1)
    connection.close()
    worker.postMessage(hello)
    worker.postMessage({ kind: 'loaded', versionId } satisfies PredictMessage)
    const after = channel()
    await after.until(() => after.received.length === 1)
    expect(messages).toEqual([])
  })
})
