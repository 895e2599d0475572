import type { RunId } from '../domain/ids'
import { prepareBlob, readBlob, sweepBlobs, wholeOrNull } from './blobs'
import { studio, type StudioDatabase } from './database'
import type { BlobRow, CheckpointRow } from './rows'

/**
 * The newest can turn out damaged, so the one before it is kept too. A run that ends with its best epoch goes on only with that
 * epoch's weights in hand: for each of the two, the best one up to it is kept as well.
 */
const KEPT = 2

/** Little-endian float32 bytes, as the domain's `Checkpoint` lays them out. */
export interface CheckpointBytes {
  readonly weights: Uint8Array
  readonly optimizer: Uint8Array
  /** Null where the recipe keeps no moving average. */
  readonly average: Uint8Array | null
}

export interface NewCheckpoint extends CheckpointBytes {
  readonly epoch: number
  /** The best epoch of its run so far. */
  readonly best: boolean
}

export interface PreparedCheckpoint {
  readonly row: CheckpointRow
  readonly blobs: readonly BlobRow[]
}

/** Hashes before the transaction opens. */
export async function prepareCheckpoint(
  runId: RunId,
  { epoch, best, ...bytes }: NewCheckpoint,
): Promise<PreparedCheckpoint> {
  const weights = await prepareBlob(bytes.weights)
  const optimizer = await prepareBlob(bytes.optimizer)
  const average = bytes.average === null ? null : await prepareBlob(bytes.average)
  const blobs = average === null ? [weights, optimizer] : [weights, optimizer, average]
  const names = {
    weights: weights.sha256,
    optimizer: optimizer.sha256,
    average: average?.sha256 ?? null,
  }
  return { row: { runId, epoch, best, ...names, blobs: blobs.map(({ sha256 }) => sha256) }, blobs }
}

/** Inside a transaction over blobs and all tables that hold them: keeps this checkpoint, and drops those needed no more. */
export async function putCheckpoint(
  database: StudioDatabase,
  { row, blobs }: PreparedCheckpoint,
): Promise<void> {
  await database.blobs.bulkPut([...blobs])
  await database.checkpoints.put(row)
  const all = await database.checkpoints.where('runId').equals(row.runId).sortBy('epoch')
  const newest = all.slice(-KEPT)
  const needed = new Set([...newest, ...newest.map(({ epoch }) => bestUpTo(all, epoch))])
  const dropped = all.filter((each) => !needed.has(each))
  await database.checkpoints.bulkDelete(dropped.map(({ runId, epoch }): [RunId, number] => [runId, epoch]))
  await sweepBlobs(
    database,
    dropped.flatMap((old) => old.blobs),
  )
}

function bestUpTo(rows: readonly CheckpointRow[], epoch: number): CheckpointRow | undefined {
  return rows.findLast((row) => row.best && row.epoch <= epoch)
}

/** Epochs of a run whose checkpoints are kept, newest first; whether their bytes are whole shows when they are read. */
export async function checkpointEpochs(runId: RunId): Promise<readonly number[]> {
  const rows = await studio.checkpoints.where('runId').equals(runId).sortBy('epoch')
  return rows.map(({ epoch }) => epoch).reverse()
}

/**
 * The checkpoint after an epoch, verified; null when there is none, or its bytes are damaged or gone.
 * @throws StorageError other than 'damaged' and 'not-found'
 */
export async function readCheckpoint(runId: RunId, epoch: number): Promise<CheckpointBytes | null> {
  const row = await studio.checkpoints.get([runId, epoch])
  if (!row) return null
  return wholeOrNull(
    Promise.all([
      readBlob(studio, row.weights),
      readBlob(studio, row.optimizer),
      row.average === null ? null : readBlob(studio, row.average),
    ]).then(([weights, optimizer, average]) => ({ weights, optimizer, average })),
  )
}

/**
 * The weights that an epoch answered with (the moving average where its run keeps one), verified; null as for a checkpoint. What
 * its optimizer remembers may be damaged.
 */
export async function readAnswer(runId: RunId, epoch: number): Promise<Uint8Array | null> {
  const row = await studio.checkpoints.get([runId, epoch])
  return row ? wholeOrNull(readBlob(studio, row.average ?? row.weights)) : null
}
