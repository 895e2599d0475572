import { classNames } from './class-names'
import styles from './progress.module.css'

interface TrackProps {
  readonly label: string
  /** Share done in [0, 1], or null while the whole is unknown. */
  readonly share: number | null
  readonly thin?: boolean
}

/** A bare bar. Without a known share it stays empty: the text beside it counts. */
export function ProgressTrack({ label, share, thin = false }: TrackProps) {
  const bounded = share === null ? 0 : Math.min(1, Math.max(0, share))
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      {...(share === null ? {} : { 'aria-valuenow': Math.round(bounded * 100) })}
      className={classNames(styles['track'], thin && styles['thin'])}
    >
      <div className={styles['fill']} style={{ transform: `scaleX(${bounded})` }} />
    </div>
  )
}

interface ProgressProps {
  readonly label: string
  readonly share: number | null
  /** "1,530 images/s · 42 s left": whatever is known. */
  readonly figures: string
}

/** A bar with what is being done above it, and how fast. */
export function Progress({ label, share, figures }: ProgressProps) {
  return (
    <div className={styles['progress']}>
      <div className={styles['line']}>
        <span>{label}</span>
        <span className={styles['figures']}>{figures}</span>
      </div>
      <ProgressTrack label={label} share={share} />
    </div>
  )
}
