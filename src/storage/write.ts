import { type Dexie, type Table, type Transaction } from 'dexie'
import { schemaVersion, type FencedDatabase, type StudioDatabase } from './database'
import { isClosedError, isQuotaError, StorageError } from './errors'
import { reclaimable } from './reclaimable'

/**
 * The only way to write: one transaction over the tables, the fence checked first. It resolves when the transaction is complete.
 * `body` awaits nothing but these tables: hash, serialise and read Blobs before.
 *
 * @throws StorageError 'stale-tab' when a newer build owns the data, 'quota' when the disk or the site's share is full.
 */
export async function write<Result>(
  database: FencedDatabase,
  tables: readonly Table[],
  body: (transaction: Transaction) => Promise<Result>,
): Promise<Result> {
  try {
    return await database.transaction('rw', [...tables, database.fence], async (transaction) => {
      await checkFence(database)
      return body(transaction)
    })
  } catch (error) {
    throw await explained(database, error)
  }
}

async function checkFence(database: FencedDatabase): Promise<void> {
  const mine = schemaVersion(database)
  const fence = await database.fence.get('schema')
  if (fence?.version === mine) return
  throw new StorageError(
    'stale-tab',
    `This page writes schema ${mine}, the stored data have schema ${fence?.version ?? 'none'}: another tab runs a newer version of the studio. Nothing was written; reload this page.`,
  )
}

async function explained(database: FencedDatabase, error: unknown): Promise<unknown> {
  if (error instanceof StorageError) return error
  if (isQuotaError(error)) return quotaError(database, error)
  if (isClosedError(error))
    return new StorageError(
      'stale-tab',
      'The stored data were closed under this page: another tab upgraded or cleared them. Nothing was written; reload this page.',
      error,
    )
  return error
}

async function quotaError(database: Dexie, cause: unknown): Promise<StorageError> {
  const advice = isStudio(database) ? await reclaimable(database).catch(() => '') : ''
  return new StorageError(
    'quota',
    `The browser's storage for this site is full. Nothing was written, and what was stored before is untouched.${advice} Free some space and try again.`,
    cause,
  )
}

function isStudio(database: Dexie): database is StudioDatabase {
  return 'blobs' in database
}
