import type { RunId } from '../domain/ids'
import type { RunLogLine } from '../domain/registry/run-log'
import { metrics } from './database'
import { write } from './write'

export async function appendRunLog(lines: readonly RunLogLine[]): Promise<void> {
  await write(metrics, [metrics.logs], async () => {
    await metrics.logs.bulkPut([...lines])
  })
}

/** In the order they were written. */
export async function readRunLog(runId: RunId): Promise<RunLogLine[]> {
  return metrics.logs.where('runId').equals(runId).sortBy('sequence')
}
