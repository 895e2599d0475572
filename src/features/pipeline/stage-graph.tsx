import {
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CircleDot,
  CirclePause,
  CircleX,
  type LucideIcon,
} from 'lucide-react'
import { Link } from 'wouter'
import {
  STAGE_DEFINITIONS,
  STAGES,
  type StageName,
  type StageProduct,
  type StageRecord,
} from '../../domain/pipeline/stages'
import type { PipelineStatus, StageState } from '../../domain/pipeline/state'
import { reasonsOf } from '../../domain/pipeline/words'
import { useTraining } from '../../stores/training'
import { classNames } from '../../ui/class-names'
import { formatDuration, formatMoment, formatPercent, formatRate } from '../../ui/format'
import { ProgressTrack } from '../../ui/progress'
import styles from './pipeline.module.css'

const LOOK: Readonly<Record<StageState['state'], { readonly icon: LucideIcon; readonly text: string }>> = {
  new: { icon: CircleDashed, text: 'New' },
  fresh: { icon: CircleCheck, text: 'Fresh' },
  stale: { icon: CircleAlert, text: 'Stale' },
  held: { icon: CirclePause, text: 'Held back' },
  running: { icon: CircleDot, text: 'Running' },
  failed: { icon: CircleX, text: 'Failed' },
}

/** The stages as a drawn graph: each feeds the next, with how it stands and why. */
export function StageGraph({ status }: { readonly status: PipelineStatus }) {
  return (
    <ol className={styles['graph']} aria-label="Stages of the pipeline">
      {STAGES.map((stage) => (
        <StageCard key={stage} stage={stage} state={status[stage]} />
      ))}
    </ol>
  )
}

interface StageCardProps {
  readonly stage: StageName
  readonly state: StageState
}

function StageCard({ stage, state }: StageCardProps) {
  const { title, does } = STAGE_DEFINITIONS[stage]
  const { icon: Icon, text } = LOOK[state.state]
  const record = recordOf(state)
  return (
    <li className={classNames(styles['stage'], styles[state.state])} data-stage={stage}>
      <div className={styles['head']}>
        <h3>{title}</h3>
        <span className={styles['state']}>
          <Icon aria-hidden />
          {text}
        </span>
      </div>
      <p className={styles['does']}>{does}</p>
      <ul className={styles['why']}>
        {reasonsOf(state).map((reason) => (
          <li key={reason}>{reason}</li>
        ))}
      </ul>
      {state.state === 'running' && stage === 'train' && <TrainProgress />}
      {record !== null && <Made record={record} past={state.state !== 'fresh'} stage={stage} />}
    </li>
  )
}

function recordOf(state: StageState): StageRecord | null {
  switch (state.state) {
    case 'fresh':
      return state.record
    case 'stale':
      return state.last
    case 'new':
    case 'held':
    case 'running':
    case 'failed':
      return null
  }
}

interface MadeProps {
  readonly record: StageRecord
  /** It is what the stage made before, of other inputs. */
  readonly past: boolean
  readonly stage: StageName
}

function Made({ record, past, stage }: MadeProps) {
  const { product, at, seconds } = record
  return (
    <p className={styles['made']}>
      <span>
        {past ? 'Before: ' : ''}
        <Product product={product} stage={stage} />
      </span>
      <span className={styles['when']}>
        {formatMoment(at)}
        {seconds === null ? '' : ` · ${formatDuration(seconds)}`}
      </span>
    </p>
  )
}

function Product({ product, stage }: { readonly product: StageProduct; readonly stage: StageName }) {
  switch (product.kind) {
    case 'dataset':
      return <Link href={`/data?dataset=${product.id}`}>{product.name}</Link>
    case 'run':
      return (
        <>
          <Link href={`/runs/${product.id}${stage === 'evaluate' ? '?tab=confusion' : ''}`}>
            {product.name}
          </Link>
          {stage === 'evaluate' && `: ${formatPercent(product.accuracy)} of the test digits`}
        </>
      )
    case 'assessment':
      return product.decision === 'APPROVE' ? 'Approved' : 'Rejected'
    case 'version':
      return <Link href={`/models?version=${product.version}`}>Version {product.version}</Link>
  }
}

/** How far the run under way is; its curves are on Train. */
function TrainProgress() {
  const training = useTraining((state) => state)
  if (training.state !== 'running' && training.state !== 'stopping')
    return <p className={styles['made']}>Preparing the run</p>
  const { stepsDone, totalSteps, imagesPerSecond, batch } = training
  const left = ((totalSteps - stepsDone) * batch) / imagesPerSecond
  return (
    <div className={styles['progress']}>
      <ProgressTrack label="Training" share={stepsDone / Math.max(1, totalSteps)} thin />
      <span>
        <Link href="/train">{formatRate(imagesPerSecond)}</Link>
        {Number.isFinite(left) ? ` · ${formatDuration(left)} left` : ''}
      </span>
    </div>
  )
}
