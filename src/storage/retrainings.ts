import type { Retraining } from '../domain/pipeline/retraining'
import { studio } from './database'
import { write } from './write'

/** Newest first. */
export async function listRetrainings(): Promise<Retraining[]> {
  return (await studio.retrainings.toArray()).sort((a, b) => b.at - a.at)
}

export async function putRetraining(retraining: Retraining): Promise<void> {
  await write(studio, [studio.retrainings], async () => {
    await studio.retrainings.put(retraining)
  })
}
