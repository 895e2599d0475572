import { useCallback, useDeferredValue, useMemo, useState } from 'react'
import { useSearchParams } from 'wouter'
import type { RunId } from '../../domain/ids'
import { parseOrderBy } from '../../domain/query/parse'
import { fieldsOf } from '../../domain/query/suggest'
import { useRunTable, type TableRun } from '../../stores/queries'
import { Button, LinkButton } from '../../ui/button'
import { CheckList } from '../../ui/check-list'
import { formatCount } from '../../ui/format'
import { Stack } from '../../ui/layout'
import { Menu } from '../../ui/menu'
import { EmptyState } from '../../ui/notice'
import { Panel } from '../../ui/panel'
import { VirtualTable } from '../../ui/virtual-table'
import { BulkBar } from './bulk-bar'
import { ColumnPicker } from './column-picker'
import { EXPORT_ITEMS, exportRuns } from './export-runs'
import { FilterBox } from './filter-box'
import { runColumns } from './run-columns'
import { RunDialog } from './run-dialog'
import { groupTrials, readRunView, runsInView, turnOrder, writeRunView, type RunView } from './run-view'
import styles from './runs.module.css'

/** Every run that was kept. Filter, order and columns are in the address. */
export function RunsScreen() {
  const runs = useRunTable()
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
  return <RunsTable runs={runs} />
}

function useRunView(): readonly [RunView, (change: Partial<RunView>) => void] {
  const [search, setSearch] = useSearchParams()
  const view = useMemo(() => readRunView(search), [search])
  const change = useCallback(
    (changed: Partial<RunView>) => setSearch((before) => writeRunView(before, changed), { replace: true }),
    [setSearch],
  )
  return [view, change]
}

function RunsTable({ runs }: { readonly runs: readonly TableRun[] }) {
  const [view, change] = useRunView()
  const filter = useLastGood(view)
  // Typing is never held up by thousands of rows.
  const deferred = useDeferredValue(useMemo(() => ({ ...view, filter }), [view, filter]))
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set())
  const [chosen, setChosen] = useState<ReadonlySet<RunId>>(new Set())
  const [editing, setEditing] = useState<TableRun | null>(null)
  const fields = useMemo(() => fieldsOf(runs.map(({ facts }) => facts)), [runs])
  const shown = useMemo(() => runsInView(runs, deferred), [runs, deferred])
  const rows = useMemo(
    () =>
      deferred.grouped
        ? groupTrials(shown, open)
        : shown.map((run) => ({ kind: 'run', run, within: false }) as const),
    [shown, open, deferred.grouped],
  )
  const resumable = useMemo(() => shown.some(({ interrupted }) => interrupted), [shown])
  const chosenRuns = useMemo(() => runs.filter(({ id }) => chosen.has(id)), [runs, chosen])
  const columns = useMemo(
    () =>
      runColumns({
        columns: deferred.columns,
        order: deferred.order,
        chosen,
        onChoose: (some, wanted) => setChosen((before) => withRuns(before, some, wanted)),
        onOpen: (searchId) => setOpen((before) => toggled(before, searchId)),
        onEdit: setEditing,
        resumable,
      }),
    [deferred.columns, deferred.order, chosen, resumable],
  )

  function sort(column: string): void {
    const field = parseOrderBy(column)
    const term = field.ok ? field.value[0] : undefined
    if (term !== undefined)
      change({ order: turnOrder(view.order, term.field, column.startsWith('metrics.')) })
  }

  return (
    <Stack>
      <Toolbar view={view} change={change} fields={fields} shown={shown} />
      {chosenRuns.length > 0 && (
        <BulkBar runs={chosenRuns} columns={view.columns} onClear={() => setChosen(new Set())} />
      )}
      <Panel
        title="Runs"
        note={
          shown.length === runs.length
            ? `${formatCount(runs.length)} kept`
            : `${formatCount(shown.length)} of ${formatCount(runs.length)} kept`
        }
        actions={
          <Button
            kind="quiet"
            disabled={shown.length === 0}
            onClick={() => setChosen(new Set(shown.map(({ id }) => id)))}
          >
            Choose all
          </Button>
        }
        flush
      >
        <VirtualTable
          caption="Runs"
          columns={columns}
          rows={rows}
          rowKey={(row) => (row.kind === 'run' ? row.run.id : row.searchId)}
          isSelected={(row) => row.kind === 'run' && chosen.has(row.run.id)}
          onSort={sort}
          empty="No run is like that. Change the filter, or show archived and deleted runs."
        />
      </Panel>
      {editing !== null && <RunDialog run={editing} onClose={() => setEditing(null)} />}
    </Stack>
  )
}

/** While a filter is half typed, the table stays as the last whole one left it. */
function useLastGood({ filter, problem }: RunView): RunView['filter'] {
  const [good, setGood] = useState(filter)
  if (problem === null && good !== filter) setGood(filter)
  return problem === null ? filter : good
}

interface ToolbarProps {
  readonly view: RunView
  readonly change: (change: Partial<RunView>) => void
  readonly fields: readonly string[]
  readonly shown: readonly TableRun[]
}

const SHOWN = [
  { value: 'archived', label: 'Archived' },
  { value: 'deleted', label: 'Deleted' },
  { value: 'grouped', label: 'Trials grouped' },
] as const

/** What is shown, and what can be done with all of it. */
function Toolbar({ view, change, fields, shown }: ToolbarProps) {
  const [picking, setPicking] = useState(false)
  const states = { archived: view.showArchived, deleted: view.showDeleted, grouped: view.grouped }
  return (
    <>
      <div className={styles['bar']}>
        <FilterBox
          text={view.filterText}
          problem={view.problem}
          fields={fields}
          onChange={(filterText) => change({ filterText })}
        />
        <div className={styles['tools']}>
          <Button aria-expanded={picking} onClick={() => setPicking(!picking)}>
            Columns
          </Button>
          <Menu
            label="Export"
            items={EXPORT_ITEMS}
            onPick={(kind) => void exportRuns(kind, shown, view.columns)}
          />
          <LinkButton href="/runs/search">Searches</LinkButton>
        </div>
      </div>
      <CheckList
        label="Also shown"
        options={SHOWN}
        chosen={SHOWN.map(({ value }) => value).filter((value) => states[value])}
        onChoose={(value, wanted) => {
          if (value === 'archived') change({ showArchived: wanted })
          else if (value === 'deleted') change({ showDeleted: wanted })
          else change({ grouped: wanted })
        }}
      />
      {picking && (
        <ColumnPicker
          fields={fields}
          chosen={view.columns}
          onChoose={(chosenColumns) => change({ columns: chosenColumns })}
        />
      )}
    </>
  )
}

function withRuns(
  before: ReadonlySet<RunId>,
  runs: readonly TableRun[],
  wanted: boolean,
): ReadonlySet<RunId> {
  const next = new Set(before)
  for (const { id } of runs)
    if (wanted) next.add(id)
    else next.delete(id)
  return next
}

function toggled(before: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(before)
  if (!next.delete(id)) next.add(id)
  return next
}
