import { lazy, Suspense, useMemo, useState } from 'react'
import { classNames } from './class-names'
import styles from './curve-chart.module.css'
import type { CurveChartProps } from './curve'
import { alignCurves, pickIndices } from './curves'
import { formatCount, NO_VALUE } from './format'
import { Panel } from './panel'
import { Table, type Column } from './table'

/** The drawing library is fetched when the first chart is shown. */
const CurvePlot = lazy(async () => ({ default: (await import('./curve-plot')).CurvePlot }))

const TABLE_ROWS = 60

/** Curves over steps or epochs: values under the pointer, names at the lines' ends, and the same numbers as a table. */
export function CurveChart(props: CurveChartProps) {
  const {
    title,
    unit,
    xName,
    formatX = formatCount,
    format,
    curves,
    canLog = false,
    low = false,
    note,
  } = props
  const [asTable, setAsTable] = useState(false)
  const [log, setLog] = useState(false)
  const [hovered, setHovered] = useState<number | null>(null)
  const columns = useMemo(() => alignCurves(curves.map((curve) => curve.points)), [curves])
  const empty = columns[0].length === 0
  const x = hovered === null ? undefined : columns[0][hovered]

  return (
    <Panel
      title={title}
      note={unit}
      actions={
        <>
          {canLog && !asTable && (
            <button type="button" className={styles['tool']} aria-pressed={log} onClick={() => setLog(!log)}>
              Log axis
            </button>
          )}
          <button
            type="button"
            className={styles['tool']}
            aria-pressed={asTable}
            onClick={() => setAsTable(!asTable)}
          >
            Table
          </button>
        </>
      }
    >
      <div className={styles['legend']}>
        {curves.map((curve, index) => (
          <span key={curve.name} className={styles['entry']}>
            <span
              className={curve.style === 'marks' ? styles['mark'] : styles['swatch']}
              style={{
                background: `var(--series-${curve.tone})`,
                opacity: curve.style === 'ghost' ? 0.35 : 1,
              }}
            />
            {curve.name}
            <span className={styles['value']}>
              {valueAt(columns[index + 1], x === undefined ? null : hovered, format)}
            </span>
          </span>
        ))}
        <span>{x === undefined ? '' : `${xName} ${formatX(x)}`}</span>
      </div>
      <div className={classNames(styles['area'], low && styles['low'])}>
        {asTable && <CurveTable {...props} columns={columns} />}
        {!asTable && empty && <div className={styles['waiting']}>No figures yet</div>}
        {!asTable && !empty && (
          <Suspense fallback={null}>
            <CurvePlot {...props} columns={columns} log={log} onHover={setHovered} />
          </Suspense>
        )}
      </div>
      {note}
    </Panel>
  )
}

function valueAt(
  column: readonly (number | null)[] | undefined,
  index: number | null,
  format: (value: number) => string,
): string {
  if (column === undefined) return NO_VALUE
  // Marks and thinned curves have no value at every x: the nearest one before the pointer is meant.
  const upTo = index === null ? column : column.slice(0, index + 1)
  const value = upTo.findLast((entry) => entry !== null)
  return value === undefined || value === null ? NO_VALUE : format(value)
}

function CurveTable({
  title,
  xName,
  formatX = formatCount,
  curves,
  format,
  columns,
}: CurveChartProps & { readonly columns: [number[], ...(number | null)[][]] }) {
  const rows = pickIndices(columns[0].length, TABLE_ROWS)
  const tableColumns: Column<number>[] = [
    { id: 'x', title: xName, numeric: true, heading: true, cell: (row) => formatX(columns[0][row] ?? 0) },
    ...curves.map((curve, index) => ({
      id: curve.name,
      title: curve.name,
      numeric: true,
      cell: (row: number) => {
        const value = columns[index + 1]?.[row]
        return value === null || value === undefined ? NO_VALUE : format(value)
      },
    })),
  ]
  return (
    <div className={styles['table']}>
      <Table caption={`${title} as a table`} columns={tableColumns} rows={rows} rowKey={(row) => row} />
    </div>
  )
}
