import type { Page } from 'playwright/test'

/**
 * The studio's database as it lies in the browser, read and spoilt behind the studio's back. Each function runs whole inside
 * the page, so that none can lean on the code it judges.
 */

interface StoredBlob {
  readonly sha256: string
  readonly length: number
  readonly blob: Blob
}

/** The fields of all the other tables that are judged here; a row has those of its table. */
interface StoredRow {
  readonly id: string
  readonly blobs: readonly string[]
  readonly status: { readonly state: string }
  readonly origin: { readonly kind: string; readonly runId: string }
  readonly alias: string
  readonly versionId: string
  readonly action: { readonly versionId?: string }
}

/** What is wrong with the stored bytes and rows; empty when every row is whole and no byte is left over. */
export function storedFaults(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const opening = indexedDB.open('mnist-studio')
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      opening.onsuccess = () => resolve(opening.result)
      opening.onerror = () => reject(opening.error)
    })
    const names = ['datasets', 'runs', 'checkpoints', 'versions', 'aliases', 'events'] as const
    const transaction = database.transaction(['blobs', ...names])
    function all<Row>(name: string): Promise<Row[]> {
      return new Promise((resolve, reject) => {
        const request: IDBRequest<Row[]> = transaction.objectStore(name).getAll()
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error)
      })
    }
    const [blobs, tables] = await Promise.all([
      all<StoredBlob>('blobs'),
      Promise.all(names.map((name) => all<StoredRow>(name))),
    ])
    database.close()
    const [datasets = [], runs = [], checkpoints = [], versions = [], aliases = [], events = []] = tables
    const faults: string[] = []
    const stored = new Set<string>()
    for (const { sha256, length, blob } of blobs) {
      stored.add(sha256)
      const bytes = new Uint8Array(await blob.arrayBuffer())
      const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
      const found = [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('')
      if (found !== sha256 || bytes.length !== length) faults.push(`blob ${sha256} holds other bytes`)
    }
    const rows = [...datasets, ...runs, ...checkpoints, ...versions]
    const named = new Set<string>(rows.flatMap((row) => row.blobs))
    for (const name of named) if (!stored.has(name)) faults.push(`blob ${name} is missing`)
    for (const name of stored) if (!named.has(name)) faults.push(`blob ${name} belongs to no row`)
    for (const { id, origin } of versions) {
      const run = runs.find((row) => row.id === origin.runId)
      if (origin.kind === 'run' && run?.status.state !== 'completed')
        faults.push(`${id} is of a run that is ${run?.status.state}`)
      if (!events.some(({ action }) => action.versionId === id)) faults.push(`${id} has no event`)
    }
    for (const { alias, versionId } of aliases)
      if (!versions.some(({ id }) => id === versionId)) faults.push(`${alias} names no stored version`)
    return faults
  })
}

/** Turns one bit in the middle of a version's weights; length and name stay. */
export function flipBit(page: Page, versionId: string): Promise<void> {
  return page.evaluate(async (id) => {
    function settled<Value>(request: IDBRequest<Value>): Promise<Value> {
      return new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error)
      })
    }
    const database = await settled(indexedDB.open('mnist-studio'))
    const reading = database.transaction(['versions', 'blobs'])
    const version: IDBRequest<{ readonly weightsSha256: string }> = reading.objectStore('versions').get(id)
    const { weightsSha256 } = await settled(version)
    const blob: IDBRequest<StoredBlob> = reading.objectStore('blobs').get(weightsSha256)
    const row = await settled(blob)
    const bytes = new Uint8Array(await row.blob.arrayBuffer())
    const middle = bytes.length >> 1
    bytes[middle] = (bytes[middle] ?? 0) ^ 1
    const writing = database.transaction('blobs', 'readwrite')
    await settled(writing.objectStore('blobs').put({ ...row, blob: new Blob([bytes]) }))
    database.close()
  }, versionId)
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
