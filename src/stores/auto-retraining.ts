import { useEffect, useState } from 'react'
import { DEFAULT_PARAMS } from '../domain/params/defaults'
import { retrainingDue } from '../domain/pipeline/due'
import { now } from './clock'
import { pageParams } from './defaults'
import { useRetrainingFacts } from './queries'
import { useTraining } from './training'

/** Longest delay of a timer, milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1

/**
 * Begins retrainings by itself, where a person switched that on: while the page is open, never while a run is under way, and at
 * the next opening for what came meanwhile. Called once, by the shell.
 */
export function useAutoRetraining(): void {
  const facts = useRetrainingFacts()
  const training = useTraining(({ state }) => state)
  const [, lookAgain] = useState(0)
  const busy = training === 'preparing' || training === 'running' || training === 'stopping'
  useEffect(() => {
    if (facts === undefined || busy || facts.held) return
    const { retrain } = policyParams()
    const enabled = facts.choice ?? retrain.enable_auto_retrain
    const answer = retrainingDue({ ...facts, enabled, now: now() }, retrain)
    if (answer.due) {
      const { trigger } = answer
      void import('./retraining').then(({ startRetraining }) => startRetraining(trigger))
      return
    }
    if (answer.until === null) return
    const delay = Math.min(LONGEST_TIMER, Math.max(0, answer.until - now()))
    const timer = setTimeout(() => lookAgain((count) => count + 1), delay)
    return () => clearTimeout(timer)
  })
}

function policyParams() {
  const resolution = pageParams(window.location.search)
  return resolution.ok ? resolution.params : DEFAULT_PARAMS
}
