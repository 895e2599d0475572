import type { WireError } from '../protocol/errors'
import type { Hello } from '../protocol/version'
import { connect, type Listener } from './connection'

/** A live worker. Whoever asked for it terminates it. */
export interface WorkerHandle<Command> {
  post(command: Command, transfer?: Transferable[]): void
  /** Hard stop: the worker is gone at once, with whatever it was doing. */
  terminate(): void
}

/** Wires a new worker to a listener; a worker that cannot start or throws outside its message loop breaks the connection. */
export function openWorker<
  Command extends { readonly kind: string },
  Message extends { readonly kind: string },
>(worker: Worker, listener: Listener<Exclude<Message, Hello>>): WorkerHandle<Command> {
  let alive = true
  function onBroken(error: WireError): void {
    if (!alive) return
    alive = false
    worker.terminate()
    listener.onBroken(error)
  }
  const connection = connect<Command, Message>(worker, { onMessage: listener.onMessage, onBroken })
  worker.addEventListener('error', (event) => {
    event.preventDefault()
    const where = event.filename ? ` (${event.filename}:${event.lineno})` : ''
    onBroken({
      code: 'internal',
      message: event.message
        ? `The worker stopped on an error: ${event.message}${where}. Reload the page and try again.`
        : 'The worker could not be started. Reload the page; if it stays so, its script could not be loaded.',
    })
  })
  return {
    post: (command, transfer) => connection.post(command, transfer),
    terminate() {
      alive = false
      connection.close()
      worker.terminate()
    },
  }
}
