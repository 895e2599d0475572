import { Dexie } from 'dexie'
import type { RunId } from '../domain/ids'
import type { StepMetrics } from '../domain/training/events'
import { metrics } from './database'
import { write } from './write'

export async function appendSteps(runId: RunId, steps: StepMetrics): Promise<void> {
  const { firstStep, loss, accuracy, learningRate, gradientNorm } = steps
  await write(metrics, [metrics.steps], async () => {
    await metrics.steps.put({ runId, firstStep, loss, accuracy, learningRate, gradientNorm })
  })
}

/** The stored curve of a run in chunks, by step; empty when nothing was stored. */
export async function readSteps(runId: RunId): Promise<Omit<StepMetrics, 'imagesPerSecond'>[]> {
  const rows = await metrics.steps.where('runId').equals(runId).sortBy('firstStep')
  return rows.map(({ firstStep, loss, accuracy, learningRate, gradientNorm }) => ({
    firstStep,
    loss,
    accuracy,
    learningRate,
    // Steps of before it was measured have none.
    gradientNorm: gradientNorm ?? new Float32Array(loss.length).fill(Number.NaN),
  }))
}

/** Drops the steps from `step` on: a resumed run makes them again, in other bursts. Bursts end where epochs end. */
export async function deleteStepsFrom(runId: RunId, step: number): Promise<void> {
  await write(metrics, [metrics.steps], async () => {
    await metrics.steps.where('[runId+firstStep]').between([runId, step], [runId, Dexie.maxKey]).delete()
  })
}

export async function deleteSteps(runIds: readonly RunId[]): Promise<void> {
  await write(metrics, [metrics.steps], async () => {
    await metrics.steps.where('runId').anyOf(runIds).delete()
  })
}
