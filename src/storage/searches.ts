import type { SearchId } from '../domain/ids'
import type { Search } from '../domain/registry/search'
import { studio } from './database'
import { StorageError } from './errors'
import { write } from './write'

/** Newest first. */
export async function listSearches(): Promise<Search[]> {
  return (await studio.searches.toArray()).sort((a, b) => b.createdAt - a.createdAt)
}

export async function getSearch(id: SearchId): Promise<Search | null> {
  return (await studio.searches.get(id)) ?? null
}

export async function putSearch(search: Search): Promise<void> {
  await write(studio, [studio.searches], async () => {
    await studio.searches.put(search)
  })
}

/** Changes a stored search in one transaction, so that no change of another tab is lost. @throws StorageError 'not-found' */
export async function changeSearch(id: SearchId, change: (search: Search) => Search): Promise<void> {
  await write(studio, [studio.searches], async () => {
    const search = await studio.searches.get(id)
    if (!search) throw new StorageError('not-found', `No stored search ${id}. It was deleted.`)
    await studio.searches.put(change(search))
  })
}
