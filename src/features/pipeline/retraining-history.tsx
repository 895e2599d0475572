import { Link } from 'wouter'
import type { Retraining } from '../../domain/pipeline/retraining'
import type { StoredPipeline, StoredRetraining } from '../../stores/pipeline-facts'
import { useDatasets } from '../../stores/queries'
import { undoRetraining } from '../../stores/retraining'
import { Button } from '../../ui/button'
import { formatCount, formatMoment, NO_VALUE } from '../../ui/format'
import { Panel } from '../../ui/panel'
import { Table, type Column } from '../../ui/table'
import { showToast } from '../../ui/toasts'
import styles from './pipeline.module.css'
import { outcomeText, reasonText, triggerText } from './retraining-text'

interface RetrainingHistoryProps {
  readonly facts: StoredRetraining
  readonly pipeline: StoredPipeline
}

/** Every retraining: why it began, what it was made of, what came of it, and the way back. */
export function RetrainingHistory({ facts, pipeline }: RetrainingHistoryProps) {
  const datasets = useDatasets()
  const { champion, held, retrainings } = facts
  const columns: readonly Column<Retraining>[] = [
    { id: 'at', title: 'When', heading: true, cell: ({ at }) => formatMoment(at) },
    { id: 'trigger', title: 'Began', cell: ({ trigger }) => triggerText(trigger) },
    {
      id: 'digits',
      title: 'Named digits',
      numeric: true,
      cell: ({ feedbackCount }) => formatCount(feedbackCount),
    },
    {
      id: 'dataset',
      title: 'Digits',
      cell: ({ outcome }) => {
        if (!('datasetId' in outcome)) return NO_VALUE
        const { datasetId } = outcome
        const name = datasets?.find(({ id }) => id === datasetId)?.name ?? 'no longer stored'
        return <Link href={`/data?dataset=${datasetId}`}>{name}</Link>
      },
    },
    {
      id: 'run',
      title: 'Run',
      cell: ({ id }) => {
        const run = pipeline.runs.find(
          ({ origin }) => origin?.kind === 'retraining' && origin.retrainingId === id,
        )
        return run ? <Link href={`/runs/${run.id}`}>{run.name}</Link> : NO_VALUE
      },
    },
    { id: 'outcome', title: 'Came of it', cell: (row) => outcomeText(row, held) },
    {
      id: 'version',
      title: 'Version',
      cell: ({ outcome }) => (outcome.state === 'promoted' ? outcome.versionId : NO_VALUE),
    },
    {
      id: 'why',
      title: 'Why',
      cell: (row) => <span className={styles['reason']}>{reasonText(row) || NO_VALUE}</span>,
    },
    {
      id: 'undo',
      title: 'Way back',
      cell: (row) =>
        row.outcome.state === 'promoted' &&
        row.outcome.previous !== null &&
        row.outcome.versionId === champion ? (
          <Button onClick={() => void undo(row)}>Roll back</Button>
        ) : (
          NO_VALUE
        ),
    },
  ]
  return (
    <Panel title="Retrainings" note="newest first" flush>
      <Table
        caption="Retrainings"
        columns={columns}
        rows={retrainings}
        rowKey={({ id }) => id}
        empty="None yet. Each one is listed here with what it was made of and what came of it."
      />
    </Panel>
  )
}

async function undo(retraining: Retraining): Promise<void> {
  const undone = await undoRetraining(retraining)
  if (undone.ok) showToast({ title: 'The champion of before is back in service' })
  else showToast({ title: 'The champion was not rolled back', note: undone.error.message })
}
