import { useMemo } from 'react'
import { useSearchParams } from 'wouter'
import { useManyRunSteps, useRunTable, type TableRun } from '../../stores/queries'
import { LinkButton } from '../../ui/button'
import { CurveChart } from '../../ui/curve-chart'
import { formatLoss, formatPercent, formatPercentTick, formatTick } from '../../ui/format'
import { Columns, Stack } from '../../ui/layout'
import { EmptyState, Notice } from '../../ui/notice'
import { readCompared } from './compare-address'
import { compareCurves } from './compare-curves'
import { ComparedRuns } from './compared-runs'
import { ComparedParameters } from './compared-parameters'
import { PairView } from './pair-view'

/** Two runs or more side by side; which ones, and which pair is looked at, is in the address. */
export function CompareScreen() {
  const [search] = useSearchParams()
  const text = search.get('runs')
  const ids = useMemo(() => readCompared(text), [text])
  const stored = useRunTable()
  if (stored === undefined) return null
  const runs = ids.flatMap((id) => stored.filter((run) => run.id === id))
  if (runs.length < 2)
    return (
      <EmptyState
        title="Choose two runs or more"
        action={
          <LinkButton href="/runs" kind="primary">
            Choose runs
          </LinkButton>
        }
      >
        Here runs stand side by side: what their recipes differ in, what each reached, which digits one reads
        and the other does not, and whether that is more than chance. Choose them in the table of runs.
        {ids.length > runs.length && ' Some runs of this address are not stored in this browser.'}
      </EmptyState>
    )
  return <Comparison runs={runs} missing={ids.length - runs.length} />
}

function Comparison({ runs, missing }: { readonly runs: readonly TableRun[]; readonly missing: number }) {
  return (
    <Stack>
      {missing > 0 && (
        <Notice
          tone="caution"
          title={`${missing} of the runs of this address ${missing === 1 ? 'is' : 'are'} not stored in this browser`}
        />
      )}
      <ComparedRuns runs={runs} />
      <PairView runs={runs} />
      <ComparedParameters runs={runs} />
      <Curves runs={runs} />
    </Stack>
  )
}

function Curves({ runs }: { readonly runs: readonly TableRun[] }) {
  const ids = useMemo(() => runs.map(({ id }) => id), [runs])
  const steps = useManyRunSteps(ids)
  const curves = useMemo(
    () =>
      compareCurves(
        runs.map(({ name, epochs }, index) => ({ name, epochs, loss: steps?.[index]?.loss ?? null })),
      ),
    [runs, steps],
  )
  return (
    <Stack>
      <CurveChart
        title="Training loss"
        unit="nats, smoothed, by step"
        xName="step"
        format={formatLoss}
        formatTick={formatTick}
        curves={curves.loss}
        xEnd={curves.steps}
        canLog
      />
      <Columns>
        <CurveChart
          title="Validation accuracy"
          unit="right answers, by epoch"
          xName="epoch"
          format={formatPercent}
          formatTick={formatPercentTick}
          curves={curves.validationAccuracy}
          xEnd={curves.epochs}
          yTop={1}
        />
        <CurveChart
          title="Validation loss"
          unit="nats, by epoch"
          xName="epoch"
          format={formatLoss}
          formatTick={formatTick}
          curves={curves.validationLoss}
          xEnd={curves.epochs}
          canLog
        />
      </Columns>
    </Stack>
  )
}
