import type { DriftBin, DriftSignal } from '../../domain/drift/report'
import { SIGNAL_WORDS } from '../../domain/drift/words'
import { formatCount, formatPercent } from '../../ui/format'
import { Table, type Column } from '../../ui/table'
import styles from './signals.module.css'

interface ShareRow extends DriftBin {
  readonly referenceShare: number
  readonly currentShare: number
}

const COLUMNS: readonly Column<ShareRow>[] = [
  { id: 'name', title: 'Bin', heading: true, cell: (row) => row.name },
  { id: 'reference', title: 'Baseline', numeric: true, cell: (row) => formatPercent(row.referenceShare) },
  { id: 'current', title: 'Window', numeric: true, cell: (row) => formatPercent(row.currentShare) },
  { id: 'images', title: 'Images', numeric: true, cell: (row) => formatCount(row.current) },
]

/** The baseline's and the window's shares bin by bin, as pairs of bars and as numbers. */
export function BinBars({ signal }: { readonly signal: DriftSignal }) {
  const rows = sharesOf(signal)
  const tallest = Math.max(...rows.map((row) => Math.max(row.referenceShare, row.currentShare)))
  const name = SIGNAL_WORDS[signal.signal].toLowerCase()
  return (
    <>
      <div className={styles['bars']} role="img" aria-label={describe(rows, name)}>
        {rows.map((row) => (
          <div
            key={row.name}
            className={styles['bin']}
            title={`${row.name}: baseline ${formatPercent(row.referenceShare)}, window ${formatPercent(row.currentShare)}`}
          >
            <span className={styles['reference']} style={{ height: height(row.referenceShare, tallest) }} />
            <span className={styles['current']} style={{ height: height(row.currentShare, tallest) }} />
          </div>
        ))}
      </div>
      <div className={styles['axis']} aria-hidden>
        {signal.signal === 'margin' ? (
          <>
            <span>unsure</span>
            <span>clear</span>
          </>
        ) : (
          rows.map((row) => <span key={row.name}>{row.name}</span>)
        )}
      </div>
      <details className={styles['numbers']}>
        <summary>Numbers of {name}</summary>
        <Table caption={`Shares of ${name}`} columns={COLUMNS} rows={rows} rowKey={(row) => row.name} />
      </details>
    </>
  )
}

function sharesOf({ bins, count, referenceCount }: DriftSignal): ShareRow[] {
  return bins.map((bin) => ({
    ...bin,
    referenceShare: referenceCount === 0 ? 0 : bin.reference / referenceCount,
    currentShare: count === 0 ? 0 : bin.current / count,
  }))
}

function height(share: number, tallest: number): string {
  return `${tallest === 0 ? 0 : (100 * share) / tallest}%`
}

function describe(rows: readonly ShareRow[], name: string): string {
  const most = rows.reduce((a, b) =>
    Math.abs(b.currentShare - b.referenceShare) > Math.abs(a.currentShare - a.referenceShare) ? b : a,
  )
  return `Shares of ${name}; the largest difference is in ${most.name}: ${formatPercent(most.referenceShare)} in the baseline, ${formatPercent(most.currentShare)} in the window`
}
