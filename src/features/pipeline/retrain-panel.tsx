import { useState } from 'react'
import { Link } from 'wouter'
import { DEFAULT_PARAMS } from '../../domain/params/defaults'
import { isUnderWay } from '../../domain/pipeline/due'
import { pageParams } from '../../stores/defaults'
import type { StoredPipeline, StoredRetraining } from '../../stores/pipeline-facts'
import {
  chooseAutoRetrain,
  continueRetraining,
  giveUpRetraining,
  startRetraining,
  useRetrainingWork,
} from '../../stores/retraining'
import { useTraining } from '../../stores/training'
import { Button, LinkButton } from '../../ui/button'
import { CheckField } from '../../ui/field'
import { Figures } from '../../ui/figures'
import { formatCount, formatCounted, formatMoment, NO_VALUE } from '../../ui/format'
import { Row, Stack } from '../../ui/layout'
import { EmptyState, Notice } from '../../ui/notice'
import { Panel } from '../../ui/panel'
import { showToast } from '../../ui/toasts'
import { outcomeText } from './retraining-text'
import styles from './pipeline.module.css'

interface RetrainPanelProps {
  readonly facts: StoredRetraining
  readonly pipeline: StoredPipeline
}

/** The champion learns again from its own digits and those that people named since; the gate decides whether that counts. */
export function RetrainPanel({ facts, pipeline }: RetrainPanelProps) {
  const { champion } = facts
  if (champion === null)
    return (
      <EmptyState
        title="No model in service to retrain"
        action={<LinkButton href="/models">Open the registry</LinkButton>}
      >
        Retraining takes the model in service, adds the digits that people named since, and lets the release
        gate decide whether the new model takes its place. Run the stages above, or train a model, first.
      </EmptyState>
    )
  return <Retrain facts={facts} pipeline={pipeline} champion={champion} />
}

function Retrain({
  facts,
  pipeline,
  champion,
}: RetrainPanelProps & { readonly champion: NonNullable<StoredRetraining['champion']> }) {
  const work = useRetrainingWork()
  const busy = useTraining(
    ({ state }) => state === 'preparing' || state === 'running' || state === 'stopping',
  )
  const open = facts.retrainings.find(isUnderWay)
  const working = work.state === 'working' || facts.held
  const version = pipeline.versions.find(({ id }) => id === champion)
  const report = facts.reports.find(({ versionId }) => versionId === champion)
  const drift = report?.verdict === 'drift' && report.at > (facts.retrainings[0]?.at ?? 0) ? report : null
  const unused = facts.unusedFeedback
  return (
    <Panel
      title="Retrain the champion"
      actions={
        <Button
          kind="primary"
          disabled={working || busy || open !== undefined}
          onClick={() =>
            void startRetraining(drift === null ? { kind: 'person' } : { kind: 'drift', reportId: drift.id })
          }
        >
          Retrain now
        </Button>
      }
    >
      <Stack>
        <Figures
          items={[
            {
              label: 'In service',
              value: version ? (
                <Link href={`/models?version=${version.version}`}>Version {version.version}</Link>
              ) : (
                NO_VALUE
              ),
            },
            { label: 'Named digits to learn', value: formatCount(unused), note: 'in no dataset yet' },
            {
              label: 'Last look for drift',
              value: report === undefined ? NO_VALUE : VERDICT[report.verdict],
              note: report === undefined ? 'of this version' : formatMoment(report.at),
            },
          ]}
        />
        <p className={styles['about']}>
          {unused > 0
            ? `The champion’s recipe is trained from the start on all its digits and ${formatCounted(unused, 'named digit')}, so that nothing it knew is left out.`
            : 'No named digit is waiting: the champion’s recipe is trained once more on its own digits, with another seed.'}{' '}
          Only an approved model that is not measurably worse on the same test digits takes its place; else it
          is discarded, and the champion stays.
        </p>
        {drift !== null && open === undefined && (
          <Notice tone="caution" title="Drift was found since the last retraining">
            <p>The look of {formatMoment(drift.at)} says that what the champion reads has changed.</p>
          </Notice>
        )}
        {open !== undefined && !working && (
          <Notice
            tone="caution"
            title="A retraining was interrupted"
            actions={
              <Row>
                <Button kind="primary" disabled={busy} onClick={() => void continueRetraining(open.id)}>
                  Go on
                </Button>
                <Button onClick={() => void giveUpRetraining(open.id)}>Give it up</Button>
              </Row>
            }
          >
            <p>What it did is kept; the champion is as it was.</p>
          </Notice>
        )}
        {open !== undefined && working && (
          <Notice tone="info" title={outcomeText(open, true)}>
            <p>The champion stays in service until the gate has decided.</p>
          </Notice>
        )}
        {work.state === 'refused' && (
          <Notice tone="failure" title="No retraining was begun">
            <p>{work.message}</p>
          </Notice>
        )}
        <AutoSwitch choice={facts.choice} />
      </Stack>
    </Panel>
  )
}

const VERDICT = {
  'not-enough-data': 'Not enough data',
  stable: 'Stable',
  watch: 'Watch',
  drift: 'Drift',
} as const

function AutoSwitch({ choice }: { readonly choice: boolean | null }) {
  /** What was chosen here; storing it takes a moment. */
  const [asked, setAsked] = useState<boolean | null>(null)
  const resolution = pageParams('')
  const { retrain } = resolution.ok ? resolution.params : DEFAULT_PARAMS
  const causes = [
    ...(retrain.on_drift ? ['a look finds drift of the champion'] : []),
    ...(retrain.feedback_count > 0 ? [`${formatCounted(retrain.feedback_count, 'named digit')} wait`] : []),
  ]
  const when =
    causes.length === 0
      ? 'The retrain section of params.yaml names no cause.'
      : `When ${causes.join(', or ')}; at most once in ${formatCounted(retrain.cool_down_minutes, 'minute')}, while this page is open and nothing trains.`

  async function choose(on: boolean): Promise<void> {
    setAsked(on)
    const done = await chooseAutoRetrain(on)
    if (done.ok) return
    setAsked(null)
    showToast({ title: 'The choice could not be kept', note: done.error.message })
  }

  return (
    <CheckField
      label="Retrain by itself"
      checked={asked ?? choice ?? retrain.enable_auto_retrain}
      hint={when}
      onCheck={(on) => void choose(on)}
    />
  )
}
