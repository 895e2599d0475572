import { Cpu } from 'lucide-react'
import { Link } from 'wouter'
import { useDevice } from '../stores/device'
import { useRuns } from '../stores/queries'
import { useTraining } from '../stores/training'
import styles from './device-badge.module.css'

/** Which device computes: of the run under way, else of the newest run; before the first run only what is sure. */
export function DeviceBadge() {
  const live = useTraining((state) => ('engine' in state ? state.engine.device : null))
  const runs = useRuns()
  const simd = useDevice((facts) => facts.simd)
  const device = live ?? runs?.[0]?.engine.device ?? (simd ? 'CPU' : 'No SIMD')
  return (
    <Link href="/system" className={styles['device']} aria-label={`Device: ${device}. Open System`}>
      <Cpu aria-hidden />
      {device}
    </Link>
  )
}
