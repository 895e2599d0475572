import { useLocation } from 'wouter'
import type { DatasetRecord } from '../../domain/dataset/dataset'
import { parameterCount } from '../../domain/model/counts'
import { findPreset } from '../../domain/model/presets'
import { friendlyRunName, RUN_NAME_BYTES } from '../../domain/registry/run-names'
import { pageParams } from '../../stores/defaults'
import type { ListedRun } from '../../stores/queries'
import { resumeTraining, startTraining, useTraining } from '../../stores/training'
import { Button, LinkButton } from '../../ui/button'
import { formatCount } from '../../ui/format'
import { Row } from '../../ui/layout'
import { Panel } from '../../ui/panel'
import { LoopNext } from './loop-step'

/** Few enough to be done while one watches, enough to read digits well. */
const FIRST_EPOCHS = 3

interface NextStepProps {
  readonly dataset: DatasetRecord
  readonly runs: readonly ListedRun[]
}

/** The one thing to do next: train, watch, take up again, or go on around the loop. */
export function NextStep({ dataset, runs }: NextStepProps) {
  const training = useTraining((state) => state.state)
  if (training === 'preparing' || training === 'running' || training === 'stopping')
    return (
      <Panel title="A model is learning">
        <Row>
          <LinkButton href="/train" kind="primary">
            Watch it learn
          </LinkButton>
          <span>Its progress stays in the bar above; you can go anywhere meanwhile.</span>
        </Row>
      </Panel>
    )
  const interrupted = runs.find((run) => run.interrupted)
  if (interrupted !== undefined) return <ResumeStep run={interrupted} />
  if (runs.some((run) => 'result' in run.status)) return <LoopNext runs={runs} />
  return <FirstTraining dataset={dataset} />
}

function ResumeStep({ run }: { readonly run: ListedRun }) {
  const [, navigate] = useLocation()

  function resume() {
    resumeTraining(run)
    navigate('/train')
  }

  return (
    <Panel title={`The run ${run.name} was interrupted`}>
      <Row>
        <Button kind="primary" onClick={resume}>
          Resume
        </Button>
        <LinkButton href="/train">Train another model</LinkButton>
        <span>
          {formatCount(run.epochs.length)} of {formatCount(run.params.epochs)} epochs are kept; it ends with
          the weights it would have had.
        </span>
      </Row>
    </Panel>
  )
}

function FirstTraining({ dataset }: { readonly dataset: DatasetRecord }) {
  const [, navigate] = useLocation()
  const resolution = pageParams('', { train: { epochs: FIRST_EPOCHS } })
  if (!resolution.ok) return null
  const { params } = resolution
  const { train } = params
  const preset = findPreset(train.preset)
  const parameters = preset.kind === 'found' ? parameterCount(preset.spec) : 0
  const { count } = dataset.train.profile
  const keptApart = Math.round(count * train.validation_fraction)

  function start() {
    const runName = friendlyRunName(crypto.getRandomValues(new Uint8Array(RUN_NAME_BYTES)))
    startTraining({ datasetId: dataset.id, params, runName })
    navigate('/train')
  }

  return (
    <Panel title="Teach a model to read these">
      <Row>
        <Button kind="primary" onClick={start}>
          Train your first model
        </Button>
        <span>
          {train.preset}, {formatCount(parameters)} parameters, {FIRST_EPOCHS} passes over{' '}
          {formatCount(count - keptApart)} digits with {formatCount(keptApart)} kept apart to check, on this
          machine. How long that takes is measured in the first seconds.
        </span>
      </Row>
    </Panel>
  )
}
