import { wilsonInterval } from '../metrics/interval'
import type { SplitScore } from '../training/events'
import type { EndedRun } from './run'

/** What runs may be chosen by. Test figures are not among them: whoever chooses by them measures nothing with them any more. */
const METRICS = {
  validation_accuracy: { of: (score: SplitScore) => score.accuracy, better: 'higher' },
  validation_loss: { of: (score: SplitScore) => score.loss, better: 'lower' },
} as const

export type BestRun =
  | {
      readonly ok: true
      readonly run: EndedRun
      readonly value: number
      /** For the registry's history: by what, how far, and how many others are as good within chance. */
      readonly reason: string
    }
  | { readonly ok: false; readonly message: string }

interface Candidate {
  readonly run: EndedRun
  readonly score: SplitScore
}

/**
 * The best run by a metric of its validation, taken at the epoch whose weights it ended with. Of equals the one with the smaller
 * model, then the one with the lower loss, then the older.
 */
export function bestRun(runs: readonly EndedRun[], metric: string): BestRun {
  const known = Object.entries(METRICS).find(([name]) => name === metric)
  const names = Object.keys(METRICS).join(' or ')
  if (!known)
    return {
      ok: false,
      message: /test/i.test(metric)
        ? `Runs are never chosen by test figures such as ${JSON.stringify(metric)}: these are for measuring what was chosen. Choose by ${names}.`
        : `No run has the metric ${JSON.stringify(metric)}. Choose by ${names}.`,
    }
  const [name, { of, better }] = known
  const candidates = runs.flatMap((run): Candidate[] => {
    const score = validationOf(run)
    return score === null || !Number.isFinite(of(score)) ? [] : [{ run, score }]
  })
  const sign = better === 'higher' ? -1 : 1
  const [best, ...others] = candidates.toSorted(
    (a, b) => sign * (of(a.score) - of(b.score)) || tieBreak(a, b),
  )
  if (best === undefined)
    return {
      ok: false,
      message: `No ended run has the metric ${name}: it needs a validation split (train.validation_fraction above 0). Train one with it.`,
    }
  const value = of(best.score)
  const shown = name === 'validation_accuracy' ? value.toFixed(4) : value.toPrecision(4)
  return {
    ok: true,
    run: best.run,
    value,
    reason: `Best of ${candidates.length} by ${name}: ${shown}${withinChance(best, others)}`,
  }
}

function validationOf(run: EndedRun): SplitScore | null {
  const { weightsEpoch } = run.status.result
  return run.epochs.find(({ epoch }) => epoch === weightsEpoch)?.validation ?? null
}

function tieBreak(a: Candidate, b: Candidate): number {
  return (
    a.run.parameterCount - b.run.parameterCount ||
    a.score.loss - b.score.loss ||
    a.run.status.startedAt - b.run.status.startedAt
  )
}

/** Runs whose accuracy lies in the 95 % interval of the best one's: a difference that a validation split this small cannot tell. */
function withinChance({ score }: Candidate, others: readonly Candidate[]): string {
  const { low } = wilsonInterval(Math.round(score.accuracy * score.count), score.count)
  const near = others.filter((other) => other.score.accuracy >= low).length
  return near === 0 ? '' : ` (${near} other${near === 1 ? '' : 's'} within its 95 % interval)`
}
