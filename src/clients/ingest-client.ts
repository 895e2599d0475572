import type { IngestCommand, IngestEvent } from '../protocol/ingest'
import type { Hello } from '../protocol/version'
import type { Listener } from './connection'
import { openWorker, type WorkerHandle } from './worker-handle'

/** A disposable worker: one per ingest, terminated after it, so that no import of foreign bytes outlives its answer. */
export function openIngestWorker(
  listener: Listener<Exclude<IngestEvent, Hello>>,
): WorkerHandle<IngestCommand> {
  const worker = new Worker(new URL('../../workers/ingest.worker.ts', import.meta.url), { type: 'module' })
  return openWorker<IngestCommand, IngestEvent>(worker, listener)
}
