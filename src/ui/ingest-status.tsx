import { Button } from './button'
import { formatBytes, formatCounted, formatDuration, formatRate, secondsLeft } from './format'
import { Stack } from './layout'
import { Notice } from './notice'
import { Panel } from './panel'
import { Progress } from './progress'
import { useRate } from './use-rate'

interface PassedOver {
  readonly source: string
  readonly reason: string
}

interface LoadingData {
  readonly state: 'loading'
  readonly progress: {
    readonly label: string
    readonly done: number
    readonly total: number | null
    readonly unit: 'bytes' | 'images'
  } | null
  readonly passedOver: readonly PassedOver[]
}

interface IngestStatusProps {
  readonly ingest:
    | LoadingData
    | { readonly state: 'idle' | 'found'; readonly passedOver: readonly PassedOver[] }
    | {
        readonly state: 'failed'
        readonly error: { readonly message: string }
        readonly passedOver: readonly PassedOver[]
      }
  readonly onStop: () => void
}

/** What loading data does, how it failed, and what was passed over on the way; nothing while there is nothing to say. */
export function IngestStatus({ ingest, onStop }: IngestStatusProps) {
  if (ingest.state === 'loading')
    return (
      <Panel title="Loading data" actions={<Button onClick={onStop}>Stop</Button>}>
        <Stack>
          <LoadingProgress loading={ingest} />
          <PassedOverList sources={ingest.passedOver} />
        </Stack>
      </Panel>
    )
  if (ingest.state === 'failed')
    return (
      <Notice tone="failure" title="Loading failed; what was stored before is untouched">
        <p>{ingest.error.message}</p>
        <PassedOverList sources={ingest.passedOver} />
      </Notice>
    )
  if (ingest.passedOver.length === 0) return null
  return (
    <Notice tone="info" title="Some sources could not be used">
      <PassedOverList sources={ingest.passedOver} />
    </Notice>
  )
}

function LoadingProgress({ loading }: { readonly loading: LoadingData }) {
  const { progress } = loading
  const rate = useRate(progress?.done ?? null)
  if (progress === null) return <Progress label="Starting" share={null} figures="" />
  const { done, total, unit } = progress
  const amount = unit === 'bytes' ? formatBytes : formatImages
  const left = rate === null || done === total ? null : secondsLeft(done, total, rate)
  const figures = [
    total === null ? amount(done) : `${amount(done)} of ${amount(total)}`,
    rate === null || rate <= 0
      ? ''
      : unit === 'bytes'
        ? `${formatBytes(Math.round(rate))}/s`
        : formatRate(rate),
    left === null ? '' : `${formatDuration(left)} left`,
  ]
  return (
    <Progress
      label={progress.label}
      share={total === null ? null : done / Math.max(1, total)}
      figures={figures.filter((part) => part !== '').join(' · ')}
    />
  )
}

function formatImages(count: number): string {
  return formatCounted(count, 'image')
}

function PassedOverList({ sources }: { readonly sources: readonly PassedOver[] }) {
  if (sources.length === 0) return null
  return (
    <ul aria-label="Sources passed over">
      {sources.map(({ source, reason }, index) => (
        <li key={index}>
          {source}: {reason}
        </li>
      ))}
    </ul>
  )
}
