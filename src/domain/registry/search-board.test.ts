import { describe, expect, it } from 'vitest'
import { DESIGN_LADDER } from '../model/ladder'
import { findPreset } from '../model/presets'
import { DEFAULT_PARAMS } from '../params/defaults'
import { datasetIdOf, epochMillis, parseRunId, parseSha256, recordIdFromBytes, type SearchId } from '../ids'
import type { Search } from './search'
import {
  nextTrial,
  searchAxes,
  searchStanding,
  settledOutcome,
  trialSteps,
  withOutcome,
} from './search-board'

const DIGEST = parseSha256('0'.repeat(64))
const RUN = parseRunId('a'.repeat(32))

const SEARCH: Search = {
  id: recordIdFromBytes<SearchId>(new Uint8Array(16)),
  name: 'rates',
  kind: 'grid',
  createdAt: epochMillis(1),
  dataset: { id: datasetIdOf(DIGEST), name: 'Small', digest: DIGEST },
  base: DEFAULT_PARAMS,
  trials: [0.1, 0.01].map((lr) => ({ changes: { 'train.lr': lr }, outcome: { kind: 'waiting' } })),
  stopped: false,
}

function score(trial: number, accuracy: number, loss = 0.1, count = 6000) {
  return { trial, validation: { accuracy, loss, count } }
}

describe('the standing of a search', () => {
  it('is unknown before a validation', () => {
    expect(searchStanding([{ trial: 0, validation: null }])).toBeNull()
  })

  it('names the best by validation, and those that could as well be', () => {
    const standing = searchStanding([
      score(0, 0.985),
      score(1, 0.9905),
      score(2, 0.99),
      { trial: 3, validation: null },
    ])
    expect(standing).toEqual({ best: 1, count: 6000, accuracy: 0.9905, rivals: [2], compared: 3 })
  })

  it('breaks a tie by the loss, then by the order', () => {
    expect(searchStanding([score(0, 0.99, 0.2), score(1, 0.99, 0.1)])?.best).toBe(1)
    expect(searchStanding([score(0, 0.99), score(1, 0.99)])?.best).toBe(0)
    expect(searchStanding([score(0, 1), score(1, 1)])?.rivals).toEqual([1])
  })

  it('agrees with the test by hand: 99.0 and 98.6 % of 6,000 are 2.0 deviations apart, of 5,000 1.8', () => {
    expect(searchStanding([score(0, 0.99), score(1, 0.986)])?.rivals).toEqual([])
    expect(searchStanding([score(0, 0.99, 1, 5000), score(1, 0.986, 1, 5000)])?.rivals).toEqual([1])
  })
})

it('weighs each trial against the one before it', () => {
  const steps = trialSteps([score(0, 0.98), score(1, 0.99), { trial: 2, validation: null }, score(3, 0.99)])
  expect(steps.map((step) => step?.apart ?? null)).toEqual([null, true, null, null])
  expect(steps[1]?.difference).toBeCloseTo(0.01)
  expect(trialSteps([score(0, 0.99), score(1, 0.9901)])[1]?.apart).toBe(false)
})

describe('the trials of a search', () => {
  it('go one after the other', () => {
    expect(nextTrial(SEARCH)).toBe(0)
    const first = withOutcome(SEARCH, 0, { kind: 'ended', runId: RUN })
    expect(nextTrial(first)).toBe(1)
    expect(nextTrial(withOutcome(first, 1, { kind: 'failed', runId: null, message: 'no' }))).toBeNull()
    expect(() => withOutcome(SEARCH, 2, { kind: 'waiting' })).toThrow('has 2 trials, found trial 2')
  })

  it('follow what became of their runs', () => {
    const started = { kind: 'started', runId: RUN } as const
    const startedAt = epochMillis(1)
    expect(settledOutcome(started, null)).toEqual({ kind: 'waiting' })
    expect(settledOutcome(started, { id: RUN, status: { state: 'running', startedAt } })).toEqual(started)
    const failed = { state: 'failed', startedAt, endedAt: startedAt, code: 'bug', message: 'no' } as const
    expect(settledOutcome(started, { id: RUN, status: failed })).toEqual({
      kind: 'failed',
      runId: RUN,
      message: 'no',
    })
    expect(settledOutcome({ kind: 'ended', runId: RUN }, null)).toEqual({ kind: 'ended', runId: RUN })
  })

  it('differ along axes', () => {
    expect(searchAxes(SEARCH)).toEqual([{ path: 'train.lr', values: [0.1, 0.01] }])
  })
})

it('has eight rungs, each a preset', () => {
  expect(DESIGN_LADDER).toHaveLength(8)
  for (const { preset } of DESIGN_LADDER) expect(findPreset(preset).kind).toBe('found')
})
