import type { EvaluateCommand, EvaluateMessage } from '../protocol/evaluate'
import type { Hello } from '../protocol/version'
import type { Listener } from './connection'
import { openWorker, type WorkerHandle } from './worker-handle'

/** A worker that measures models; it holds none of them between two questions. */
export function openEvaluateWorker(
  listener: Listener<Exclude<EvaluateMessage, Hello>>,
): WorkerHandle<EvaluateCommand> {
  const worker = new Worker(new URL('../../workers/evaluate.worker.ts', import.meta.url), { type: 'module' })
  return openWorker<EvaluateCommand, EvaluateMessage>(worker, listener)
}
