import type { Condition, Field, OrderTerm, QueryProblem } from '../../domain/query/ast'
import { matches, orderRuns } from '../../domain/query/evaluate'
import { parseFilter, parseOrderBy } from '../../domain/query/parse'
import { printField, printOrderBy } from '../../domain/query/print'
import type { TableRun } from '../../stores/queries'

/** What the address says about the table. */
export interface RunView {
  readonly filterText: string
  /** Null: every run, also where the text is wrong. */
  readonly filter: Condition | null
  readonly problem: QueryProblem | null
  readonly order: readonly OrderTerm[]
  /** Fields as the filter language writes them. */
  readonly columns: readonly string[]
  readonly showArchived: boolean
  readonly showDeleted: boolean
  /** Trials of one search stand behind one row. */
  readonly grouped: boolean
}

export const DEFAULT_COLUMNS: readonly string[] = [
  'attributes.status',
  'params.preset',
  'metrics.test_accuracy',
  'metrics.validation_accuracy',
  'metrics.test_loss',
  'metrics.epochs_done',
  'attributes.created',
]

/** More columns than this are no table a person reads. */
const MOST_COLUMNS = 40

/** The view an address asks for; what it cannot have is left out, and a wrong filter is told at its box. */
export function readRunView(search: URLSearchParams): RunView {
  const filterText = search.get('filter') ?? ''
  const parsed = parseFilter(filterText)
  const order = parseOrderBy(search.get('order') ?? '')
  const columns = search.get('columns')
  const shown = (search.get('show') ?? '').split(',')
  return {
    filterText,
    filter: parsed.ok ? parsed.value : null,
    problem: parsed.ok ? null : parsed.problem,
    order: order.ok ? order.value : [],
    columns: columns === null ? DEFAULT_COLUMNS : readColumns(columns),
    showArchived: shown.includes('archived'),
    showDeleted: shown.includes('deleted'),
    grouped: search.get('group') !== 'off',
  }
}

/** A list of columns is written as an order is. */
function readColumns(text: string): readonly string[] {
  const fields = parseOrderBy(text)
  if (!fields.ok) return DEFAULT_COLUMNS
  return [...new Set(fields.value.map(({ field }) => printField(field)))].slice(0, MOST_COLUMNS)
}

/** The same address with some of the view changed; what is as by itself is left out of it. */
export function writeRunView(search: URLSearchParams, change: Partial<RunView>): URLSearchParams {
  const next = new URLSearchParams(search)
  const view = { ...readRunView(search), ...change }
  function put(name: string, value: string): void {
    if (value === '') next.delete(name)
    else next.set(name, value)
  }
  put('filter', view.filterText)
  put('order', printOrderBy(view.order))
  const isDefault = view.columns.join() === DEFAULT_COLUMNS.join()
  if (isDefault) next.delete('columns')
  else next.set('columns', view.columns.join(', '))
  put('show', [view.showArchived && 'archived', view.showDeleted && 'deleted'].filter(Boolean).join())
  put('group', view.grouped ? '' : 'off')
  return next
}

/** The runs the view shows, in its order; newest first where it has none. */
export function runsInView(runs: readonly TableRun[], view: RunView): readonly TableRun[] {
  const { filter, order, showArchived, showDeleted } = view
  const found = runs.filter(
    (run) =>
      (run.deletedAt === null || showDeleted) &&
      (run.archivedAt === null || showArchived) &&
      (filter === null || matches(filter, run.facts)),
  )
  // They come newest first.
  return order.length === 0 ? found : orderRuns(found, ({ facts }) => facts, order)
}

export type TableRow =
  | { readonly kind: 'run'; readonly run: TableRun; readonly within: boolean }
  | {
      readonly kind: 'search'
      readonly searchId: string
      readonly runs: readonly TableRun[]
      readonly open: boolean
    }

/** Trials of one search, two or more, behind a row that stands where the first of them does. */
export function groupTrials(runs: readonly TableRun[], open: ReadonlySet<string>): readonly TableRow[] {
  const trials = new Map<string, TableRun[]>()
  for (const run of runs) {
    const searchId = searchOf(run)
    if (searchId === null) continue
    const known = trials.get(searchId)
    if (known === undefined) trials.set(searchId, [run])
    else known.push(run)
  }
  const rows: TableRow[] = []
  const placed = new Set<string>()
  for (const run of runs) {
    const searchId = searchOf(run)
    const members = searchId === null ? [] : (trials.get(searchId) ?? [])
    if (searchId === null || members.length < 2) rows.push({ kind: 'run', run, within: false })
    else if (!placed.has(searchId)) {
      placed.add(searchId)
      const isOpen = open.has(searchId)
      rows.push({ kind: 'search', searchId, runs: members, open: isOpen })
      if (isOpen) for (const member of members) rows.push({ kind: 'run', run: member, within: true })
    }
  }
  return rows
}

function searchOf({ origin }: TableRun): string | null {
  return origin?.kind === 'search' ? origin.searchId : null
}

/** The order after a press on a column's heading: the same column turns round, another begins with what is wanted first. */
export function turnOrder(order: readonly OrderTerm[], field: Field, numeric: boolean): readonly OrderTerm[] {
  const first = order[0]
  const same = first !== undefined && printField(first.field) === printField(field)
  return [{ field, descending: same ? !first.descending : numeric }]
}
