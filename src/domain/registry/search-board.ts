import type { SplitScore } from '../training/events'
import type { ParamValue } from '../params/draft'
import type { RunStatus } from './records'
import type { Search, Trial, TrialOutcome } from './search'

/** A trial with the validation its run ended with; null while it has none. */
export interface TrialScore {
  readonly trial: number
  readonly validation: SplitScore | null
}

/** The best trial by validation, never by test, and what chance says about its lead. */
export interface SearchStanding {
  readonly best: number
  /** Validation images it was measured on. */
  readonly count: number
  readonly accuracy: number
  /** Trials whose accuracy could as well be the best one's: two-proportion z-test, |z| < 1.96. */
  readonly rivals: readonly number[]
  /** Trials that were compared. */
  readonly compared: number
}

/** The standard normal quantile at 0.975. */
const Z_95 = 1.959963984540054

/**
 * Of equal accuracies the lower loss wins, then the earlier trial; null while no trial has a validation. The test takes the
 * trials for independent samples, which overstates the noise between models that saw the same validation images: a lead it calls
 * distinguishable is so. It does not correct for the number of trials: the best of many flatters itself.
 */
export function searchStanding(scores: readonly TrialScore[]): SearchStanding | null {
  const scored = scores.flatMap(({ trial, validation }) => (validation ? [{ trial, validation }] : []))
  const [best] = scored.toSorted(
    (a, b) =>
      b.validation.accuracy - a.validation.accuracy ||
      a.validation.loss - b.validation.loss ||
      a.trial - b.trial,
  )
  if (best === undefined) return null
  const rivals = scored
    .filter(({ trial, validation }) => trial !== best.trial && !isApart(best.validation, validation))
    .map(({ trial }) => trial)
  const { accuracy, count } = best.validation
  return { best: best.trial, count, accuracy, rivals, compared: scored.length }
}

function isApart(a: SplitScore, b: SplitScore): boolean {
  const pooled = (a.accuracy * a.count + b.accuracy * b.count) / (a.count + b.count)
  const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / a.count + 1 / b.count))
  return deviation > 0 && Math.abs(a.accuracy - b.accuracy) / deviation >= Z_95
}

/** A trial beside the one before it: the difference of their validation accuracies, and whether it is more than chance gives. */
export interface TrialStep {
  readonly difference: number
  readonly apart: boolean
}

/** One a trial; null for the first, and where one of both has no validation. */
export function trialSteps(scores: readonly TrialScore[]): readonly (TrialStep | null)[] {
  return scores.map(({ validation }, index) => {
    const before = scores[index - 1]?.validation ?? null
    if (validation === null || before === null) return null
    return { difference: validation.accuracy - before.accuracy, apart: isApart(validation, before) }
  })
}

/** The search after something happened to one of its trials. @throws RangeError for a trial it has not */
export function withOutcome(search: Search, trial: number, outcome: TrialOutcome): Search {
  if (search.trials[trial] === undefined)
    throw new RangeError(`search ${search.id} has ${search.trials.length} trials, found trial ${trial}`)
  const trials = search.trials.map((one, index): Trial => (index === trial ? { ...one, outcome } : one))
  return { ...search, trials }
}

/** What its run says became of a trial that was started; `null`: the run is gone, or was never stored. */
export function settledOutcome(
  outcome: TrialOutcome,
  run: { readonly id: Extract<TrialOutcome, { kind: 'ended' }>['runId']; readonly status: RunStatus } | null,
): TrialOutcome {
  if (run === null) return outcome.kind === 'started' ? { kind: 'waiting' } : outcome
  switch (run.status.state) {
    case 'completed':
    case 'stopped':
      return { kind: 'ended', runId: run.id }
    case 'failed':
      return { kind: 'failed', runId: run.id, message: run.status.message }
    case 'running':
      return { kind: 'started', runId: run.id }
  }
}

/** The next trial to start or to go on with; null when all are done. */
export function nextTrial({ trials }: Search): number | null {
  const open = trials.findIndex(({ outcome }) => outcome.kind === 'started' || outcome.kind === 'waiting')
  return open < 0 ? null : open
}

/** The parameters in which the trials differ, and the values each takes, both in the order they come. */
export function searchAxes({ trials }: Search): readonly {
  readonly path: string
  readonly values: readonly ParamValue[]
}[] {
  const values = new Map<string, ParamValue[]>()
  for (const { changes } of trials)
    for (const [path, value] of Object.entries(changes)) {
      const known = values.get(path) ?? []
      if (!known.includes(value)) values.set(path, [...known, value])
    }
  return [...values].map(([path, list]) => ({ path, values: list }))
}
