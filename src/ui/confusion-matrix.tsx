import { classNames } from './class-names'
import styles from './confusion-matrix.module.css'
import { formatCount, formatPercent } from './format'

interface ConfusionCell {
  readonly actual: number
  readonly predicted: number
}

interface ConfusionMatrixProps {
  /** `counts[actual][predicted]`. */
  readonly counts: readonly (readonly number[])[]
  readonly unit: 'count' | 'row-percent'
  readonly selected: ConfusionCell | null
  readonly onSelect: (cell: ConfusionCell) => void
}

/** Rows are what a digit is, columns what it was read as. A cell with digits in it can be opened. */
export function ConfusionMatrix({ counts, unit, selected, onSelect }: ConfusionMatrixProps) {
  const worst = Math.max(
    1,
    ...counts.flatMap((row, actual) => row.filter((_, predicted) => predicted !== actual)),
  )
  return (
    <div className={styles['scroll']} tabIndex={0} role="group" aria-label="Confusion matrix">
      <table className={styles['matrix']}>
        <caption className="visually-hidden">Confusion matrix: rows actual, columns predicted</caption>
        <thead>
          <tr>
            <th scope="col" className={styles['axis']}>
              is ↓ read as →
            </th>
            {counts.map((_, predicted) => (
              <th key={predicted} scope="col">
                {predicted}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {counts.map((row, actual) => (
            <tr key={actual}>
              <th scope="row">{actual}</th>
              {row.map((count, predicted) => (
                <td key={predicted}>
                  <Cell
                    cell={{ actual, predicted }}
                    count={count}
                    support={row.reduce((sum, value) => sum + value, 0)}
                    worst={worst}
                    unit={unit}
                    selected={selected?.actual === actual && selected.predicted === predicted}
                    onSelect={onSelect}
                  />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface CellProps {
  readonly cell: ConfusionCell
  readonly count: number
  readonly support: number
  readonly worst: number
  readonly unit: 'count' | 'row-percent'
  readonly selected: boolean
  readonly onSelect: (cell: ConfusionCell) => void
}

function Cell({ cell, count, support, worst, unit, selected, onSelect }: CellProps) {
  if (count === 0) return <span className={classNames(styles['cell'], styles['none'])}>0</span>
  const right = cell.actual === cell.predicted
  const heat = right ? 22 : 10 + 34 * Math.sqrt(count / worst)
  return (
    <button
      type="button"
      className={classNames(styles['cell'], selected && styles['selected'])}
      aria-pressed={selected}
      aria-label={`${formatCount(count)} of ${formatCount(support)} digits ${cell.actual} read as ${cell.predicted}`}
      style={{
        backgroundColor: `color-mix(in srgb, var(--${right ? 'accent' : 'series-2'}) ${heat.toFixed(0)}%, var(--surface))`,
      }}
      onClick={() => onSelect(cell)}
    >
      {unit === 'count' ? formatCount(count) : formatPercent(count / Math.max(1, support), 1)}
    </button>
  )
}
