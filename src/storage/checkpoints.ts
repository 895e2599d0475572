import type { RunId } from '../domain/ids'
import { prepareBlob, readBlob, sweepBlobs } from './blobs'
import { studio, type StudioDatabase } from './database'
import type { BlobRow, CheckpointRow } from './rows'

/** The newest can be the one whose save was cut short by damage, so the one before it is kept too. */
const KEPT = 2

/** Little-endian float32 bytes, as the domain's `Checkpoint` lays them out. */
export interface CheckpointBytes {
  readonly weights: Uint8Array
  readonly optimizer: Uint8Array
}

export interface PreparedCheckpoint {
  readonly row: CheckpointRow
  readonly blobs: readonly BlobRow[]
}

/** Hashes before the transaction opens. */
export async function prepareCheckpoint(
  runId: RunId,
  epoch: number,
  bytes: CheckpointBytes,
): Promise<PreparedCheckpoint> {
  const weights = await prepareBlob(bytes.weights)
  const optimizer = await prepareBlob(bytes.optimizer)
  const names = { weights: weights.sha256, optimizer: optimizer.sha256 }
  return {
    row: { runId, epoch, ...names, blobs: [weights.sha256, optimizer.sha256] },
    blobs: [weights, optimizer],
  }
}

/** Inside a transaction over blobs and all tables that hold them: keeps this checkpoint and the one before, drops older ones. */
export async function putCheckpoint(
  database: StudioDatabase,
  { row, blobs }: PreparedCheckpoint,
): Promise<void> {
  await database.blobs.bulkPut([...blobs])
  await database.checkpoints.put(row)
  const all = await database.checkpoints.where('runId').equals(row.runId).sortBy('epoch')
  const dropped = all.slice(0, -KEPT)
  await database.checkpoints.bulkDelete(dropped.map(({ runId, epoch }): [RunId, number] => [runId, epoch]))
  await sweepBlobs(
    database,
    dropped.flatMap((old) => old.blobs),
  )
}

/**
 * The newest checkpoint of a run whose bytes are whole, or null; a damaged one is passed over.
 * @throws StorageError other than 'damaged' and 'not-found' never comes from here
 */
export async function readNewestCheckpoint(
  runId: RunId,
): Promise<(CheckpointBytes & { readonly epoch: number }) | null> {
  const rows = await studio.checkpoints.where('runId').equals(runId).sortBy('epoch')
  for (const row of rows.reverse()) {
    try {
      const [weights, optimizer] = await Promise.all([
        readBlob(studio, row.weights),
        readBlob(studio, row.optimizer),
      ])
      return { epoch: row.epoch, weights, optimizer }
    } catch {
      continue
    }
  }
  return null
}
