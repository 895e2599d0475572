import { Dexie } from 'dexie'
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

/** The number of the line to come: one more than the last stored one's. */
export async function nextLogSequence(runId: RunId): Promise<number> {
  const last = await metrics.logs
    .where('[runId+sequence]')
    .between([runId, Dexie.minKey], [runId, Dexie.maxKey])
    .last()
  return last === undefined ? 0 : last.sequence + 1
}

export async function deleteRunLogs(runIds: readonly RunId[]): Promise<void> {
  await write(metrics, [metrics.logs], async () => {
    await metrics.logs.where('runId').anyOf(runIds).delete()
  })
}
