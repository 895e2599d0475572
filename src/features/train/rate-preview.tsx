import { useMemo } from 'react'
import type { TrainParams } from '../../domain/params/schema'
import { scheduleCurve } from '../../domain/training/schedule-curve'
import { CurveChart } from '../../ui/curve-chart'
import { formatSignificant, formatTick } from '../../ui/format'
import { scheduleInWords } from './recipe'
import styles from './rate-preview.module.css'

interface RatePreviewProps {
  readonly params: TrainParams
  readonly stepsPerEpoch: number
}

/** The learning rate of the run that the form describes, before it is started. */
export function RatePreview({ params, stepsPerEpoch }: RatePreviewProps) {
  const curves = useMemo(() => {
    const { epochs, rates } = scheduleCurve(params, stepsPerEpoch)
    const name = params.scheduler === 'plateau' ? 'First rate' : 'Rate'
    return [{ name, tone: 3, style: 'line', points: { x: epochs, y: rates } }] as const
  }, [params, stepsPerEpoch])
  return (
    <CurveChart
      title="Learning rate"
      unit="planned, by epoch"
      xName="epoch"
      formatX={(epoch) => epoch.toFixed(2)}
      format={formatSignificant}
      formatTick={formatTick}
      curves={curves}
      xEnd={params.epochs}
      canLog
      note={<p className={styles['note']}>{scheduleInWords(params)}</p>}
    />
  )
}
