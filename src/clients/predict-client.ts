import type { PredictCommand, PredictMessage } from '../protocol/predict'
import type { Hello } from '../protocol/version'
import type { Listener } from './connection'
import { openWorker, type WorkerHandle } from './worker-handle'

/** One worker for as long as the page draws; it holds one loaded model. */
export function openPredictWorker(
  listener: Listener<Exclude<PredictMessage, Hello>>,
): WorkerHandle<PredictCommand> {
  const worker = new Worker(new URL('../../workers/predict.worker.ts', import.meta.url), { type: 'module' })
  return openWorker<PredictCommand, PredictMessage>(worker, listener)
}
