import type { RunId } from '../domain/ids'
import type { Replay } from '../domain/registry/replay'
import { studio } from './database'
import { write } from './write'

/** Keeps what came of a replay; the run itself stays as it is. */
export async function recordReplay(replay: Replay): Promise<void> {
  await write(studio, [studio.replays], async () => {
    await studio.replays.put(replay)
  })
}

/** Newest first. */
export async function listReplays(runId: RunId): Promise<readonly Replay[]> {
  const rows = await studio.replays.where('runId').equals(runId).sortBy('at')
  return rows.reverse()
}
