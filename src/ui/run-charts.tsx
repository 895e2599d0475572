import { useMemo } from 'react'
import type { EpochMetrics } from '../domain/training/events'
import { CurveChart } from './curve-chart'
import { formatLoss, formatPercent } from './format'
import { Columns } from './layout'
import { Panel } from './panel'
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
      <Panel title="Loss" note="over steps">
        <CurveChart
          title="Negative log-likelihood"
          unit="nats"
          xName="step"
          format={formatLoss}
          curves={curves.loss}
          xEnd={totalSteps}
          canLog
        />
      </Panel>
      <Panel title="Accuracy" note="over steps">
        <CurveChart
          title="Right answers"
          unit="share"
          xName="step"
          format={formatPercent}
          curves={curves.accuracy}
          xEnd={totalSteps}
          yTop={1}
        />
      </Panel>
    </Columns>
  )
}
