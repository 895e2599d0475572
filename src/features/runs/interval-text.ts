import { formatPercent } from '../../ui/format'

/** "99.38 % (99.20 – 99.52)": a share with its 95 % interval. */
export function intervalText(
  share: number,
  { low, high }: { readonly low: number; readonly high: number },
): string {
  const [from, to] = [low, high].map((bound) => formatPercent(bound).replace(/\u00a0%$/, ''))
  return `${formatPercent(share)} (${from} – ${to})`
}
