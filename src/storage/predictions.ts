import type { LoggedPrediction } from '../domain/registry/traffic'
import { metrics } from './database'
import type { PredictionRow } from './rows'
import { write } from './write'

/** More than these are not kept: the oldest go. */
const KEPT = 20_000

export async function logPredictions(predictions: readonly LoggedPrediction[]): Promise<void> {
  await write(metrics, [metrics.predictions], async () => {
    await metrics.predictions.bulkAdd([...predictions])
    const excess = (await metrics.predictions.count()) - KEPT
    if (excess > 0) await metrics.predictions.orderBy('id').limit(excess).delete()
  })
}

/** The newest `limit`, oldest first. */
export async function listPredictions(limit: number = KEPT): Promise<PredictionRow[]> {
  return (await metrics.predictions.orderBy('id').reverse().limit(limit).toArray()).reverse()
}

export async function countPredictions(): Promise<number> {
  return metrics.predictions.count()
}

export async function clearPredictions(): Promise<void> {
  await write(metrics, [metrics.predictions], async () => {
    await metrics.predictions.clear()
  })
}

/** The number of the newest one, which grows with every answer; 0 where there is none. */
export async function newestPrediction(): Promise<number> {
  return (await metrics.predictions.orderBy('id').last())?.id ?? 0
}
