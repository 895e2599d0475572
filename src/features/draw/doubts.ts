import { formatPercent } from '../../ui/format'

/** An answer with less than this probability is called unsure. */
const UNSURE = 0.7
/** Another digit with at least this much is named. */
const NAMED = 0.1

/** Why an answer should be taken with care, in words; null where nothing speaks against it. */
export function doubtAbout(label: number, probabilities: Float32Array, digits: number): string | null {
  if (digits > 1)
    return `This looks like ${digits} digits. The model knows one at a time, so it reads them as one shape.`
  const first = probabilities[label] ?? 0
  if (first >= UNSURE) return null
  const others = [...probabilities.entries()]
    .filter(([digit, share]) => digit !== label && share >= NAMED)
    .sort(([, a], [, b]) => b - a)
    .map(([digit, share]) => `${digit} (${formatPercent(share, 0)})`)
  return others.length === 0
    ? 'Not sure: no digit stands out.'
    : `Not sure: it could also be ${others.join(' or ')}.`
}
