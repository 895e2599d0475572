import type { BundleCommand, BundleMessage } from '../protocol/bundle'
import type { Hello } from '../protocol/version'
import type { Listener } from './connection'
import { openWorker, type WorkerHandle } from './worker-handle'

/** A disposable worker: one per export or import, terminated after it, so that no foreign bytes outlive their answer. */
export function openBundleWorker(
  listener: Listener<Exclude<BundleMessage, Hello>>,
): WorkerHandle<BundleCommand> {
  const worker = new Worker(new URL('../../workers/bundle.worker.ts', import.meta.url), { type: 'module' })
  return openWorker<BundleCommand, BundleMessage>(worker, listener)
}
