import { useState } from 'react'
import type { RunId } from '../../domain/ids'
import { stopTraining, useTraining } from '../../stores/training'
import { useChosenDataset } from '../../stores/queries'
import { Button, LinkButton } from '../../ui/button'
import { Stack } from '../../ui/layout'
import { EmptyState } from '../../ui/notice'
import { Panel } from '../../ui/panel'
import { Progress } from '../../ui/progress'
import { LiveRun } from './live-run'
import { Setup } from './setup'
import { TrainingFailed } from './training-failed'

const PREPARING = 'Preparing: reading the dataset, planning the run, starting the engine'
const WAITING =
  'The GPU was lost twice, and the browser keeps it from this page for about two minutes. The run then goes on by itself; ' +
  'reloading the page yourself brings the GPU back at once.'

/** Choose a recipe, start, watch, stop. */
export function TrainScreen() {
  const dataset = useChosenDataset()
  const training = useTraining((state) => state)
  const [leftBehind, setLeftBehind] = useState<RunId | null>(null)

  if (training.state === 'preparing')
    return (
      <Panel title={training.runName} actions={<Button onClick={stopTraining}>Stop</Button>}>
        <Progress label={training.waitsForGpu ? WAITING : PREPARING} share={null} figures="" />
      </Panel>
    )
  if (training.state === 'running' || training.state === 'stopping') return <LiveRun run={training} />
  if (training.state === 'ended' && training.runId !== leftBehind)
    return (
      <Stack>
        <LiveRun run={training} />
        <div>
          <Button onClick={() => setLeftBehind(training.runId)}>Train another</Button>
        </div>
      </Stack>
    )
  return (
    <Stack>
      {training.state === 'failed' && <TrainingFailed error={training.error} runId={training.runId} />}
      {dataset === null && (
        <EmptyState
          title="Nothing to train on yet"
          action={
            <LinkButton href="/data" kind="primary">
              Get data
            </LinkButton>
          }
        >
          Training shows a network digits with their labels until it reads them by itself. It needs a dataset
          first.
        </EmptyState>
      )}
      {dataset && <Setup key={dataset.id} dataset={dataset} />}
    </Stack>
  )
}
