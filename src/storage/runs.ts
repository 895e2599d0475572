import type { EpochMillis, RunId, VersionId } from '../domain/ids'
import type { Run, RunInterruption, RunResult, RunResume, VersionOrigin } from '../domain/registry/records'
import { isEnded, reduceRun } from '../domain/registry/run'
import type { EpochMetrics } from '../domain/training/events'
import { blobHolders, prepareBlob, readBlob, sweepBlobs, wholeOrNull } from './blobs'
import { prepareCheckpoint, putCheckpoint, type NewCheckpoint } from './checkpoints'
import { studio } from './database'
import { StorageError } from './errors'
import { commitRegistration, prepareRegistration, registryTables, retryRaced } from './registry'
import type { RunDecisionRow, RunRow } from './rows'
import { deleteRunLogs } from './run-logs'
import { deleteSteps } from './steps'
import { decodeTestPredictions, encodeTestPredictions, type TestPredictions } from './test-predictions'
import { write } from './write'

/** The first finished run becomes version 1 of this model, under this alias. */
export const FIRST_MODEL = 'mnist-classifier'
export const FIRST_ALIAS = 'champion'

const UNDECIDED: Omit<RunDecisionRow, 'runId'> = {
  name: null,
  deletedAt: null,
  archivedAt: null,
  note: '',
  tags: {},
}

/** A run as a person sees it: renamed by them, maybe deleted by them. */
export interface StoredRun extends Run {
  readonly deletedAt: EpochMillis | null
  readonly archivedAt: EpochMillis | null
  readonly note: string
  readonly tags: Readonly<Record<string, string>>
}

export async function createRun(run: Run): Promise<void> {
  const row: RunRow = { ...run, testPredictionsSha256: null, blobs: [] }
  await write(studio, [studio.runs], async () => {
    await studio.runs.add(row)
  })
}

/** Keeps an epoch's figures and the checkpoint after it in one transaction. */
export async function recordEpoch(
  runId: RunId,
  metrics: EpochMetrics,
  checkpoint: NewCheckpoint,
): Promise<void> {
  const prepared = await prepareCheckpoint(runId, checkpoint)
  await write(studio, [studio.blobs, ...blobHolders(studio)], async () => {
    const row = await existing(runId)
    await studio.runs.put({ ...row, ...reduceRun(row, { kind: 'epoch', metrics }) })
    await putCheckpoint(studio, prepared)
  })
}

/** Takes up an interrupted run: what was kept of it after the checkpoint it goes on from goes, and the resume is noted. */
export async function resumeRun(runId: RunId, resume: RunResume): Promise<void> {
  await write(studio, [studio.blobs, ...blobHolders(studio)], async () => {
    const row = await existing(runId)
    await studio.runs.put({ ...row, ...reduceRun(row, { kind: 'resumed', resume }) })
    await deleteCheckpoints([runId], resume.fromEpoch)
  })
}

export interface FinishedRun {
  readonly runId: RunId
  readonly outcome: 'completed' | 'stopped'
  readonly at: EpochMillis
  readonly result: RunResult
  /** The little-endian float32 bytes that `result.weightsSha256` is the digest of. */
  readonly weights: Uint8Array
  readonly testPredictions: TestPredictions
  /** What `result.goldenSha256` is the digest of (`metrics/golden`). */
  readonly golden: Uint8Array
}

/**
 * Ends a run: its result, weights and test predictions, and (for the very first run that learned something) model version 1
 * with its alias and events, all in one transaction. Returns that version's id, or null.
 */
export async function finishRun(finished: FinishedRun): Promise<VersionId | null> {
  const { runId, outcome, at, result } = finished
  const weights = await prepareBlob(finished.weights)
  if (weights.sha256 !== result.weightsSha256)
    throw new StorageError(
      'damaged',
      `The weights to be saved have SHA-256 ${weights.sha256}, the run says ${result.weightsSha256}. Nothing was saved; train again.`,
    )
  const predictions = await prepareBlob(encodeTestPredictions(finished.testPredictions))
  const golden = await prepareBlob(finished.golden)
  return retryRaced(async () => {
    const before = await existing(runId)
    const kept = { ...result, goldenSha256: golden.sha256 }
    const ended = reduceRun(before, { kind: 'ended', outcome, at, result: kept })
    const learned = result.stepsDone > 0 && isEnded(ended)
    // What a pipeline or a retraining trains, its gate decides about.
    const first = learned && !isGated(ended) && (await studio.versions.count()) === 0
    const registration = first
      ? await prepareRegistration(FIRST_MODEL, ended, at, 'The first finished run of this studio', {
          alias: FIRST_ALIAS,
        })
      : null
    const row: RunRow = {
      ...before,
      ...ended,
      testPredictionsSha256: predictions.sha256,
      blobs: [weights.sha256, predictions.sha256, golden.sha256],
    }
    await write(studio, [studio.blobs, ...blobHolders(studio), ...registryTables(studio)], async () => {
      await studio.blobs.bulkPut([weights, predictions, golden])
      await studio.runs.put(row)
      if (registration) await commitRegistration(studio, registration)
      if (outcome === 'completed') await deleteCheckpoints([runId])
    })
    return registration?.version.id ?? null
  })
}

