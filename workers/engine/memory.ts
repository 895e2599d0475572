import type { EngineMemory } from './contract'

/** Remembers as long as the process lives: for hosts that keep nothing between two runs of it. */
export function shortMemory(): EngineMemory {
  const kept = new Map<string, string>()
  return {
    read: (key) => Promise.resolve(kept.get(key) ?? null),
    write(key, value) {
      kept.set(key, value)
      return Promise.resolve()
    },
  }
}
