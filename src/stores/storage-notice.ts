import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import { onStorageNotice, type StorageNotice } from '../storage/notices'

const store = createStore<{ readonly notice: StorageNotice | null }>(() => ({ notice: null }))

onStorageNotice((notice) => {
  // The databases close because of what was noticed first; the cause is what a person needs to know.
  if (store.getState().notice === null || notice !== 'closed') store.setState({ notice })
})

/** What happened to the stored data from outside this tab, or null; anything but null means: show it and offer a reload. */
export function useStorageNotice(): StorageNotice | null {
  return useStore(store).notice
}
