import { useEffect, useState } from 'react'
import { addSample, rateOf, type RateSample } from './rate'

/** Units a second of a count that grows, from the last few seconds; null while too little is known. */
export function useRate(done: number | null): number | null {
  const [samples, setSamples] = useState<readonly RateSample[]>([])
  useEffect(() => {
    if (done === null) setSamples([])
    else setSamples((held) => addSample(held, { at: performance.now(), done }))
  }, [done])
  return rateOf(samples)
}
