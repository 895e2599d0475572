import { CircleStop } from 'lucide-react'
import { Link } from 'wouter'
import { stopIngest, useIngest } from '../stores/ingest'
import { stopTraining, useTraining } from '../stores/training'
import { IconButton } from '../ui/button'
import { formatDuration, formatPercent, formatRate } from '../ui/format'
import { ProgressTrack } from '../ui/progress'
import styles from './job-status.module.css'

/** The job under way, from anywhere: what, how far, how fast, and the way to stop it. */
export function JobStatus() {
  const training = useTraining((state) => state)
  const ingest = useIngest((state) => state)
  if (training.state === 'preparing')
    return (
      <Job
        href="/train"
        name={training.runName}
        share={null}
        figures={training.waitsForGpu ? 'Waiting for the GPU' : 'Preparing'}
        onStop={stopTraining}
      />
    )
  if (training.state === 'running' || training.state === 'stopping') {
    const { stepsDone, totalSteps, batch, imagesPerSecond } = training
    const left = ((totalSteps - stepsDone) * batch) / imagesPerSecond
    return (
      <Job
        href="/train"
        name={training.runName}
        share={stepsDone / Math.max(1, totalSteps)}
        figures={
          training.state === 'stopping'
            ? 'Stopping'
            : `${formatRate(imagesPerSecond)} · ${formatDuration(left)} left`
        }
        onStop={training.state === 'running' ? stopTraining : null}
      />
    )
  }
  if (ingest.state === 'loading') {
    const progress = ingest.progress
    return (
      <Job
        href="/data"
        name={progress?.label ?? 'Loading data'}
        share={
          progress === null || progress.total === null ? null : progress.done / Math.max(1, progress.total)
        }
        figures=""
        onStop={stopIngest}
      />
    )
  }
  return null
}

interface JobProps {
  readonly href: string
  readonly name: string
  readonly share: number | null
  readonly figures: string
  /** Null once it is stopping already. */
  readonly onStop: (() => void) | null
}

function Job({ href, name, share, figures, onStop }: JobProps) {
  return (
    <div className={styles['job']}>
      <Link href={href} className={styles['link']}>
        <span className={styles['name']}>{name}</span>
        <ProgressTrack label={name} share={share} thin />
        <span>{share === null ? '' : formatPercent(share, 0)}</span>
        <span className={styles['figures']}>{figures}</span>
      </Link>
      {onStop !== null && (
        <IconButton label={`Stop ${name}`} onClick={onStop}>
          <CircleStop aria-hidden />
        </IconButton>
      )}
    </div>
  )
}
