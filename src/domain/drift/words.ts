import type { DriftSignal, DriftVerdict, SignalName } from './report'

export const VERDICT_WORDS: Readonly<Record<DriftVerdict, string>> = {
  'not-enough-data': 'Not enough data',
  stable: 'Stable',
  watch: 'Watch',
  drift: 'Drift',
}

export const SIGNAL_WORDS: Readonly<Record<SignalName, string>> = {
  label: 'Labels',
  prediction: 'Answers',
  margin: 'Margin',
}

/** What a verdict on a whole window says. */
export function verdictSentence(verdict: DriftVerdict): string {
  switch (verdict) {
    case 'not-enough-data':
      return 'There are too few images to tell a change from chance.'
    case 'stable':
      return 'Nothing differs from the baseline by more than chance explains.'
    case 'watch':
      return 'Something differs for certain, but by less than counts as drift.'
    case 'drift':
      return 'The images differ from the baseline, for certain and by much.'
  }
}

/** What a p-value says, for people: "happens by chance in 3 of 1,000 windows of this size". */
export function chanceInWords(p: number): string {
  return `A difference this large happens by chance in ${ofWindows(p)} windows of this size`
}

/** Why a signal has the verdict it has. */
export function signalSentence({ verdict, p, count, minimumCount }: DriftSignal): string {
  if (verdict !== 'not-enough-data') return `${chanceInWords(p)}.`
  if (minimumCount === null)
    return 'The reference has too few images, or all in one bin: no window could be compared with it.'
  return `${COUNT.format(count)} of the ${COUNT.format(minimumCount)} images that it takes to find a change as large as the threshold.`
}

const COUNT = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 })

function ofWindows(p: number): string {
  if (p >= 0.995) return 'nearly all'
  if (p >= 0.095) return `${Math.round(p * 100)} of 100`
  if (p >= 0.00095) return `${Math.round(p * 1_000)} of 1,000`
  const powers = [1e9, 1e6, 1e5, 1e4, 1e3]
  const rarest = powers.find((power) => p < 1 / power) ?? 1_000
  return `fewer than 1 of ${COUNT.format(rarest)}`
}
