import type { ErrorCode, WireError } from '../../src/protocol/errors'
import { PROTOCOL_VERSION, type Hello } from '../../src/protocol/version'
import { StorageError } from '../../src/storage/errors'
import { EngineLostError, EngineUnavailableError, OutOfMemoryError } from '../engine/contract'

/** What a session needs of its worker's global scope; a MessagePort has it too. */
export interface Port {
  postMessage(message: unknown, transfer: Transferable[]): void
  addEventListener(type: 'message', listener: (event: MessageEvent<unknown>) => void): void
}

/** Sends one message; bytes named in `transfer` are moved, not copied. */
export type Post<Message> = (message: Message, transfer?: Transferable[]) => void

export interface Session<Command, Message> {
  /** Handles one command. Commands come in order, but a later one may come while an earlier one is still under way. */
  readonly handle: (command: Command, post: Post<Message>) => Promise<void>
  /** The message that tells of a command that threw. */
  readonly failed: (error: WireError, command: Command) => Message
}

/**
 * The one message loop of every worker: answers the first message with a hello, refuses a page of another build by handling
 * nothing it sends, and turns whatever a command throws into data.
 */
export function serve<Command extends { readonly kind: string }, Message extends { readonly kind: string }>(
  port: Port,
  session: Session<Exclude<Command, Hello>, Exclude<Message, Hello>>,
): void {
  let greeted = false
  let refused = false
  function post(message: Exclude<Message, Hello>, transfer: Transferable[] = []): void {
    port.postMessage(message, transfer)
  }
  port.addEventListener('message', (event) => {
    const command = event.data as Command | Hello
    if (!greeted) {
      greeted = true
      refused = !isHello(command) || command.protocol !== PROTOCOL_VERSION
      port.postMessage({ kind: 'hello', protocol: PROTOCOL_VERSION } satisfies Hello, [])
      return
    }
    if (refused || isHello(command)) return
    const known = command as Exclude<Command, Hello>
    session.handle(known, post).catch((error: unknown) => post(session.failed(wireError(error), known)))
  })
}

/** An expected failure with the code that the page acts on. Thrown across a session's stages, sent as data. */
export class SessionError extends Error {
  override readonly name = 'SessionError'
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string) {
    super(message)
    this.code = code
  }
}

/** A thrown error as the data that crosses threads. What was not foreseen is a bug and carries its stack. */
export function wireError(error: unknown): WireError {
  if (error instanceof SessionError || error instanceof StorageError)
    return { code: error.code, message: error.message }
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof EngineLostError)
    return { code: error.loss === 'lost' ? 'device-lost' : 'device-hung', message }
  if (error instanceof EngineUnavailableError) return { code: 'unsupported', message }
  if (error instanceof OutOfMemoryError) return { code: 'out-of-memory', message }
  return {
    code: 'internal',
    message: `This is a fault of the studio: ${message}. Reload the page and try again.`,
    ...(error instanceof Error && error.stack ? { detail: error.stack } : {}),
  }
}

function isHello(command: { readonly kind: string }): command is Hello {
  return command.kind === 'hello'
}
