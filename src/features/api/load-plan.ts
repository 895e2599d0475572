import { type LoadPlan, WARM_UP } from '../../domain/bench/load-drive'

export type PlannedLoad =
  { readonly kind: 'ready'; readonly plan: LoadPlan } | { readonly kind: 'wrong'; readonly reason: string }

const MOST_REQUESTS = 100_000
const MOST_AT_ONCE = 64

/** What the two fields ask for, or what is wrong with them. */
export function planLoad(requests: string, concurrency: string): PlannedLoad {
  if (!isWhole(requests, MOST_REQUESTS))
    return { kind: 'wrong', reason: 'The requests must be a whole number from 1 to 100,000.' }
  if (!isWhole(concurrency, MOST_AT_ONCE))
    return { kind: 'wrong', reason: 'Those at once must be a whole number from 1 to 64.' }
  const plan = { warmUp: WARM_UP, requests: Number(requests), concurrency: Number(concurrency) }
  return { kind: 'ready', plan }
}

function isWhole(text: string, most: number): boolean {
  const value = Number(text)
  return /^\d+$/.test(text) && value >= 1 && value <= most
}
