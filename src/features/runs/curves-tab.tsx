import { useRunSteps, type ListedRun } from '../../stores/queries'
import { EpochTable } from '../../ui/epoch-table'
import { Stack } from '../../ui/layout'
import { Panel } from '../../ui/panel'
import { RunCharts } from '../../ui/run-charts'

const NO_STEPS = { loss: [], accuracy: [], learningRate: [], gradientNorm: [], length: 0 }

/** How the run learned. */
export function CurvesTab({ run }: { readonly run: ListedRun }) {
  const curve = useRunSteps(run.id) ?? NO_STEPS
  return (
    <Stack>
      <RunCharts
        curve={curve}
        epochs={run.epochs}
        stepsPerEpoch={stepsPerEpoch(run) ?? curve.length}
        totalSteps={curve.length}
      />
      <Panel title="Epochs" flush>
        <EpochTable epochs={run.epochs} />
      </Panel>
    </Stack>
  )
}

/** An epoch's time and speed say how many images it had, and with the batch how many steps; null before the first epoch. */
function stepsPerEpoch(run: ListedRun): number | null {
  const first = run.epochs[0]
  return first ? Math.round((first.seconds * first.imagesPerSecond) / run.params.batch_size) : null
}
