import { useDeferredValue } from 'react'
import { useRun } from '../../stores/queries'
import { stopTraining, useStepCurve } from '../../stores/training'
import type { RunProgress, TrainingState } from '../../stores/training-state'
import { Button, LinkButton } from '../../ui/button'
import { EpochTable } from '../../ui/epoch-table'
import { RunCharts } from '../../ui/run-charts'
import { Figures } from '../../ui/figures'
import {
  formatDuration,
  formatLoss,
  formatPercent,
  formatRate,
  formatSignificant,
  NO_VALUE,
} from '../../ui/format'
import { Stack } from '../../ui/layout'
import { Notice } from '../../ui/notice'
import { Panel } from '../../ui/panel'
import { Progress } from '../../ui/progress'
import { resultOf } from '../../ui/run-text'
import { ProfilePanel } from './profile-panel'
import { bestEpochFigure, rateNote } from './progress-figure'

type Shown = Extract<TrainingState, { readonly runId: string; readonly stepsDone: number }>

const PHASES = {
  preparing: 'Preparing',
  training: 'Training',
  validating: 'Validating',
  evaluating: 'Measuring on the test split',
  saving: 'Saving',
} as const

/** A run as it happens, and as it ended. */
export function LiveRun({ run }: { readonly run: Shown }) {
  return (
    <Stack>
      <Panel title={run.runName} note={run.engine.device} actions={<LiveActions run={run} />}>
        <Stack>
          {run.resumed !== null && <Notice tone="info" title={run.resumed} />}
          {run.notes.map((note) => (
            <Notice key={note} tone="caution" title={note} />
          ))}
          {run.state === 'ended' ? <Ended run={run} /> : <LiveProgress run={run} />}
          <CurrentFigures run={run} />
        </Stack>
      </Panel>
      <LiveCurves run={run} />
      <ProfilePanel profile={run.profile} live={run.state !== 'ended'} />
      <Panel title="Epochs" flush>
        <EpochTable epochs={run.epochs} />
      </Panel>
    </Stack>
  )
}

function LiveActions({ run }: { readonly run: Shown }) {
  if (run.state === 'ended') return undefined
  return (
    <>
      <span>Stop keeps what was learned</span>
      <Button disabled={run.state === 'stopping'} onClick={stopTraining}>
        {run.state === 'stopping' ? 'Stopping' : 'Stop'}
      </Button>
    </>
  )
}

function LiveProgress({ run }: { readonly run: Extract<Shown, { state: 'running' | 'stopping' }> }) {
  const left = ((run.totalSteps - run.stepsDone) * run.batch) / run.imagesPerSecond
  const epoch = Math.min(
    run.totalSteps / run.stepsPerEpoch,
    Math.floor(run.stepsDone / run.stepsPerEpoch) + 1,
  )
  const figures =
    run.imagesPerSecond > 0
      ? `${formatRate(run.imagesPerSecond)} · ${formatDuration(left)} left`
      : 'measuring the speed'
  return (
    <Progress
      label={`${PHASES[run.phase]}, epoch ${epoch} of ${run.totalSteps / run.stepsPerEpoch}`}
      share={run.stepsDone / Math.max(1, run.totalSteps)}
      figures={figures}
    />
  )
}

function Ended({ run }: { readonly run: Extract<Shown, { state: 'ended' }> }) {
  const seconds = (run.endedAt - run.startedAt) / 1000
  return (
    <Notice
      tone="good"
      title={
        run.outcome === 'completed'
          ? `Done in ${formatDuration(seconds)}`
          : `Stopped after ${formatDuration(seconds)}; what was learned is kept`
      }
      actions={
        <>
          <LinkButton href="/draw" kind="primary">
            Draw a digit
          </LinkButton>
          <LinkButton href={`/runs/${run.runId}`}>Open the run</LinkButton>
        </>
      }
    >
      <EndedHow run={run} />
      {run.versionId !== null && <p>Registered as {run.versionId}, with the alias champion.</p>}
    </Notice>
  )
}

/** Why it needed fewer epochs, and which epoch's weights it kept where these are not the last one's. */
function EndedHow({ run }: { readonly run: RunProgress }) {
  const stored = useRun(run.runId)
  const result = stored ? resultOf(stored) : null
  if (result === null) return null
  return (
    <>
      {result.stoppedEarly !== null && <p>{result.stoppedEarly}</p>}
      {result.weightsEpoch > 0 && result.weightsEpoch < result.epochsDone && (
        <p>The weights are those of epoch {result.weightsEpoch}, the best.</p>
      )}
    </>
  )
}

function CurrentFigures({ run }: { readonly run: RunProgress }) {
  const curve = useStepCurve()
  const loss = curve.length > 0 ? curve.loss[curve.length - 1] : undefined
  const rate = curve.length > 0 ? curve.learningRate[curve.length - 1] : undefined
  const last = run.epochs.at(-1)
  const params = useRun(run.runId)?.params
  return (
    <Figures
      items={[
        {
          label: 'Validation accuracy',
          value: last?.validation ? formatPercent(last.validation.accuracy) : NO_VALUE,
          note: last?.validation ? `after epoch ${last.epoch}` : 'after the first epoch',
        },
        {
          label: 'Training loss',
          value: loss === undefined ? NO_VALUE : formatLoss(loss),
          note: 'nats, last batch',
        },
        params === undefined
          ? { label: 'Best epoch', value: NO_VALUE, note: '' }
          : bestEpochFigure(run.epochs, params),
        {
          label: 'Speed',
          value: run.imagesPerSecond > 0 ? formatRate(run.imagesPerSecond, 'img') : NO_VALUE,
          note: 'training steps only',
        },
        {
          label: 'Learning rate',
          value: rate === undefined ? NO_VALUE : formatSignificant(rate),
          note: params === undefined ? 'of the last step' : rateNote(run.epochs, params),
        },
      ]}
    />
  )
}

function LiveCurves({ run }: { readonly run: RunProgress }) {
  // Charts may lag a frame behind the figures: drawing must never hold up a press on Stop.
  const curve = useDeferredValue(useStepCurve())
  return (
    <RunCharts
      curve={curve}
      epochs={run.epochs}
      stepsPerEpoch={run.stepsPerEpoch}
      totalSteps={run.totalSteps}
    />
  )
}
