import type { ReplayCommand, ReplayMessage } from '../protocol/replay'
import type { Hello } from '../protocol/version'
import type { Listener } from './connection'
import { openWorker, type WorkerHandle } from './worker-handle'

/** A training worker that compares instead of keeping; one per replay. */
export function openReplayWorker(
  listener: Listener<Exclude<ReplayMessage, Hello>>,
): WorkerHandle<ReplayCommand> {
  const worker = new Worker(new URL('../../workers/train.worker.ts', import.meta.url), { type: 'module' })
  return openWorker<ReplayCommand, ReplayMessage>(worker, listener)
}
