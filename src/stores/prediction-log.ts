/**
 * The log of answers to drawings, which drift is looked for in. On unless a person switched it off; it never leaves the machine.
 */
import { useLiveQuery } from 'dexie-react-hooks'
import { useState } from 'react'
import { sameDigit } from '../domain/image/same-digit'
import type { TrafficSource } from '../domain/registry/traffic'
import type { VersionReading } from '../protocol/predict'
import { clearPredictions, countPredictions, logPredictions } from '../storage/predictions'
import { keepLogging, logsDrawings } from '../storage/settings'
import { now } from './clock'
import { decided, type Decision } from './decision'
import { lasting } from './lasting-query'

type Answer = Extract<VersionReading, { kind: 'answer' }>

let last: Answer | null = null

/** Notes an answer, unless it was the last one noted or the log is off. A log that cannot be written stops no drawing. */
export function logAnswer(answer: Answer, source: TrafficSource): void {
  if (last?.versionId === answer.versionId && sameDigit(last.digit, answer.digit)) return
  last = answer
  const { versionId, label, probabilities, margin, milliseconds, digit } = answer
  const confidence = probabilities[label] ?? 0
  const entry = { at: now(), versionId, source, label, confidence, margin, milliseconds, digit }
  void decided(async () => {
    if (await logsDrawings()) await logPredictions([entry])
  })
}

export function switchLog(on: boolean): Promise<Decision<void>> {
  return decided(() => keepLogging(on))
}

/** Removes every noted answer, those to requests of the API too. */
export function clearLog(): Promise<Decision<void>> {
  return decided(clearPredictions)
}

export interface LogState {
  readonly on: boolean
  /** Noted answers, from drawings, pictures and requests. */
  readonly count: number
}

export function usePredictionLog(): LogState | undefined {
  const [ask] = useState(() => lasting<LogState>())
  return useLiveQuery(() =>
    ask('', async () => ({ on: await logsDrawings(), count: await countPredictions() })),
  )
}
