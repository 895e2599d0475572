import type { PairedOutcome } from '../domain/metrics/paired'
import { formatCount } from './format'

/** Below this a difference is called distinguishable: it would come by chance in fewer than 5 of 100 comparisons. */
const CHANCE = 0.05

/** Whether two models differ by more than chance gives. */
export function isDistinguishable({ p }: Pick<PairedOutcome, 'p'>): boolean {
  return p < CHANCE
}

/** "30 of 100", or "fewer than 1 of 1,000": how often chance alone gives as much. */
function chanceInWords(p: number): string {
  if (p < 0.001) return 'fewer than 1 of 1,000'
  if (p < 0.01) return `${formatCount(Math.max(1, Math.round(p * 1000)))} of 1,000`
  return `${formatCount(Math.round(p * 100))} of 100`
}

/**
 * What the paired test says of the second model beside the first: "10 of 10,000 digits fewer wrong; a difference that large
 * happens by chance in 30 of 100 comparisons: not distinguishable".
 */
export function pairedInWords(outcome: PairedOutcome): string {
  const { bothRight, bothWrong, onlyFirst, onlySecond, p } = outcome
  const count = bothRight + bothWrong + onlyFirst + onlySecond
  const fewer = onlySecond - onlyFirst
  const verdict = isDistinguishable(outcome) ? 'distinguishable' : 'not distinguishable'
  if (onlyFirst + onlySecond === 0)
    return `Right and wrong on the same ${formatCount(count)} digits: ${verdict}`
  const chance = `happens by chance in ${chanceInWords(p)} comparisons: ${verdict}`
  if (fewer === 0)
    return `As many of ${formatCount(count)} digits wrong, though not the same ones; such a tie says nothing against chance: ${verdict}`
  const side = fewer > 0 ? 'fewer' : 'more'
  return `${formatCount(Math.abs(fewer))} of ${formatCount(count)} digits ${side} wrong; a difference that large ${chance}`
}
