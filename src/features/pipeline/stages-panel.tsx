import { useMemo } from 'react'
import { useSearch } from 'wouter'
import { draftLayer } from '../../domain/params/draft'
import type { StudioParams } from '../../domain/params/schema'
import type { PipelineStatus } from '../../domain/pipeline/state'
import { nextStage } from '../../domain/pipeline/status'
import { pipelineMermaid, UP_TO_DATE } from '../../domain/pipeline/words'
import { pageParams } from '../../stores/defaults'
import { stopIngest, useIngest } from '../../stores/ingest'
import { liveStage, runPipeline, statusOf, usePipelineRun } from '../../stores/pipeline'
import type { StoredPipeline } from '../../stores/pipeline-facts'
import { useRecipeDraft } from '../../stores/recipe-draft'
import { useTraining } from '../../stores/training'
import { Button, LinkButton } from '../../ui/button'
import { Facts } from '../../ui/figures'
import { formatCount } from '../../ui/format'
import { IngestStatus } from '../../ui/ingest-status'
import { Row, Stack } from '../../ui/layout'
import { Notice } from '../../ui/notice'
import { Panel } from '../../ui/panel'
import { StageGraph } from './stage-graph'
import styles from './pipeline.module.css'

/** The five stages, and the one button that runs what is stale of them. */
export function StagesPanel({ facts }: { readonly facts: StoredPipeline }) {
  const search = useSearch()
  const { draft } = useRecipeDraft()
  const resolution = useMemo(() => pageParams(search, draftLayer(draft)), [search, draft])
  if (!resolution.ok)
    return (
      <Notice
        tone="failure"
        title="The recipe holds values that cannot be used"
        actions={<LinkButton href="/train">Mend the recipe</LinkButton>}
      >
        {resolution.problems.map(({ path, message }) => (
          <p key={path}>{message}</p>
        ))}
      </Notice>
    )
  return <Stages facts={facts} params={resolution.params} />
}

interface StagesProps {
  readonly facts: StoredPipeline
  readonly params: StudioParams
}

function Stages({ facts, params }: StagesProps) {
  const run = usePipelineRun()
  const ingest = useIngest((state) => state)
  const busy = useTraining(
    ({ state }) => state === 'preparing' || state === 'running' || state === 'stopping',
  )
  const status = useMemo(() => statusOf(facts, params, liveStage(run)), [facts, params, run])
  const running = run.state === 'running'
  const toDo = nextStage(status) !== null
  return (
    <Panel
      title="Stages"
      note="what is up to date is not run again"
      actions={
        <Button kind="primary" disabled={running || busy || !toDo} onClick={() => void runPipeline(params)}>
          Run what is stale
        </Button>
      }
    >
      <Stack>
        <p className={styles['verdict']} role="status">
          {verdictText(status, running, busy)}
        </p>
        <StageGraph status={status} />
        {running && <IngestStatus ingest={ingest} onStop={stopIngest} />}
        <RecipeInUse params={params} facts={facts} />
        <details className={styles['export']}>
          <summary>As a Mermaid graph</summary>
          <pre>{pipelineMermaid(status)}</pre>
        </details>
      </Stack>
    </Panel>
  )
}

function verdictText(status: PipelineStatus, running: boolean, busy: boolean): string {
  if (running) return 'Under way. Stages that are up to date are left alone.'
  if (nextStage(status) !== null)
    return busy
      ? 'Not all stages are up to date. A run is under way: they can run once it has ended.'
      : 'Not all stages are up to date.'
  return status.register.state === 'held'
    ? `${UP_TO_DATE} The gate rejected the model, so nothing was registered.`
    : UP_TO_DATE
}

/** The parameters that the stages would run with; they are written on Train. */
function RecipeInUse({ params, facts }: StagesProps) {
  const { train, registry } = params
  const { dataset } = facts
  const learning = `${train.optimizer}, rate ${train.lr}, batches of ${formatCount(train.batch_size)}`
  return (
    <div className={styles['recipe']}>
      <Facts
        items={[
          {
            name: 'Digits',
            value:
              dataset === null
                ? 'MNIST, loaded first'
                : `${dataset.name}, ${formatCount(dataset.train.profile.count)} to learn from`,
          },
          {
            name: 'Recipe',
            value: `${train.preset}, ${formatCount(train.epochs)} epochs, ${learning}, seed ${train.seed}`,
          },
          {
            name: 'An approved model',
            value: registry.promote_to_production
              ? 'becomes champion, in stage Production, unless it is worse'
              : `is registered in stage ${registry.default_stage}`,
          },
        ]}
      />
      <Row>
        <LinkButton href="/train">Change the recipe</LinkButton>
        <LinkButton href="/data">Choose other digits</LinkButton>
      </Row>
    </div>
  )
}
