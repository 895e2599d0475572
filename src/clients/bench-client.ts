import type { BenchCommand, BenchMessage } from '../protocol/bench'
import type { Hello } from '../protocol/version'
import type { Listener } from './connection'
import { openWorker, type WorkerHandle } from './worker-handle'

/** One worker a benchmark: terminating it ends every engine that it measures. */
export function openBenchWorker(
  listener: Listener<Exclude<BenchMessage, Hello>>,
): WorkerHandle<BenchCommand> {
  const worker = new Worker(new URL('../../workers/bench.worker.ts', import.meta.url), { type: 'module' })
  return openWorker<BenchCommand, BenchMessage>(worker, listener)
}
