import type { Search, Trial } from '../../domain/registry/search'
import type { SearchStanding } from '../../domain/registry/search-board'
import { formatCount, formatPercent } from '../../ui/format'

/** "3 of 9 done". */
export function countTrials({ trials }: Search): string {
  const done = trials.filter(({ outcome }) => outcome.kind === 'ended' || outcome.kind === 'failed').length
  return `${formatCount(done)} of ${formatCount(trials.length)} done`
}

/** What a trial changes: "lr 0.01, batch_size 64". */
function changesText({ changes }: Trial): string {
  return Object.entries(changes)
    .map(([path, value]) => `${path.slice(path.indexOf('.') + 1)} ${value}`)
    .join(', ')
}

/** Which trial is best by validation, and what that is worth. */
export function standingInWords(standing: SearchStanding, search: Search): string {
  const { best, accuracy, count, rivals, compared } = standing
  const trial = search.trials[best]
  const name = `Trial ${best + 1}${trial === undefined ? '' : ` (${changesText(trial)})`}`
  const figure = `${formatPercent(accuracy)} of ${formatCount(count)} validation digits`
  if (compared === 1) return `${name} has ${figure}. There is no other to compare it with yet.`
  if (rivals.length === 0)
    return `${name} is best with ${figure}, by more than chance gives between two trials.`
  const others =
    rivals.length === compared - 1
      ? 'from any other trial'
      : `from ${rivals.length === 1 ? 'trial' : 'trials'} ${rivals.map((rival) => rival + 1).join(', ')}`
  return `${name} is ahead with ${figure}, but that is not distinguishable ${others}: more seeds or more digits would tell.`
}
