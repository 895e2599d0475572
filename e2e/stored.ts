import type { Page } from 'playwright/test'
import { faultsOf, type FoundBlob, type StoredTables } from './stored-rows'

/**
 * The studio's database as it lies in the browser, read and spoilt behind the studio's back. What is run in the page is whole
 * in itself, so that none can lean on the code it judges.
 */

interface StoredBlob {
  readonly sha256: string
  readonly length: number
  readonly blob: Blob
}

/** What is wrong with the stored bytes and rows; empty when every row is whole and no byte is left over. */
export async function storedFaults(page: Page): Promise<string[]> {
  const { tables, blobs } = await readStored(page)
  return faultsOf(JSON.parse(tables) as StoredTables, blobs)
}

/** All tables of one moment, and each Blob with the digest of its bytes. */
function readStored(page: Page): Promise<{ readonly tables: string; readonly blobs: FoundBlob[] }> {
  return page.evaluate(async () => {
    function settled<Value>(request: IDBRequest<Value>): Promise<Value> {
      return new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error)
      })
    }
    const database = await settled(indexedDB.open('mnist-studio'))
    const names = [...database.objectStoreNames].filter((name) => name !== 'blobs')
    const transaction = database.transaction(['blobs', ...names])
    const reading: IDBRequest<StoredBlob[]> = transaction.objectStore('blobs').getAll()
    const [rows, ...tables] = await Promise.all([
      settled(reading),
      ...names.map((name) => settled<unknown[]>(transaction.objectStore(name).getAll())),
    ])
    database.close()
    const blobs = await Promise.all(
      rows.map(async ({ sha256, length, blob }) => {
        const bytes = new Uint8Array(await blob.arrayBuffer())
        const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
        const found = [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('')
        return { sha256, length, found: { sha256: found, length: bytes.length } }
      }),
    )
    const named = Object.fromEntries(names.map((name, index) => [name, tables[index]]))
    const json = JSON.stringify(named, (_key, value: unknown) =>
      ArrayBuffer.isView(value) ? { bytes: value.byteLength } : value,
    )
    return { tables: json, blobs }
  })
}

/** Turns one bit in the middle of a version's weights, or of its golden vectors; length and name stay. */
export function flipBit(
  page: Page,
  versionId: string,
  field: 'weightsSha256' | 'goldenSha256' = 'weightsSha256',
): Promise<void> {
  return page.evaluate(
    async ([id, which]) => {
      function settled<Value>(request: IDBRequest<Value>): Promise<Value> {
        return new Promise((resolve, reject) => {
          request.onsuccess = () => resolve(request.result)
          request.onerror = () => reject(request.error)
        })
      }
      const database = await settled(indexedDB.open('mnist-studio'))
      const reading = database.transaction(['versions', 'blobs'])
      const version: IDBRequest<Record<typeof which, string>> = reading.objectStore('versions').get(id)
      const { [which]: name } = await settled(version)
      const blob: IDBRequest<StoredBlob> = reading.objectStore('blobs').get(name)
      const row = await settled(blob)
      const bytes = new Uint8Array(await row.blob.arrayBuffer())
      const middle = bytes.length >> 1
      bytes[middle] = (bytes[middle] ?? 0) ^ 1
      const writing = database.transaction('blobs', 'readwrite')
      await settled(writing.objectStore('blobs').put({ ...row, blob: new Blob([bytes]) }))
      database.close()
    },
    [versionId, field] as const,
  )
}

/** Upgrades the database as a newer build's migration would: a higher version, and the fence in the same transaction. */
export function upgradeSchema(page: Page): Promise<void> {
  return page.evaluate(
    () =>
      new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open('mnist-studio', 1000)
        opening.onupgradeneeded = () =>
          opening.transaction?.objectStore('fence').put({ key: 'schema', version: 100 })
        opening.onsuccess = () => {
          opening.result.close()
          resolve()
        }
        opening.onerror = () => reject(opening.error)
      }),
  )
}

/** Everything in the tables that a person's decisions are written to, as one text to compare. */
export function storedDecisions(page: Page): Promise<string> {
  return page.evaluate(async () => {
    function settled<Value>(request: IDBRequest<Value>): Promise<Value> {
      return new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error)
      })
    }
    const database = await settled(indexedDB.open('mnist-studio'))
    const transaction = database.transaction(['runs', 'runDecisions', 'aliases', 'events', 'settings'])
    const tables = await Promise.all(
      [...transaction.objectStoreNames].map((name) => settled(transaction.objectStore(name).getAll())),
    )
    database.close()
    return JSON.stringify(tables)
  })
}
