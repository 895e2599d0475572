export interface RateSample {
  readonly at: number
  readonly done: number
}

const WINDOW_MS = 4000

/**
 * Adds a measurement to the last few seconds of them. Work that starts anew (the next file) has less done than before: then
 * only the new measurement counts.
 */
export function addSample(samples: readonly RateSample[], sample: RateSample): readonly RateSample[] {
  const last = samples.at(-1)
  if (last !== undefined && sample.done < last.done) return [sample]
  const recent = samples.filter(({ at }) => at >= sample.at - WINDOW_MS)
  return [...recent, sample]
}

/** Units a second over the samples, or null while they say too little. */
export function rateOf(samples: readonly RateSample[]): number | null {
  const first = samples[0]
  const last = samples.at(-1)
  if (first === undefined || last === undefined || last.at - first.at < 250) return null
  return ((last.done - first.done) / (last.at - first.at)) * 1000
}
