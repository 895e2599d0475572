import type { Dataset } from '../../src/domain/dataset/dataset'
import type { EpochMillis, RunId } from '../../src/domain/ids'
import type { Preprocess } from '../../src/domain/image/preprocess'
import { parameterCount } from '../../src/domain/model/counts'
import { findPreset } from '../../src/domain/model/presets'
import type { ModelSpec } from '../../src/domain/model/spec'
import type { EngineRecord, Run } from '../../src/domain/registry/records'
import type { ResumePoint } from '../../src/domain/training/events'
import { planSession } from '../../src/domain/training/plan'
import type { RecipeParams } from '../../src/domain/training/recipe'
import type { SessionPlan } from '../../src/domain/training/session'
import type { DoneBefore, TrainCommand } from '../../src/protocol/train'
import { readDataset } from '../../src/storage/datasets'
import { createRun } from '../../src/storage/runs'
import type { EngineHost, TrainingEngine } from '../engine/contract'
import { fitBatch } from '../engine/fit-batch'
import { SessionError } from './serve'
import { engineFor } from './session-engine'

export interface TrainHost {
  readonly engine: EngineHost
  readonly clock: () => EpochMillis
  /** Sixteen random bytes. */
  readonly randomBytes: () => Uint8Array
  /** Runs the body while nobody else can hold the run. */
  readonly hold: <Result>(runId: RunId, body: () => Promise<Result>) => Promise<Result>
  readonly appVersion: string
  /** Browser and platform, for the run's record. */
  readonly platform: string
}

/** A run that can begin, or go on. Its engine is the caller's to dispose of. */
export interface PreparedRun {
  readonly dataset: Dataset
  readonly plan: SessionPlan
  readonly engine: TrainingEngine
  readonly from: ResumePoint | null
  readonly before: DoneBefore | null
  readonly notes: readonly string[]
  /** Writes down that it begins. */
  readonly store: () => Promise<void>
}

type Start = Extract<TrainCommand, { kind: 'start' }>

/** A new run. @throws SessionError or StorageError when it cannot begin */
export async function prepareStart(id: RunId, start: Start, host: TrainHost): Promise<PreparedRun> {
  const dataset = await readDataset(start.datasetId)
  const preset = findPreset(start.params.train.preset)
  if (preset.kind === 'unknown') throw new SessionError('bad-params', preset.message)
  const { spec } = preset
  const { train, augment } = start.params
  const { made, notes } = await fitBatch(train.batch_size, async (batch_size) => {
    const params = { train: { ...train, batch_size }, augment }
    const plan = planFor(dataset, params, spec, dataset.record.preprocess)
    return { plan, engine: await engineFor(plan, host.engine, null) }
  })
  const { plan, engine } = made
  const store = () => createRun(runRecord(id, start, dataset, plan, { engine: engine.record, notes }, host))
  return { dataset, plan, engine, from: null, before: null, notes, store }
}

/** Everything that decides the bits; a recipe that does not fit the data is the person's to put right. */
export function planFor(
  dataset: Dataset,
  params: RecipeParams,
  spec: ModelSpec,
  preprocess: Preprocess,
): SessionPlan {
  try {
    return planSession(dataset, params, spec, preprocess)
  } catch (error) {
    throw error instanceof RangeError ? new SessionError('bad-params', error.message) : error
  }
}

function runRecord(
  id: RunId,
  start: Start,
  { record }: Dataset,
  plan: SessionPlan,
  { engine, notes }: { readonly engine: EngineRecord; readonly notes: readonly string[] },
  host: TrainHost,
): Run {
  return {
    id,
    name: start.runName,
    status: { state: 'running', startedAt: host.clock() },
    params: plan.params,
    augment: plan.augment,
    spec: plan.spec,
    parameterCount: parameterCount(plan.spec),
    dataset: { id: record.id, name: record.name, digest: record.digest },
    preprocess: plan.preprocess,
    engine,
    appVersion: host.appVersion,
    host: host.platform,
    epochs: [],
    ...(notes.length > 0 ? { notes } : {}),
    ...(start.origin ? { origin: start.origin } : {}),
  }
}
