import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import { recordIdFromBytes, type RetrainingId } from '../domain/ids'
import { isUnderWay } from '../domain/pipeline/due'
import type { Retraining, RetrainingTrigger } from '../domain/pipeline/retraining'
import { StorageError } from '../storage/errors'
import { getRetraining, holdRetraining, putRetraining } from '../storage/retrainings'
import { chooseAutoRetrain as storeChoice } from '../storage/settings'
import { now } from './clock'
import { decided, type Decision } from './decision'
import { CHAMPION } from './model-name'
import { readRetraining } from './pipeline-facts'
import { rollBack } from './registry'
import { CHAMPION_STAYS, failed, step } from './retraining-steps'
import { wireError } from './wire-error'

/** What this page is at; the record tells how far it came. */
export type RetrainingWork =
  | { readonly state: 'idle' }
  | { readonly state: 'working'; readonly id: RetrainingId | null }
  | { readonly state: 'refused'; readonly message: string }

const store = createStore<RetrainingWork>(() => ({ state: 'idle' }))

export function useRetrainingWork(): RetrainingWork {
  return useStore(store)
}

/** Begins a retraining of the champion and carries it to its end. Does nothing while this page is at one. */
export function startRetraining(trigger: RetrainingTrigger): Promise<void> {
  return work(async () => {
    const { retrainings, champion, unusedFeedback } = await readRetraining()
    const open = retrainings.find(isUnderWay)
    if (open !== undefined)
      throw new StorageError('busy', 'A retraining was interrupted. Go on with it, or give it up, first.')
    if (champion === null)
      throw new StorageError('not-found', 'No model is in service. Put a version into service first.')
    const retraining: Retraining = {
      id: recordIdFromBytes(crypto.getRandomValues(new Uint8Array(16))),
      at: now(),
      trigger,
      champion,
      feedbackCount: unusedFeedback,
      outcome: { state: 'collecting' },
    }
    await carryOn(retraining)
  })
}

/** Goes on with one that a reload or a crash interrupted. */
export function continueRetraining(id: RetrainingId): Promise<void> {
  return work(async () => {
    const retraining = await getRetraining(id)
    if (retraining !== null && isUnderWay(retraining)) await carryOn(retraining)
  })
}

/** Gives an interrupted one up. Runs and datasets it made stay. */
export function giveUpRetraining(id: RetrainingId): Promise<void> {
  return work(async () => {
    const retraining = await getRetraining(id)
    if (retraining !== null && isUnderWay(retraining))
      await putRetraining({
        ...retraining,
        outcome: { state: 'failed', message: `Given up after an interruption. ${CHAMPION_STAYS}` },
      })
  })
}

/** Puts the version that a retraining replaced back into service. */
export function undoRetraining({ outcome }: Retraining): Promise<Decision<void>> {
  if (outcome.state !== 'promoted' || outcome.previous === null)
    throw new Error('only a retraining that replaced a champion can be undone')
  return rollBack(CHAMPION, outcome.previous, `The retraining that made ${outcome.versionId} was undone`)
}

/** Whether the page retrains by itself while it is open. */
export function chooseAutoRetrain(on: boolean): Promise<Decision<void>> {
  return decided(() => storeChoice(on))
}

async function work(body: () => Promise<void>): Promise<void> {
  if (store.getState().state === 'working') return
  store.setState({ state: 'working', id: null }, true)
  try {
    await holdRetraining(body)
    store.setState({ state: 'idle' }, true)
  } catch (error) {
    store.setState({ state: 'refused', message: wireError(error).message }, true)
  }
}

/** Step after step, each kept before the next begins, so that an interruption costs no more than the step under way. */
async function carryOn(begun: Retraining): Promise<void> {
  let retraining = begun
  store.setState({ state: 'working', id: retraining.id }, true)
  await putRetraining(retraining)
  while (isUnderWay(retraining)) {
    retraining = await stepped(retraining)
    await putRetraining(retraining)
  }
}

async function stepped(retraining: Retraining): Promise<Retraining> {
  try {
    return await step(retraining)
  } catch (error) {
    return failed(retraining, wireError(error).message)
  }
}
