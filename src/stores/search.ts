/** Searches: recipes tried one after the other. The record is in storage; this page drives at most one of them. */
import { useLiveQuery } from 'dexie-react-hooks'
import { useState } from 'react'
import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import { recordIdFromBytes, type SearchId } from '../domain/ids'
import { presetNames } from '../domain/model/presets'
import { trialRecipe } from '../domain/params/search-grid'
import type { Search, TrialOutcome } from '../domain/registry/search'
import { nextTrial, settledOutcome, withOutcome } from '../domain/registry/search-board'
import type { StoredRun } from '../storage/runs'
import { getRun } from '../storage/runs'
import { changeSearch, getSearch, listSearches, putSearch } from '../storage/searches'
import { now } from './clock'
import { decided, refused, type Decision } from './decision'
import { lasting } from './lasting-query'
import { readTableRuns } from './run-table'
import { isTraining, resumeToEnd, stopTraining, trainToEnd, type TrainingEnd } from './training'
import { wireError } from './wire-error'

interface DriverState {
  /** The search that this page works through; null when none. */
  readonly active: SearchId | null
  /** Why the last one did not go on, in words. */
  readonly trouble: { readonly searchId: SearchId; readonly message: string } | null
}

const store = createStore<DriverState>(() => ({ active: null, trouble: null }))

export function useSearchDriver(): DriverState {
  return useStore(store)
}

/** Newest first. */
export function useSearches(): readonly Search[] | undefined {
  const [ask] = useState(() => lasting<Search[]>())
  return useLiveQuery(() => ask('', listSearches), [])
}

/** `undefined` while the answer is on its way, null where there is none. */
export function useSearch(id: SearchId | null): Search | null | undefined {
  const [ask] = useState(() => lasting<{ readonly id: SearchId | null; readonly search: Search | null }>())
  const answer = useLiveQuery(
    () => ask(id ?? '', async () => ({ id, search: id === null ? null : await getSearch(id) })),
    [id],
  )
  return answer?.id === id ? answer.search : undefined
}

export type NewSearch = Pick<Search, 'name' | 'kind' | 'dataset' | 'base'> & {
  readonly changes: readonly Search['trials'][number]['changes'][]
}

/** Writes a search down and begins with its first trial. Every trial's recipe is checked before any is started. */
export async function startSearch(wanted: NewSearch): Promise<Decision<SearchId>> {
  const { name, kind, dataset, base, changes } = wanted
  if (store.getState().active !== null || isTraining())
    return refused('Another run or search is under way. Stop it, or wait for its end.')
  if (name.trim() === '') return refused('A search needs a name of at least one character.')
  for (const change of changes) {
    const recipe = trialRecipe(base, change, presetNames)
    if (!recipe.ok) return refused(recipe.problems.map(({ message }) => message).join(' '))
  }
  const id = recordIdFromBytes<SearchId>(crypto.getRandomValues(new Uint8Array(16)))
  const search: Search = {
    id,
    name: name.trim(),
    kind,
    createdAt: now(),
    dataset: { id: dataset.id, name: dataset.name, digest: dataset.digest },
    base: { train: base.train, augment: base.augment },
    trials: changes.map((change) => ({ changes: change, outcome: { kind: 'waiting' } })),
    stopped: false,
  }
  const stored = await decided(() => putSearch(search))
  if (!stored.ok) return stored
  void drive(id)
  return { ok: true, value: id }
}

/** Goes on with a stopped or interrupted search. */
export async function continueSearch(id: SearchId): Promise<Decision<void>> {
  if (store.getState().active !== null || isTraining())
    return refused('Another run or search is under way. Stop it, or wait for its end.')
  const stored = await decided(() => changeSearch(id, (search) => ({ ...search, stopped: false })))
  if (stored.ok) void drive(id)
  return stored
}

