import type { WireError } from '../protocol/errors'
import { PROTOCOL_VERSION, type Hello } from '../protocol/version'

/** What a connection needs of a worker; a MessagePort has it too, so the protocol is tested without a worker. */
export interface Wire {
  postMessage(message: unknown, transfer: Transferable[]): void
  addEventListener(type: 'message' | 'messageerror', listener: (event: MessageEvent<unknown>) => void): void
}

/** One end of a worker's protocol. Commands posted before the worker has said hello wait for it. */
export interface Connection<Command> {
  post(command: Command, transfer?: Transferable[]): void
  /** Nothing is delivered afterwards. */
  close(): void
}

export interface Listener<Message> {
  readonly onMessage: (message: Message) => void
  /** The worker cannot be used any more; called at most once. */
  readonly onBroken: (error: WireError) => void
}

/**
 * Opens the protocol on a wire: says hello, waits for the worker's hello, and refuses a worker of another build.
 * The worker's messages are trusted to be `Message` once the protocol versions agree.
 */
export function connect<Command extends { readonly kind: string }, Message extends { readonly kind: string }>(
  wire: Wire,
  listener: Listener<Exclude<Message, Hello>>,
): Connection<Command> {
  let phase: 'greeting' | 'open' | 'closed' = 'greeting'
  const waiting: { command: Command; transfer: Transferable[] }[] = []

  function breakOff(error: WireError): void {
    if (phase === 'closed') return
    phase = 'closed'
    waiting.length = 0
    listener.onBroken(error)
  }

  function greet(message: { readonly kind: string }): void {
    if (!isHello(message) || message.protocol !== PROTOCOL_VERSION) {
      const found = isHello(message) ? `protocol ${message.protocol}` : `a message "${message.kind}"`
      breakOff({
        code: 'protocol-mismatch',
        message: `This page speaks protocol ${PROTOCOL_VERSION}, its worker sent ${found}: they are of different builds. Reload the page.`,
      })
      return
    }
    phase = 'open'
    for (const { command, transfer } of waiting.splice(0)) wire.postMessage(command, transfer)
  }

  wire.addEventListener('message', (event) => {
    const message = event.data as Exclude<Message, Hello>
    if (phase === 'greeting') greet(message)
    else if (phase === 'open') listener.onMessage(message)
  })
  wire.addEventListener('messageerror', () => {
    breakOff({ code: 'internal', message: 'A message of the worker could not be read. Reload the page.' })
  })
  wire.postMessage({ kind: 'hello', protocol: PROTOCOL_VERSION } satisfies Hello, [])

  return {
    post(command, transfer = []) {
      if (phase === 'open') wire.postMessage(command, transfer)
      else if (phase === 'greeting') waiting.push({ command, transfer })
    },
    close() {
      phase = 'closed'
      waiting.length = 0
    },
  }
}

function isHello(message: { readonly kind: string }): message is Hello {
  return message.kind === 'hello'
}
