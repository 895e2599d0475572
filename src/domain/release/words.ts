import type { ChampionComparison, ReleaseAssessment, ReleaseCheck } from './assessment'
import { boundOf } from './checks'

/** The decision in a sentence: which checks failed, and by how much. */
export function decisionSentence({ decision, checks }: ReleaseAssessment): string {
  const failed = checks.filter(({ passed }) => !passed)
  if (decision === 'APPROVE') return `All ${checks.length} checks hold.`
  return `${failed.length} of ${checks.length} checks ${failed.length === 1 ? 'fails' : 'fail'}: ${failed.map(missSentence).join('; ')}.`
}

function missSentence({ name, value, threshold }: ReleaseCheck): string {
  if (value === null) return `${name} was not measured`
  if (Number.isNaN(value)) return `${name} is not a number`
  const miss = shortNumber(Math.abs(value - threshold))
  return boundOf(name) === 'at-least'
    ? `${name} ${shortNumber(value)} is ${miss} under ${threshold}`
    : `${name} ${shortNumber(value)} is ${miss} over ${threshold}`
}

/** How a candidate stands beside the champion, in a sentence. */
export function championSentence({ versionId, paired, verdict }: ChampionComparison): string {
  const { onlyFirst, onlySecond, p } = paired
  const counts = `${onlyFirst} digits only this model reads right, ${onlySecond} only ${versionId}`
  if (onlyFirst + onlySecond === 0)
    return `Not distinguishable from ${versionId}: both read the same digits right.`
  const chance = `p = ${p < 0.001 ? p.toExponential(1) : p.toFixed(3)}`
  switch (verdict) {
    case 'better':
      return `Better than ${versionId}: ${counts} (${chance}).`
    case 'worse':
      return `Worse than ${versionId}: ${counts} (${chance}).`
    case 'not-distinguishable':
      return `Not distinguishable from ${versionId}: ${counts}, which chance explains (${chance}).`
  }
}

function shortNumber(value: number): string {
  return String(Number(value.toPrecision(4)))
}
