import type { Page } from 'playwright/test'

/** How runs of a seeded list differ, by their number. */
const SEEDED = { presets: ['lite', 'lite-bn', 'gap', 'rf5-13k'], rates: [0.003, 0.01, 0.03] } as const

/**
 * Puts copies of the one stored run into the browser's database, behind the studio's back: as large as a real run, each with its own
 * id, name, time, preset, rate and figures. Runs whole inside the page.
 */
export function seedRuns(page: Page, count: number): Promise<void> {
  return page.evaluate(
    async ({ count: wanted, presets, rates }) => {
      interface Row {
        readonly id: string
        readonly name: string
        readonly params: Record<string, unknown>
        readonly epochs: readonly Record<string, unknown>[]
        readonly status: { readonly startedAt: number; readonly result: { readonly evaluation: object } }
      }
      const opening = indexedDB.open('mnist-studio')
      const database = await new Promise<IDBDatabase>((resolve, reject) => {
        opening.onsuccess = () => resolve(opening.result)
        opening.onerror = () => reject(opening.error)
      })
      const transaction = database.transaction('runs', 'readwrite')
      const runs = transaction.objectStore('runs')
      const stored: IDBRequest<Row[]> = runs.getAll()
      stored.onsuccess = () => {
        const [model] = stored.result
        if (model === undefined) throw new Error('there is no run to copy')
        for (let index = 0; index < wanted; index++) {
          const accuracy = 0.97 + ((index * 7919) % 2900) / 100_000
          const epochs = Array.from({ length: 15 }, (_, epoch) => ({ ...model.epochs[0], epoch: epoch + 1 }))
          const evaluation = { ...model.status.result.evaluation, accuracy }
          runs.add({
            ...model,
            id: index.toString(16).padStart(32, '0'),
            name: `seeded-${index}`,
            params: {
              ...model.params,
              preset: presets[index % presets.length],
              lr: rates[index % rates.length],
              epochs: 15,
            },
            epochs,
            status: {
              ...model.status,
              startedAt: model.status.startedAt - index * 60_000,
              result: { ...model.status.result, evaluation },
            },
          })
        }
      }
      await new Promise<void>((resolve, reject) => {
        transaction.oncomplete = () => resolve()
        transaction.onabort = () => reject(transaction.error)
      })
      database.close()
    },
    { count, ...SEEDED },
  )
}
