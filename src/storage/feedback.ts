import type { DatasetId, FeedbackId } from '../domain/ids'
import type { Feedback } from '../domain/registry/traffic'
import { studio } from './database'
import { write } from './write'

/** Oldest first. */
export async function listFeedback(): Promise<Feedback[]> {
  return (await studio.feedback.toArray()).sort((a, b) => a.at - b.at)
}

export async function countFeedback(): Promise<number> {
  return studio.feedback.count()
}

export async function keepFeedback(feedback: Feedback): Promise<void> {
  await write(studio, [studio.feedback], async () => {
    await studio.feedback.put(feedback)
  })
}

export async function deleteFeedback(id: FeedbackId): Promise<void> {
  await write(studio, [studio.feedback], async () => {
    await studio.feedback.delete(id)
  })
}

/** Notes which dataset these went into, so that none is put in twice. */
export async function markFeedbackUsed(ids: readonly FeedbackId[], usedIn: DatasetId): Promise<void> {
  await write(studio, [studio.feedback], async () => {
    for (const id of ids) await studio.feedback.update(id, { usedIn })
  })
}
