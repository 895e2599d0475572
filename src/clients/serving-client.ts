import type { ServingCommand, ServingMessage } from '../protocol/serving'
import type { Hello } from '../protocol/version'
import type { Listener } from './connection'
import { openWorker, type WorkerHandle } from './worker-handle'

/** One worker a page, from the first request to the inference API on; it holds the version that answers. */
export function openServingWorker(
  listener: Listener<Exclude<ServingMessage, Hello>>,
): WorkerHandle<ServingCommand> {
  const worker = new Worker(new URL('../../workers/serving.worker.ts', import.meta.url), { type: 'module' })
  return openWorker<ServingCommand, ServingMessage>(worker, listener)
}
