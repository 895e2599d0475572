import { useEffect, useRef, useState } from 'react'
import { addSample, rateOf, type RateSample } from './rate'

const LOOK_MS = 500

/** Units a second of a count that grows, looked at twice a second so that the figure can be read; null while unknown. */
export function useRate(done: number | null): number | null {
  const latest = useRef(done)
  const [samples, setSamples] = useState<readonly RateSample[]>([])

  useEffect(() => {
    latest.current = done
  })

  useEffect(() => {
    const timer = setInterval(() => {
      const now = latest.current
      if (now !== null) setSamples((held) => addSample(held, { at: performance.now(), done: now }))
    }, LOOK_MS)
    return () => clearInterval(timer)
  }, [])

  return rateOf(samples)
}
