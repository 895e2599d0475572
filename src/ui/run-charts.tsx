import { useMemo } from 'react'
import type { EpochMetrics } from '../domain/training/events'
import { CurveChart } from './curve-chart'
import { formatLoss, formatPercent, formatPercentTick, formatTick } from './format'
import { Columns } from './layout'
import { runCurves } from './run-curves'

interface RunChartsProps {
  readonly curve: { readonly loss: ArrayLike<number>; readonly accuracy: ArrayLike<number> }
  readonly epochs: readonly EpochMetrics[]
  readonly stepsPerEpoch: number
  readonly totalSteps: number
}

/** Loss and accuracy of a run, per step and, for validation, per epoch. */
export function RunCharts({ curve, epochs, stepsPerEpoch, totalSteps }: RunChartsProps) {
  const curves = useMemo(() => runCurves(curve, epochs, stepsPerEpoch), [curve, epochs, stepsPerEpoch])
  return (
    <Columns>
      <CurveChart
        title="Loss"
        unit="mean negative log-likelihood in nats, by step"
        xName="step"
        format={formatLoss}
        formatTick={formatTick}
        curves={curves.loss}
        xEnd={totalSteps}
        canLog
      />
      <CurveChart
        title="Accuracy"
        unit="right answers, by step"
        xName="step"
        format={formatPercent}
        formatTick={formatPercentTick}
        curves={curves.accuracy}
        xEnd={totalSteps}
        yTop={1}
      />
    </Columns>
  )
}
