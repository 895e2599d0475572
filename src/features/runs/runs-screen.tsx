import { Trash2 } from 'lucide-react'
import { Link, useSearchParams } from 'wouter'
import { deleteRun, undoDelete } from '../../stores/registry'
import { useRuns, type ListedRun } from '../../stores/queries'
import { IconButton, LinkButton } from '../../ui/button'
import {
  formatCount,
  formatDuration,
  formatLoss,
  formatMoment,
  formatPercent,
  formatRate,
  NO_VALUE,
} from '../../ui/format'
import { Row } from '../../ui/layout'
import { EmptyState } from '../../ui/notice'
import { Panel } from '../../ui/panel'
import { durationOf, resultOf, shownStatus } from '../../ui/run-text'
import { formatSort, parseSort } from '../../ui/sort'
import { StatusChip } from '../../ui/status-chip'
import { Table, type Column } from '../../ui/table'
import { showToast } from '../../ui/toasts'
import { ResumeButton } from './resume-button'

/** Every run that was kept. The order is in the address. */
export function RunsScreen() {
  const runs = useRuns()
  const [search, setSearch] = useSearchParams()
  const sort = parseSort(search.get('sort')) ?? { column: 'created', descending: true }
  if (runs === undefined) return null
  if (runs.length === 0)
    return (
      <EmptyState
        title="No runs yet"
        action={
          <LinkButton href="/train" kind="primary">
            Train a model
          </LinkButton>
        }
      >
        A run is one training, kept with its recipe, its curves, the digest of its data and what it reached on
        the test split.
      </EmptyState>
    )
  return (
    <Panel title="Runs" note={`${formatCount(runs.length)} kept`} flush>
      <Table
        caption="Runs"
        columns={COLUMNS}
        rows={runs}
        rowKey={(run) => run.id}
        sort={sort}
        onSort={(next) => setSearch({ sort: formatSort(next) }, { replace: true })}
      />
    </Panel>
  )
}

const COLUMNS: readonly Column<ListedRun>[] = [
  {
    id: 'name',
    title: 'Name',
    heading: true,
    cell: (run) => <Link href={`/runs/${run.id}`}>{run.name}</Link>,
    order: (run) => run.name,
  },
  {
    id: 'status',
    title: 'Status',
    cell: (run) => <StatusChip status={shownStatus(run)} />,
    order: (run) => shownStatus(run),
  },
  { id: 'preset', title: 'Preset', cell: (run) => run.params.preset, order: (run) => run.params.preset },
  {
    id: 'accuracy',
    title: 'Test accuracy',
    numeric: true,
    cell: (run) => known(resultOf(run)?.evaluation.accuracy, formatPercent),
    order: (run) => resultOf(run)?.evaluation.accuracy ?? null,
  },
  {
    id: 'loss',
    title: 'Test loss',
    numeric: true,
    cell: (run) => known(resultOf(run)?.evaluation.loss, formatLoss),
    order: (run) => resultOf(run)?.evaluation.loss ?? null,
  },
  {
    id: 'epochs',
    title: 'Epochs',
    numeric: true,
    cell: (run) => `${run.epochs.length} of ${run.params.epochs}`,
    order: (run) => run.epochs.length,
  },
  {
    id: 'speed',
    title: 'Speed',
    numeric: true,
    cell: (run) => known(resultOf(run)?.imagesPerSecond, formatRate),
    order: (run) => resultOf(run)?.imagesPerSecond ?? null,
  },
  {
    id: 'duration',
    title: 'Duration',
    numeric: true,
    cell: (run) => known(durationOf(run), formatDuration),
    order: (run) => durationOf(run),
  },
  {
    id: 'created',
    title: 'Created',
    cell: (run) => formatMoment(run.status.startedAt),
    order: (run) => run.status.startedAt,
  },
  {
    id: 'actions',
    title: <span className="visually-hidden">Actions</span>,
    cell: (run) => (
      <Row>
        {run.interrupted && <ResumeButton run={run} named />}
        <IconButton
          label={`Delete ${run.name}`}
          disabled={shownStatus(run) === 'running'}
          onClick={() => void remove(run)}
        >
          <Trash2 aria-hidden />
        </IconButton>
      </Row>
    ),
  },
]

function known(value: number | null | undefined, format: (value: number) => string): string {
  return value === null || value === undefined ? NO_VALUE : format(value)
}

async function remove(run: ListedRun): Promise<void> {
  const decision = await deleteRun(run.id)
  if (decision.ok) showToast({ title: `Deleted ${run.name}`, undo: () => void restore(run) })
  else showToast({ title: `${run.name} was not deleted`, note: decision.error.message })
}

async function restore(run: ListedRun): Promise<void> {
  const decision = await undoDelete(run.id)
  showToast(
    decision.ok
      ? { title: `${run.name} is back` }
      : { title: `${run.name} could not be brought back`, note: decision.error.message },
  )
}
