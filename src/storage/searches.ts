import type { SearchId } from '../domain/ids'
import type { Search } from '../domain/registry/search'
import { studio } from './database'
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
