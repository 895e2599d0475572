import { epochMillis, type EpochMillis } from '../domain/ids'

/** The page's clock, as the domain counts time. */
export function now(): EpochMillis {
  return epochMillis(Date.now())
}
