import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { parameterTable } from '../src/domain/model/parameters'
import { engineBuild } from '../src/domain/registry/engine'
import type { EngineRecord, Run } from '../src/domain/registry/records'
import type { Checkpoint } from '../src/domain/training/events'
import type { SessionPlan } from '../src/domain/training/session'
import { jsonText, readOutput, writeAtomically } from './files'
import { bytesOfFloats, floatsOfBytes } from './float-bytes'
import { digestNow } from './host'
import { done, type Result, usage } from './problem'

const FOLDER = 'checkpoint'
const FORMAT = 'mnist-studio-checkpoint-1'

/** What an interrupted training needs to continue to the same bits. */
interface CheckpointRecord {
  readonly format: typeof FORMAT
  readonly epoch: number
  readonly sha256: { readonly weights: string; readonly optimizer: string }
  /** As it was after that epoch. */
  readonly run: Run
}

export interface Resumable {
  readonly checkpoint: Checkpoint
  readonly run: Run
}

export async function saveCheckpoint(out: string, run: Run, checkpoint: Checkpoint): Promise<void> {
  const weights = bytesOfFloats(checkpoint.weights)
  const optimizer = bytesOfFloats(checkpoint.optimizer)
  const record: CheckpointRecord = {
    format: FORMAT,
    epoch: checkpoint.epoch,
    sha256: { weights: digestNow(weights), optimizer: digestNow(optimizer) },
    run,
  }
  // Content has its epoch in its name, so that the record and what it names change together.
  await writeAtomically(
    join(out, FOLDER),
    new Map<string, string | Uint8Array>([
      [`weights-${checkpoint.epoch}.bin`, weights],
      [`optimizer-${checkpoint.epoch}.bin`, optimizer],
      ['checkpoint.json', jsonText(record)],
    ]),
  )
  for (const kind of ['weights', 'optimizer'])
    await rm(join(out, FOLDER, `${kind}-${checkpoint.epoch - 1}.bin`), { force: true })
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
  const text = await readOutput(folder, 'checkpoint.json', wayOut)
  if (!text.ok) return done(null)
  const record = parseRecord(text.value.toString())
  if (record === null) return usage('damaged', `${folder}/checkpoint.json is not a checkpoint. ${wayOut}`)

  const difference = differenceOf(record.run, plan, engine)
  if (difference !== null)
    return usage('bad-params', `The checkpoint in ${folder} is of another training: ${difference}. ${wayOut}`)

  const weights = await readOutput(folder, `weights-${record.epoch}.bin`, wayOut)
  if (!weights.ok) return weights
  const optimizer = await readOutput(folder, `optimizer-${record.epoch}.bin`, wayOut)
  if (!optimizer.ok) return optimizer
  const whole =
    digestNow(weights.value) === record.sha256.weights &&
    digestNow(optimizer.value) === record.sha256.optimizer &&
    weights.value.length === parameterTable(plan.spec).total * 4
  if (!whole) return usage('damaged', `The checkpoint in ${folder} is damaged. ${wayOut}`)
  return done({
    run: record.run,
    checkpoint: {
      epoch: record.epoch,
      weights: floatsOfBytes(weights.value),
      optimizer: floatsOfBytes(optimizer.value),
      average: null,
    },
  })
}

function parseRecord(text: string): CheckpointRecord | null {
  try {
    const record = JSON.parse(text) as CheckpointRecord
    return record.format === FORMAT && Number.isInteger(record.epoch) && record.run.params !== undefined
      ? record
      : null
  } catch {
    return null
  }
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
  return null
}