/** Starts no more trials; the one under way is stopped, and what it learned is kept. */
export async function stopSearch(id: SearchId): Promise<Decision<void>> {
  const stored = await decided(() => changeSearch(id, (search) => ({ ...search, stopped: true })))
  if (stored.ok && store.getState().active === id) stopTraining()
  return stored
}

/** One page at a time works through a search: its lock is freed however the page ends. */
async function drive(id: SearchId): Promise<void> {
  store.setState({ active: id, trouble: null })
  try {
    await navigator.locks.request(`search:${id}`, { ifAvailable: true }, async (lock) => {
      if (lock === null)
        throw new Error('Another tab works through this search. Watch it there, or close that tab.')
      while (await step(id)) {
        // One trial after the other.
      }
    })
  } catch (error) {
    store.setState({ trouble: { searchId: id, message: wireError(error).message } })
  }
  store.setState({ active: null })
}

/** Does one trial; false when there is nothing more to do. */
async function step(id: SearchId): Promise<boolean> {
  const search = await getSearch(id)
  const trial = search === null || search.stopped ? null : nextTrial(search)
  if (search === null || trial === null) return false
  const outcome = search.trials[trial]?.outcome ?? { kind: 'waiting' }
  const run = await runOfTrial(id, trial, outcome)
  const settled = settledOutcome(outcome, run)
  if (settled.kind === 'ended' || settled.kind === 'failed') {
    await changeSearch(id, (current) => withOutcome(current, trial, settled))
    return true
  }
  const end = run === null ? await begin(search, trial) : await resumeToEnd(run)
  return keepEnd(id, trial, end)
}

/** The run a trial already has: noted on it, or found by its origin where the page ended before it was noted. */
async function runOfTrial(id: SearchId, trial: number, outcome: TrialOutcome): Promise<StoredRun | null> {
  if (outcome.kind === 'started') return getRun(outcome.runId)
  const runs = await readTableRuns()
  return (
    runs.find(
      ({ origin }) => origin?.kind === 'search' && origin.searchId === id && origin.trial === trial,
    ) ?? null
  )
}

async function begin(search: Search, trial: number): Promise<TrainingEnd> {
  const { id, name, base, dataset } = search
  const recipe = trialRecipe(base, search.trials[trial]?.changes ?? {}, presetNames)
  if (!recipe.ok)
    return {
      kind: 'failed',
      runId: null,
      error: { code: 'bad-params', message: recipe.problems.map(({ message }) => message).join(' ') },
    }
  return trainToEnd(
    {
      datasetId: dataset.id,
      params: recipe.params,
      runName: `${name} ${trial + 1}`,
      origin: { kind: 'search', searchId: id, trial },
    },
    (runId) =>
      void decided(() =>
        changeSearch(id, (current) => withOutcome(current, trial, { kind: 'started', runId })),
      ),
  )
}

/** Writes down what became of a trial, and says whether to go on. A run that a person stops stops its search. */
async function keepEnd(id: SearchId, trial: number, end: TrainingEnd): Promise<boolean> {
  switch (end.kind) {
    case 'ended': {
      const stopped = end.outcome === 'stopped'
      await changeSearch(id, (search) => ({
        ...withOutcome(search, trial, { kind: 'ended', runId: end.runId }),
        stopped: search.stopped || stopped,
      }))
      return !stopped
    }
    case 'failed': {
      const run = end.runId === null ? null : await getRun(end.runId)
      // An interrupted run can be resumed: its trial stays the next one.
      if (run?.status.state === 'running') throw new Error(end.error.message)
      const { message } = end.error
      await changeSearch(id, (search) =>
        withOutcome(search, trial, { kind: 'failed', runId: end.runId, message }),
      )
      return true
    }
    case 'dropped':
      await changeSearch(id, (search) => ({
        ...withOutcome(search, trial, { kind: 'waiting' }),
        stopped: true,
      }))
      return false
    case 'busy':
      throw new Error('Another run is under way. Go on with the search when it ended.')
  }
}
