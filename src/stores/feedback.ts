/** What people say of answers to their drawings: right, or another digit. Kept with the digit, to learn from. */
import { useLiveQuery } from 'dexie-react-hooks'
import { useState } from 'react'
import { recordIdFromBytes, type FeedbackId } from '../domain/ids'
import { sameDigit } from '../domain/image/same-digit'
import type { Feedback, TrafficSource } from '../domain/registry/traffic'
import { deleteFeedback, keepFeedback, listFeedback } from '../storage/feedback'
import { now } from './clock'
import { decided, type Decision } from './decision'
import type { Answer } from './drawing'
import { lasting } from './lasting-query'

/**
 * Keeps a word on an answer; one said before on the same answer is replaced, unless a dataset has it already.
 * @param before what was said of this answer
 */
export function giveFeedback(
  answer: Answer,
  source: TrafficSource,
  label: number,
  before: Feedback | null,
): Promise<Decision<Feedback>> {
  const replaced = before?.usedIn === null ? before : null
  return decided(async () => {
    const feedback: Feedback = {
      id: replaced?.id ?? recordIdFromBytes<FeedbackId>(crypto.getRandomValues(new Uint8Array(16))),
      at: now(),
      versionId: answer.versionId,
      source,
      digit: answer.digit,
      answered: answer.label,
      label,
      usedIn: null,
    }
    await keepFeedback(feedback)
    return feedback
  })
}

export function takeBackFeedback(id: FeedbackId): Promise<Decision<void>> {
  return decided(() => deleteFeedback(id))
}

/** Puts back what was taken back or replaced. */
export function restoreFeedback(feedback: Feedback): Promise<Decision<void>> {
  return decided(() => keepFeedback(feedback))
}

/** Newest first. */
export function useFeedback(): readonly Feedback[] | undefined {
  const [ask] = useState(() => lasting<readonly Feedback[]>())
  return useLiveQuery(() => ask('', async () => (await listFeedback()).reverse()))
}

/** The newest word on this very answer. */
export function feedbackOn(answer: Answer, feedback: readonly Feedback[]): Feedback | null {
  return (
    feedback.find((entry) => entry.versionId === answer.versionId && sameDigit(entry.digit, answer.digit)) ??
    null
  )
}

/** Feedback as other programs read it: the pixels row by row, 0 paper to 255 ink. */
export function feedbackJson(feedback: readonly Feedback[]): string {
  const items = feedback.map(({ id, at, versionId, source, answered, label, usedIn, digit }) => ({
    id,
    at: new Date(at).toISOString(),
    version: versionId,
    source,
    answered,
    label,
    used_in: usedIn,
    pixels: [...digit],
  }))
  return `${JSON.stringify({ format: 'mnist-studio-feedback-1', count: items.length, items })}\n`
}
