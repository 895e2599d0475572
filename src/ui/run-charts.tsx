import { useMemo } from 'react'
import type { EpochMetrics } from '../domain/training/events'
import { CurveChart } from './curve-chart'
import { formatLoss, formatPercent, formatPercentTick, formatSignificant, formatTick } from './format'
import { Columns, Stack } from './layout'
import { runCurves, type StepFigures } from './run-curves'

interface RunChartsProps {
  readonly curve: StepFigures
  readonly epochs: readonly EpochMetrics[]
  readonly stepsPerEpoch: number
  readonly totalSteps: number
}

/** How a run learns: loss and accuracy per step and, for validation, per epoch; below them what moved the weights. */
export function RunCharts({ curve, epochs, stepsPerEpoch, totalSteps }: RunChartsProps) {
  const curves = useMemo(() => runCurves(curve, epochs, stepsPerEpoch), [curve, epochs, stepsPerEpoch])
  return (
    <Stack>
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
      <Columns>
        <CurveChart
          title="Gradient norm"
          unit="global norm before clipping, by step"
          xName="step"
          format={formatSignificant}
          formatTick={formatTick}
          curves={curves.gradientNorm}
          xEnd={totalSteps}
          canLog
          low
        />
        <CurveChart
          title="Learning rate"
          unit="as used, by step"
          xName="step"
          format={formatSignificant}
          formatTick={formatTick}
          curves={curves.learningRate}
          xEnd={totalSteps}
          canLog
          low
        />
      </Columns>
    </Stack>
  )
}
