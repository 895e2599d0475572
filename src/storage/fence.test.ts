import 'fake-indexeddb/auto'
import { describe, expect, it } from 'vitest'
import { studioDatabase } from './database'
import { isQuotaError } from './errors'
import { STUDIO_MIGRATIONS } from './migrations'
import { onStorageNotice, type StorageNotice } from './notices'
import { write } from './write'

const NEXT = [...STUDIO_MIGRATIONS, { version: 4, name: 'notes', tables: { notes: 'id' } }]

async function writeSetting(database: ReturnType<typeof studioDatabase>): Promise<void> {
  await write(database, [database.settings], async () => {
    await database.settings.put({ key: 'k', value: 1 })
  })
}

describe('the schema fence', () => {
  it('lets a build write its own schema, fresh or upgraded', async () => {
    const old = studioDatabase('fence-own')
    await writeSetting(old)
    old.close()
    const newer = studioDatabase('fence-own', NEXT)
    await writeSetting(newer)
    expect(await newer.fence.get('schema')).toEqual({ key: 'schema', version: 4 })
    expect(await newer.settings.count()).toBe(1)
    newer.close()
  })

  it('keeps an older build from writing, also when Dexie opens the newer database for it', async () => {
    const newer = studioDatabase('fence-stale', NEXT)
    await writeSetting(newer)
    newer.close()
    const stale = studioDatabase('fence-stale')
    await expect(writeSetting(stale)).rejects.toMatchObject({ code: 'stale-tab' })
    await expect(writeSetting(stale)).rejects.toThrow(/schema 3.*schema 4.*reload/s)
    stale.close()
  })

  it('closes a tab that is open while another upgrades, tells it, and takes no more writes from it', async () => {
    const notices: StorageNotice[] = []
    const stop = onStorageNotice((notice) => notices.push(notice))
    const old = studioDatabase('fence-open')
    await writeSetting(old)
    const newer = studioDatabase('fence-open', NEXT)
    await writeSetting(newer)
    expect(notices).toContain('newer-version')
    await expect(writeSetting(old)).rejects.toMatchObject({ code: 'stale-tab' })
    stop()
    newer.close()
  })
})

describe('a full disk', () => {
  it('aborts with what could be deleted, and loses nothing that was there', async () => {
    const database = studioDatabase('full')
    await writeSetting(database)
    const full = write(database, [database.settings], async (transaction) => {
      await database.settings.put({ key: 'k', value: 'lost' })
      transaction.abort()
      throw new DOMException('no space', 'QuotaExceededError')
    })
    await expect(full).rejects.toMatchObject({ code: 'quota' })
    expect((await database.settings.get('k'))?.value).toBe(1)
    database.close()
  })

  it('is recognised however deep Dexie wraps it', () => {
    const inner = new DOMException('x', 'QuotaExceededError')
    expect(isQuotaError({ name: 'AbortError', message: 'aborted', inner })).toBe(true)
    expect(isQuotaError(new Error('other', { cause: inner }))).toBe(true)
    expect(isQuotaError(new Error('other'))).toBe(false)
  })
})
