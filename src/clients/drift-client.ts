import type { DriftCommand, DriftMessage } from '../protocol/drift'
import type { Hello } from '../protocol/version'
import type { Listener } from './connection'
import { openWorker, type WorkerHandle } from './worker-handle'

/** A disposable worker: one for each look for drift, since it may read somebody's files. */
export function openDriftWorker(
  listener: Listener<Exclude<DriftMessage, Hello>>,
): WorkerHandle<DriftCommand> {
  const worker = new Worker(new URL('../../workers/drift.worker.ts', import.meta.url), { type: 'module' })
  return openWorker<DriftCommand, DriftMessage>(worker, listener)
}
