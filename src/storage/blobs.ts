import { parseSha256, toHex, type Sha256 } from '../domain/ids'
import type { StudioDatabase } from './database'
import { StorageError } from './errors'
import type { BlobRow } from './rows'
import { write } from './write'

/** SHA-256 by Web Crypto: the same in page, worker and Node. */
export async function digest(bytes: Uint8Array): Promise<Sha256> {
  return parseSha256(toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', owned(bytes)))))
}

/** The same bytes, copied only if they lie in shared memory: Web Crypto and Blobs refuse those. */
export function owned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return isOwned(bytes) ? bytes : new Uint8Array(bytes)
}

function isOwned(bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer
}

/** Hashes and wraps bytes for a later transaction; call it before the transaction opens. */
export async function prepareBlob(bytes: Uint8Array): Promise<BlobRow> {
  return { sha256: await digest(bytes), length: bytes.byteLength, blob: new Blob([owned(bytes)]) }
}

/**
 * The verified bytes of a Blob.
 * @throws StorageError 'not-found' when there is none, 'damaged' when it cannot be read or its length or digest differs.
 */
export async function readBlob(studio: StudioDatabase, name: Sha256): Promise<Uint8Array<ArrayBuffer>> {
  const row = await studio.blobs.get(name)
  if (!row) throw new StorageError('not-found', `No stored bytes with SHA-256 ${name}. They were deleted.`)
  let bytes: Uint8Array<ArrayBuffer>
  try {
    bytes = new Uint8Array(await row.blob.arrayBuffer())
  } catch (error) {
    return refuse(studio, name, 'the browser can no longer read them', error)
  }
  if (bytes.length !== row.length)
    return refuse(studio, name, `expected ${row.length} bytes, found ${bytes.length}`)
  const found = await digest(bytes)
  if (found !== name) return refuse(studio, name, `their SHA-256 is now ${found}`)
  return bytes
}

/** What was read, or null where its bytes are damaged or gone. @throws StorageError of any other kind */
export async function wholeOrNull<Read>(reading: Promise<Read>): Promise<Read | null> {
  try {
    return await reading
  } catch (error) {
    if (error instanceof StorageError && (error.code === 'damaged' || error.code === 'not-found')) return null
    throw error
  }
}

/**
 * Some bytes of a Blob, read lazily and not verified: for looking at single digits. Whatever computes reads whole with
 * {@link readBlob}.
 */
export async function readBlobRanges(
  studio: StudioDatabase,
  name: Sha256,
  ranges: readonly { readonly start: number; readonly length: number }[],
): Promise<Uint8Array<ArrayBuffer>> {
  const row = await studio.blobs.get(name)
  if (!row) throw new StorageError('not-found', `No stored bytes with SHA-256 ${name}. They were deleted.`)
  const parts = ranges.map(({ start, length }) => row.blob.slice(start, start + length))
  return new Uint8Array(await new Blob(parts).arrayBuffer())
}

/**
 * Deletes those of the named Blobs that no row needs any more. Runs inside the caller's transaction, which must hold the tables
 * of {@link blobHolders}.
 */
export async function sweepBlobs(studio: StudioDatabase, candidates: readonly Sha256[]): Promise<number> {
  let swept = 0
  for (const name of new Set(candidates)) {
    let holders = 0
    for (const table of blobHolders(studio)) holders += await table.where('blobs').equals(name).count()
    if (holders > 0) continue
    await studio.blobs.delete(name)
    swept++
  }
  return swept
}

/** Every table whose rows name Blobs. */
export function blobHolders(studio: StudioDatabase) {
  return [studio.datasets, studio.runs, studio.checkpoints, studio.versions] as const
}

/** Which of these Blobs are missing, or were found damaged when they were last read. */
export async function damagedBlobs(
  studio: StudioDatabase,
  names: readonly Sha256[],
): Promise<ReadonlySet<Sha256>> {
  const rows = await studio.blobs.bulkGet([...names])
  return new Set(names.filter((_, index) => !rows[index] || rows[index].damaged === true))
}

/** Marks the Blob, so that lists can say so without reading it again, and refuses it. */
async function refuse(
  studio: StudioDatabase,
  name: Sha256,
  finding: string,
  cause?: unknown,
): Promise<never> {
  try {
    await write(studio, [studio.blobs], () => studio.blobs.update(name, { damaged: true }))
  } catch {
    // The refusal matters more than the mark: a live query, for one, may not write.
  }
  throw new StorageError(
    'damaged',
    `The stored bytes ${name} are damaged: ${finding}. They are not used; load or train them again.`,
    cause,
  )
}
