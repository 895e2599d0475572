import { useMemo, useState } from 'react'
import { useSearchParams } from 'wouter'
import type { ClassMetrics, Evaluation } from '../../domain/metrics/evaluation'
import type { ListedRun } from '../../stores/queries'
import { ClassChart } from '../../ui/class-chart'
import { ConfusionMatrix } from '../../ui/confusion-matrix'
import { formatCount, formatPercent } from '../../ui/format'
import { Columns, Stack } from '../../ui/layout'
import { Panel } from '../../ui/panel'
import { Segmented } from '../../ui/segmented'
import { Table, type Column } from '../../ui/table'
import { AnswerGrid } from './answer-grid'
import { parseCell } from './misreads'

const UNITS = [
  { value: 'count', label: 'Counts' },
  { value: 'row-percent', label: 'Row %' },
] as const

const COLUMNS: readonly Column<ClassMetrics>[] = [
  { id: 'label', title: 'Digit', heading: true, cell: (row) => row.label },
  { id: 'precision', title: 'Precision', numeric: true, cell: (row) => formatPercent(row.precision) },
  { id: 'recall', title: 'Recall', numeric: true, cell: (row) => formatPercent(row.recall) },
  { id: 'f1', title: 'F1', numeric: true, cell: (row) => formatPercent(row.f1) },
  { id: 'support', title: 'Digits', numeric: true, cell: (row) => formatCount(row.support) },
]

interface ConfusionTabProps {
  readonly run: ListedRun
  readonly evaluation: Evaluation
}

/** What is taken for what; a cell opens the digits in it. The open cell is in the address. */
export function ConfusionTab({ run, evaluation }: ConfusionTabProps) {
  const [unit, setUnit] = useState<'count' | 'row-percent'>('count')
  const [search, setSearch] = useSearchParams()
  const text = search.get('cell')
  const cell = useMemo(() => parseCell(text), [text])
  return (
    <Stack>
      <Columns>
        <Panel
          title="Confusion matrix"
          note="test split"
          actions={<Segmented label="Unit" value={unit} options={UNITS} onChange={setUnit} />}
        >
          <ConfusionMatrix
            counts={evaluation.confusion}
            unit={unit}
            selected={cell}
            onSelect={({ actual, predicted }) =>
              setSearch({ tab: 'confusion', cell: `${actual}-${predicted}` }, { replace: true })
            }
          />
        </Panel>
        <Stack>
          <ClassChart classes={evaluation.perClass} />
          <Panel title="By digit" flush>
            <Table
              caption="Precision, recall and F1 of each digit"
              columns={COLUMNS}
              rows={evaluation.perClass}
              rowKey={(row) => row.label}
            />
          </Panel>
        </Stack>
      </Columns>
      {cell === null ? (
        <p>Choose a cell with digits in it to see them.</p>
      ) : (
        <Panel title={`Digits ${cell.actual} read as ${cell.predicted}`}>
          <AnswerGrid
            key={text}
            run={run}
            filter={cell}
            expected={evaluation.confusion[cell.actual]?.[cell.predicted] ?? 0}
          />
        </Panel>
      )}
    </Stack>
  )
}
