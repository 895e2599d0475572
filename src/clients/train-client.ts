import type { TrainCommand, TrainMessage } from '../protocol/train'
import type { Hello } from '../protocol/version'
import type { Listener } from './connection'
import { openWorker, type WorkerHandle } from './worker-handle'

/** One worker per run: its memory goes with it. */
export function openTrainWorker(
  listener: Listener<Exclude<TrainMessage, Hello>>,
): WorkerHandle<TrainCommand> {
  const worker = new Worker(new URL('../../workers/train.worker.ts', import.meta.url), { type: 'module' })
  return openWorker<TrainCommand, TrainMessage>(worker, listener)
}