export async function failRun(runId: RunId, at: EpochMillis, code: string, message: string): Promise<void> {
  await write(studio, [studio.runs], async () => {
    const row = await existing(runId)
    await studio.runs.put({ ...row, ...reduceRun(row, { kind: 'failed', at, code, message }) })
  })
}

/** Notes why nobody goes on with a run; it can be resumed. */
export async function interruptRun(runId: RunId, interruption: RunInterruption): Promise<void> {
  await write(studio, [studio.runs], async () => {
    const row = await existing(runId)
    await studio.runs.put({ ...row, ...reduceRun(row, { kind: 'interrupted', interruption }) })
  })
}

/** Newest first, deleted ones too. */
export async function listRuns(): Promise<StoredRun[]> {
  const [rows, decisions] = await Promise.all([studio.runs.toArray(), studio.runDecisions.toArray()])
  const byRun = new Map(decisions.map((decision) => [decision.runId, decision]))
  return rows
    .map((row) => asSeen(row, byRun.get(row.id)))
    .sort((a, b) => b.status.startedAt - a.status.startedAt)
}

export async function getRun(id: RunId): Promise<StoredRun | null> {
  const [row, decision] = await Promise.all([studio.runs.get(id), studio.runDecisions.get(id)])
  return row ? asSeen(row, decision) : null
}

/**
 * What an ended run answered for each image of the test split, verified; null while there is none.
 * @throws StorageError 'damaged'
 */
export async function readTestPredictions(runId: RunId): Promise<TestPredictions | null> {
  const row = await studio.runs.get(runId)
  if (!row?.testPredictionsSha256) return null
  return decodeTestPredictions(await readBlob(studio, row.testPredictionsSha256))
}

/** The weights that an ended run left, verified; null when it has not ended, or they are damaged or gone. */
export async function readRunWeights(runId: RunId): Promise<Uint8Array | null> {
  const row = await studio.runs.get(runId)
  return row && isEnded(row) ? wholeOrNull(readBlob(studio, row.status.result.weightsSha256)) : null
}

/** What a person decides about a run; the run itself is the worker's. */
export async function decideRun(
  runId: RunId,
  decision: Partial<Omit<RunDecisionRow, 'runId'>>,
): Promise<void> {
  await decideRuns([runId], () => decision)
}

/** The same about many at once: all of them or, where it cannot be written, none. */
export async function decideRuns(
  runIds: readonly RunId[],
  decide: (before: RunDecisionRow) => Partial<Omit<RunDecisionRow, 'runId'>>,
): Promise<void> {
  await write(studio, [studio.runDecisions], async () => {
    const stored = await studio.runDecisions.bulkGet([...runIds])
    await studio.runDecisions.bulkPut(
      runIds.map((runId, index) => {
        const before = stored[index] ?? { runId, ...UNDECIDED }
        return { ...before, ...decide(before) }
      }),
    )
  })
}

/**
 * Removes for good the runs a person deleted, with their checkpoints, weights, curves and logs, and returns how many. A run that a
 * model version names stays: the version's lineage leads to it.
 */
export async function purgeDeletedRuns(): Promise<number> {
  const tables = [studio.blobs, studio.runDecisions, studio.replays, ...blobHolders(studio)]
  const purged = await write(studio, tables, async () => {
    const decisions = await studio.runDecisions.filter((row) => row.deletedAt !== null).toArray()
    const versioned = new Set((await studio.versions.toArray()).map(({ origin }) => madeBy(origin)))
    const ids = decisions.map((row) => row.runId).filter((id) => !versioned.has(id))
    const rows = (await studio.runs.bulkGet(ids)).filter((row) => row !== undefined)
    await deleteCheckpoints(ids)
    await studio.replays.where('runId').anyOf(ids).delete()
    await studio.runs.bulkDelete(ids)
    await studio.runDecisions.bulkDelete(ids)
    await sweepBlobs(
      studio,
      rows.flatMap((row) => row.blobs),
    )
    return ids
  })
  await deleteSteps(purged)
  await deleteRunLogs(purged)
  return purged.length
}

async function deleteCheckpoints(runIds: readonly RunId[], afterEpoch = 0): Promise<void> {
  const all = await studio.checkpoints.where('runId').anyOf(runIds).toArray()
  const rows = all.filter(({ epoch }) => epoch > afterEpoch)
  await studio.checkpoints.bulkDelete(rows.map(({ runId, epoch }): [RunId, number] => [runId, epoch]))
  await sweepBlobs(
    studio,
    rows.flatMap((row) => row.blobs),
  )
}

async function existing(runId: RunId): Promise<RunRow> {
  const row = await studio.runs.get(runId)
  if (!row) throw new StorageError('not-found', `No stored run ${runId}. It was deleted.`)
  return row
}

/** A row as a person sees it. */
export function asSeen(row: RunRow, decision: RunDecisionRow | undefined): StoredRun {
  const { blobs: _blobs, testPredictionsSha256: _predictions, ...run } = row
  const { runId: _runId, name, ...decided } = decision ?? { runId: row.id, ...UNDECIDED }
  return { ...run, ...decided, name: name ?? run.name }
}

function isGated({ origin }: Run): boolean {
  return origin?.kind === 'pipeline' || origin?.kind === 'retraining'
}

function madeBy(origin: VersionOrigin): RunId | null {
  return origin.kind === 'run' ? origin.runId : null
}
