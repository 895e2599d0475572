import { ChevronDown, ChevronRight, Pencil, Trash2, Undo2 } from 'lucide-react'
import { Link } from 'wouter'
import type { OrderTerm } from '../../domain/query/ast'
import { parseOrderBy } from '../../domain/query/parse'
import { printField } from '../../domain/query/print'
import { readFact } from '../../domain/query/run-facts'
import type { TableRun } from '../../stores/queries'
import { IconButton } from '../../ui/button'
import { formatCounted, NO_VALUE } from '../../ui/format'
import { shownStatus } from '../../ui/run-text'
import { StatusChip } from '../../ui/status-chip'
import type { VirtualColumn } from '../../ui/virtual-table'
import { factText, fieldTitle } from './metric-text'
import { ResumeButton } from './resume-button'
import { bringBack, removeRuns } from './run-actions'
import styles from './runs.module.css'
import type { TableRow } from './run-view'
import { tagText } from '../../domain/registry/tags'

interface ColumnState {
  readonly columns: readonly string[]
  readonly order: readonly OrderTerm[]
  readonly chosen: ReadonlySet<string>
  readonly onChoose: (runs: readonly TableRun[], wanted: boolean) => void
  readonly onOpen: (searchId: string) => void
  readonly onEdit: (run: TableRun) => void
  /** Some run can be resumed: room for its button. */
  readonly resumable: boolean
}

const NAME = 'attributes.run_name'

/** Choice and name first, what was chosen as columns, actions last. */
export function runColumns(state: ColumnState): readonly VirtualColumn<TableRow>[] {
  return [
    choiceColumn(state),
    nameColumn(state),
    ...state.columns.map((field) => factColumn(field, state.order)),
    actionColumn(state),
  ]
}

function runsOf(row: TableRow): readonly TableRun[] {
  return row.kind === 'run' ? [row.run] : row.runs
}

function choiceColumn({ chosen, onChoose }: ColumnState): VirtualColumn<TableRow> {
  return {
    id: 'choice',
    title: <span className="visually-hidden">Chosen</span>,
    width: 44,
    cell: (row) => {
      const runs = runsOf(row)
      const name = row.kind === 'run' ? row.run.name : 'the trials of a search'
      return (
        <input
          type="checkbox"
          className={styles['choice']}
          aria-label={`Choose ${name}`}
          checked={runs.every(({ id }) => chosen.has(id))}
          onChange={(event) => onChoose(runs, event.currentTarget.checked)}
        />
      )
    },
  }
}

function nameColumn({ order, onOpen }: ColumnState): VirtualColumn<TableRow> {
  return {
    id: NAME,
    title: 'Name',
    width: 212,
    heading: true,
    order: orderOf(NAME, order),
    cell: (row) => {
      if (row.kind === 'search') return <SearchName row={row} onOpen={onOpen} />
      const { run, within } = row
      return (
        <span className={within ? styles['within'] : undefined}>
          <Link href={`/runs/${run.id}`}>{run.name}</Link>
          {run.deletedAt !== null && <span className={styles['mark']}>deleted</span>}
          {run.archivedAt !== null && <span className={styles['mark']}>archived</span>}
          {Object.entries(run.tags).map(([key, value]) => (
            <span key={key} className={styles['tag']} title={tagText(key, value)}>
              {tagText(key, value)}
            </span>
          ))}
        </span>
      )
    },
  }
}

interface SearchNameProps {
  readonly row: Extract<TableRow, { kind: 'search' }>
  readonly onOpen: (searchId: string) => void
}

function SearchName({ row: { searchId, runs, open }, onOpen }: SearchNameProps) {
  const Arrow = open ? ChevronDown : ChevronRight
  return (
    <span className={styles['group']}>
      <button
        type="button"
        className={styles['fold']}
        aria-expanded={open}
        aria-label={`${formatCounted(runs.length, 'trial')} of a search`}
        onClick={() => onOpen(searchId)}
      >
        <Arrow aria-hidden />
      </button>
      <Link href={`/runs/search/${searchId}`}>Search, {formatCounted(runs.length, 'trial')}</Link>
    </span>
  )
}

function factColumn(name: string, order: readonly OrderTerm[]): VirtualColumn<TableRow> {
  const parsed = parseOrderBy(name)
  const field = parsed.ok ? parsed.value[0]?.field : undefined
  const numeric = name.startsWith('metrics.') || /^params\.(lr|epochs|batch_size|seed)$/.test(name)
  return {
    id: name,
    title: fieldTitle(name),
    width: widthOf(name),
    numeric,
    order: orderOf(name, order),
    cell: (row) => {
      if (row.kind === 'search') return name === 'attributes.created' ? createdOf(row.runs) : ''
      if (name === 'attributes.status') return <StatusChip status={shownStatus(row.run)} />
      if (name === 'metrics.epochs_done') return `${row.run.epochs.length} of ${row.run.params.epochs}`
      return field === undefined ? NO_VALUE : factText(name, readFact(row.run.facts, field))
    },
  }
}

/** Room for the longest value there usually is, and for the title with its arrow. */
function widthOf(name: string): number {
  const known = WIDTHS.get(name) ?? 96
  return Math.max(known, 40 + Math.ceil(fieldTitle(name).length * 6.6))
}

const WIDTHS: ReadonlyMap<string, number> = new Map([
  ['attributes.status', 124],
  ['attributes.run_id', 300],
  ['attributes.created', 124],
  ['attributes.start_time', 124],
  ['attributes.end_time', 124],
  ['params.preset', 112],
  ['params.optimizer', 104],
  ['metrics.images_per_second', 140],
  ['datasets.name', 160],
  ['datasets.digest', 300],
])

function createdOf([newest]: readonly TableRun[]): string {
  return newest === undefined ? '' : factText('attributes.created', newest.status.startedAt)
}

function actionColumn({ onEdit, resumable }: ColumnState): VirtualColumn<TableRow> {
  return {
    id: 'actions',
    title: <span className="visually-hidden">Actions</span>,
    width: resumable ? 176 : 96,
    cell: (row) => row.kind === 'run' && <Actions run={row.run} onEdit={onEdit} />,
  }
}

function Actions({ run, onEdit }: { readonly run: TableRun; readonly onEdit: (run: TableRun) => void }) {
  return (
    <span className={styles['actions']}>
      {run.interrupted && run.deletedAt === null && <ResumeButton run={run} named />}
      <IconButton label={`Edit ${run.name}`} onClick={() => onEdit(run)}>
        <Pencil aria-hidden />
      </IconButton>
      {run.deletedAt === null ? (
        <IconButton
          label={`Delete ${run.name}`}
          disabled={shownStatus(run) === 'running'}
          onClick={() => void removeRuns([run])}
        >
          <Trash2 aria-hidden />
        </IconButton>
      ) : (
        <IconButton label={`Bring back ${run.name}`} onClick={() => void bringBack([run])}>
          <Undo2 aria-hidden />
        </IconButton>
      )}
    </span>
  )
}

function orderOf(name: string, [first]: readonly OrderTerm[]): 'ascending' | 'descending' | 'none' {
  if (first === undefined || printField(first.field) !== name) return 'none'
  return first.descending ? 'descending' : 'ascending'
}
