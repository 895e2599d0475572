import { openIngestWorker } from '../clients/ingest-client'
import type { DatasetId } from '../domain/ids'
import type { IngestProgress } from '../protocol/ingest'
import type { Decision } from './decision'

/**
 * A stored split as the reference pipeline's Parquet, written in a worker of its own.
 *
 * @param signal ends it; the answer is then `stopped`
 */
export function exportSplit(
  datasetId: DatasetId,
  split: 'train' | 'test',
  onProgress: (progress: IngestProgress) => void,
  signal: AbortSignal,
): Promise<Decision<Uint8Array<ArrayBuffer>>> {
  return new Promise((resolve) => {
    function end(answer: Decision<Uint8Array<ArrayBuffer>>): void {
      signal.removeEventListener('abort', stop)
      worker.terminate()
      resolve(answer)
    }
    function stop(): void {
      end({ ok: false, error: { code: 'stopped', message: 'The export was stopped.' } })
    }
    const worker = openIngestWorker({
      onMessage(event) {
        if (event.kind === 'progress') onProgress(event.progress)
        else if (event.kind === 'exported') end({ ok: true, value: event.bytes })
        else if (event.kind === 'failed') end({ ok: false, error: event.error })
        else if (event.kind === 'stopped') stop()
      },
      onBroken: (error) => end({ ok: false, error }),
    })
    signal.addEventListener('abort', stop)
    worker.post({ kind: 'export', datasetId, split })
  })
}
