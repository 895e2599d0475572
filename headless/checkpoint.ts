import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sha256 } from '../src/domain/ids'
import { parameterTable } from '../src/domain/model/parameters'
import { engineBuild } from '../src/domain/registry/engine'
import type { EngineRecord, Run } from '../src/domain/registry/records'
import type { ResumePoint } from '../src/domain/training/events'
import type { SessionPlan } from '../src/domain/training/session'
import { jsonText, readOutput, writeAtomically } from './files'
import { bytesOfFloats, floatsOfBytes } from './float-bytes'
import { digestNow } from './host'
import { done, type Result, usage } from './problem'

const FOLDER = 'checkpoint'
const RECORD = 'checkpoint.json'
const FORMAT = 'mnist-studio-checkpoint-2'

/** What an interrupted training needs to continue to the same bits. */
interface CheckpointRecord {
  readonly format: typeof FORMAT
  readonly epoch: number
  /** Of the files `<part>-<epoch>.bin`; the average only where the recipe keeps one. */
  readonly sha256: { readonly weights: Sha256; readonly optimizer: Sha256; readonly average: Sha256 | null }
  /** Of `best-<epoch>.bin`: the best epoch's weights where the run is to end with them and it is an earlier epoch. */
  readonly best: { readonly epoch: number; readonly sha256: Sha256 } | null
  /** As it was after that epoch. */
  readonly run: Run
}

export interface Resumable {
  readonly from: ResumePoint
  readonly run: Run
}

/** Keeps where a run can be resumed; what was kept before gives way to it. */
export async function saveCheckpoint(
  out: string,
  run: Run,
  from: Omit<ResumePoint, 'epochs'>,
): Promise<void> {
  const { epoch, ...state } = from.checkpoint
  const weights = bytesOfFloats(state.weights)
  const optimizer = bytesOfFloats(state.optimizer)
  const average = state.average && bytesOfFloats(state.average)
  const best = from.best && { epoch: from.best.epoch, bytes: bytesOfFloats(from.best.weights) }
  const record: CheckpointRecord = {
    format: FORMAT,
    epoch,
    sha256: {
      weights: digestNow(weights),
      optimizer: digestNow(optimizer),
      average: average && digestNow(average),
    },
    best: best && { epoch: best.epoch, sha256: digestNow(best.bytes) },
    run,
  }
  // Content has its epoch in its name, so that the record and what it names change together.
  const outputs = new Map<string, string | Uint8Array>([
    [`weights-${epoch}.bin`, weights],
    [`optimizer-${epoch}.bin`, optimizer],
  ])
  if (average !== null) outputs.set(`average-${epoch}.bin`, average)
  if (best !== null) outputs.set(`best-${best.epoch}.bin`, best.bytes)
  outputs.set(RECORD, jsonText(record))
  const folder = join(out, FOLDER)
  await writeAtomically(folder, outputs)
  for (const name of await readdir(folder))
    if (!outputs.has(name)) await rm(join(folder, name), { force: true })
}

export async function removeCheckpoint(out: string): Promise<void> {
  await rm(join(out, FOLDER), { recursive: true, force: true })
}

/** The checkpoint of `out` if it is of this very training; null where there is none. */
export async function readCheckpoint(
  out: string,
  plan: SessionPlan,
  engine: EngineRecord,
): Promise<Result<Resumable | null>> {
  const folder = join(out, FOLDER)
  const wayOut = 'Leave out --resume to start from the beginning.'
  const text = await readOutput(folder, RECORD, wayOut)
  if (!text.ok) return done(null)
  const read = readRecord(text.value.toString(), `${folder}/${RECORD}`, wayOut)
  if (!read.ok) return read
  const record = read.value
  const difference = differenceOf(record.run, plan, engine)
  if (difference !== null)
    return usage('bad-params', `The checkpoint in ${folder} is of another training: ${difference}. ${wayOut}`)

  const { epoch, sha256, best } = record
  const { total } = parameterTable(plan.spec)
  const part = (name: string, digest: Sha256) => readPart(folder, name, digest, wayOut)
  const weights = await part(`weights-${epoch}.bin`, sha256.weights)
  if (!weights.ok) return weights
  const optimizer = await part(`optimizer-${epoch}.bin`, sha256.optimizer)
  if (!optimizer.ok) return optimizer
  const average = sha256.average === null ? done(null) : await part(`average-${epoch}.bin`, sha256.average)
  if (!average.ok) return average
  const bestWeights = best === null ? done(null) : await part(`best-${best.epoch}.bin`, best.sha256)
  if (!bestWeights.ok) return bestWeights
  for (const floats of [weights.value, average.value, bestWeights.value])
    if (floats !== null && floats.length !== total)
      return usage('damaged', `The checkpoint in ${folder} is of another model. ${wayOut}`)
  const checkpoint = { epoch, weights: weights.value, optimizer: optimizer.value, average: average.value }
  const from = {
    checkpoint,
    epochs: record.run.epochs,
    best: best && bestWeights.value && { epoch: best.epoch, weights: bestWeights.value },
  }
  return done({ run: record.run, from })
}

async function readPart(
  folder: string,
  name: string,
  digest: Sha256,
  wayOut: string,
): Promise<Result<Float32Array>> {
  const bytes = await readOutput(folder, name, wayOut)
  if (!bytes.ok) return bytes
  if (digestNow(bytes.value) !== digest)
    return usage('damaged', `The checkpoint in ${folder} is damaged: ${name} holds other bytes. ${wayOut}`)
  return done(floatsOfBytes(bytes.value))
}

function readRecord(text: string, file: string, wayOut: string): Result<CheckpointRecord> {
  let record: CheckpointRecord | { readonly format?: unknown }
  try {
    record = JSON.parse(text) as typeof record
  } catch {
    return usage('damaged', `${file} is not a checkpoint. ${wayOut}`)
  }
  if (!isOfFormat(record))
    return usage(
      'damaged',
      `${file} has the format ${String(record.format)}, this version of the studio continues from ${FORMAT}. ${wayOut}`,
    )
  return done(record)
}

function isOfFormat(record: { readonly format?: unknown }): record is CheckpointRecord {
  return record.format === FORMAT
}

/** Why a run cannot be continued by a plan, or null. Everything that decides bits must be the same. */
function differenceOf(run: Run, plan: SessionPlan, engine: EngineRecord): string | null {
  if (run.dataset.digest !== plan.datasetDigest) return 'its dataset has another digest'
  const ranOn = engineBuild(run.engine)
  if (ranOn !== engineBuild(engine)) return `it ran on ${ranOn}, this is ${engineBuild(engine)}`
  if (JSON.stringify(run.preprocess) !== JSON.stringify(plan.preprocess)) return 'its preprocessing differs'
  for (const [key, value] of Object.entries(plan.params)) {
    // The same bits come from any number of threads.
    if (key === 'threads') continue
    const found = Object.entries(run.params).find(([name]) => name === key)?.[1]
    if (found !== value) return `its train.${key} is ${String(found)}, asked for is ${value}`
  }
  for (const [key, value] of Object.entries(plan.augment)) {
    const found = Object.entries(run.augment).find(([name]) => name === key)?.[1]
    if (found !== value) return `its augment.${key} is ${String(found)}, asked for is ${value}`
  }
  return null
}
