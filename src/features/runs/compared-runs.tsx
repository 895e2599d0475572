import { X } from 'lucide-react'
import { Link, useSearchParams } from 'wouter'
import type { TableRun } from '../../stores/queries'
import { IconButton } from '../../ui/button'
import { downloadFile } from '../../ui/download'
import { NO_VALUE } from '../../ui/format'
import { Menu } from '../../ui/menu'
import { Panel } from '../../ui/panel'
import { resultOf } from '../../ui/run-text'
import { Table, type Column } from '../../ui/table'
import { toneOf } from './compare-curves'
import { comparisonCsv, comparisonJson } from './compare-export'
import styles from './compare.module.css'
import { fieldTitle, metricText } from './metric-text'
import { intervalText } from './interval-text'

const METRICS = [
  'test_accuracy',
  'test_loss',
  'test_error_count',
  'test_f1_macro',
  'test_recall_min',
  'validation_accuracy',
  'validation_loss',
  'train_loss_epoch_mean',
  'epochs_done',
  'train_seconds',
  'images_per_second',
  'parameter_count',
] as const

const EXPORTS = [
  { id: 'csv', title: 'CSV', text: 'A row a metric or parameter, a column a run' },
  { id: 'json', title: 'JSON', text: 'The same, with confusion matrices' },
] as const

/** What each run reached; the accuracy with its 95 % Wilson interval. */
export function ComparedRuns({ runs }: { readonly runs: readonly TableRun[] }) {
  const [search, setSearch] = useSearchParams()
  const drop = (run: TableRun) => {
    const next = new URLSearchParams(search)
    next.set(
      'runs',
      runs
        .filter(({ id }) => id !== run.id)
        .map(({ id }) => id)
        .join(),
    )
    setSearch(next, { replace: true })
  }
  return (
    <Panel
      title="Side by side"
      note="test figures are measured once, after the last step"
      actions={
        <Menu
          label="Export comparison"
          items={EXPORTS}
          onPick={(kind) => {
            if (kind === 'csv') downloadFile('comparison.csv', 'text/csv', comparisonCsv(runs))
            else downloadFile('comparison.json', 'application/json', comparisonJson(runs))
          }}
        />
      }
      flush
    >
      <Table
        caption="Metrics of the compared runs"
        columns={columnsOf(runs, runs.length > 2 ? drop : null)}
        rows={METRICS.filter((key) => runs.some(({ facts }) => facts.metrics[key] !== undefined))}
        rowKey={(key) => key}
      />
    </Panel>
  )
}

function columnsOf(
  runs: readonly TableRun[],
  drop: ((run: TableRun) => void) | null,
): readonly Column<(typeof METRICS)[number]>[] {
  return [
    {
      id: 'metric',
      title: 'Metric',
      heading: true,
      cell: (key) => <span className={styles['metric']}>{fieldTitle(`metrics.${key}`)}</span>,
    },
    ...runs.map((run, index) => ({
      id: run.id,
      numeric: true,
      title: (
        <span className={styles['run']}>
          <span className={styles['swatch']} style={{ background: `var(--series-${toneOf(index)})` }} />
          <Link href={`/runs/${run.id}`}>{run.name}</Link>
          {drop !== null && (
            <IconButton label={`Leave out ${run.name}`} onClick={() => drop(run)}>
              <X aria-hidden />
            </IconButton>
          )}
        </span>
      ),
      cell: (key: (typeof METRICS)[number]) => {
        const value = run.facts.metrics[key]
        if (value === undefined) return NO_VALUE
        const interval = key === 'test_accuracy' ? resultOf(run)?.evaluation.interval : undefined
        return interval === undefined ? metricText(key, value) : intervalText(value, interval)
      },
    })),
  ]
}
