import { useVirtualizer } from '@tanstack/react-virtual'
import { ArrowDown, ArrowUp } from 'lucide-react'
import { useRef, type Key, type ReactNode } from 'react'
import { classNames } from './class-names'
import tableStyles from './table.module.css'
import styles from './virtual-table.module.css'

export interface VirtualColumn<Row> {
  readonly id: string
  readonly title: ReactNode
  readonly cell: (row: Row) => ReactNode
  /** Pixels; columns keep their width whatever rows are in sight. */
  readonly width: number
  readonly numeric?: boolean
  /** The row's name: a row header for assistive technology. */
  readonly heading?: boolean
  /** Absent where the column cannot be sorted. */
  readonly order?: 'ascending' | 'descending' | 'none'
}

interface VirtualTableProps<Row> {
  readonly caption: string
  readonly columns: readonly VirtualColumn<Row>[]
  /** Already in their order. */
  readonly rows: readonly Row[]
  readonly rowKey: (row: Row) => Key
  readonly isSelected?: (row: Row) => boolean
  readonly onSort: (column: string) => void
  readonly empty: string
}

/** Pixels, fixed, so that a place in the list is a matter of arithmetic. */
const ROW = 37
const OVERSCAN = 8

/** A table of any length in a box of its own: only rows in sight are there, and the head stays. */
export function VirtualTable<Row>(props: VirtualTableProps<Row>) {
  const { caption, columns, rows, rowKey, isSelected, onSort, empty } = props
  const box = useRef<HTMLDivElement>(null)
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: OVERSCAN,
  })
  const items = virtualizer.getVirtualItems()
  const above = items[0]?.start ?? 0
  const below = virtualizer.getTotalSize() - (items.at(-1)?.end ?? 0)
  const width = columns.reduce((sum, column) => sum + column.width, 0)
  return (
    <div ref={box} className={styles['box']} tabIndex={0} role="group" aria-label={caption}>
      <table
        className={classNames(tableStyles['table'], styles['table'])}
        style={{ minWidth: width }}
        aria-rowcount={rows.length + 1}
      >
        <caption className="visually-hidden">{caption}</caption>
        <colgroup>
          {columns.map((column) => (
            <col key={column.id} style={{ width: column.width }} />
          ))}
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map((column) => (
              <Head key={column.id} column={column} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.length === 0 && (
            <tr>
              <td colSpan={columns.length} className={tableStyles['empty']}>
                <span>{empty}</span>
              </td>
            </tr>
          )}
          <Spacer height={above} />
          {items.map(({ index }) => {
            const row = rows[index]
            return (
              row !== undefined && (
                <tr
                  key={rowKey(row)}
                  aria-rowindex={index + 2}
                  className={classNames(isSelected?.(row) === true && styles['selected'])}
                >
                  {columns.map((column) => (
                    <Cell key={column.id} column={column} row={row} />
                  ))}
                </tr>
              )
            )
          })}
          <Spacer height={below} />
        </tbody>
      </table>
    </div>
  )
}

/** Stands for the rows that are not there. */
function Spacer({ height }: { readonly height: number }) {
  return (
    height > 0 && (
      <tr aria-hidden className={styles['spacer']}>
        <td style={{ height }} />
      </tr>
    )
  )
}

function Cell<Row>({ column, row }: { readonly column: VirtualColumn<Row>; readonly row: Row }) {
  const className = column.numeric === true ? tableStyles['number'] : undefined
  return column.heading === true ? (
    <th scope="row" className={className}>
      {column.cell(row)}
    </th>
  ) : (
    <td className={className}>{column.cell(row)}</td>
  )
}

interface HeadProps<Row> {
  readonly column: VirtualColumn<Row>
  readonly onSort: (column: string) => void
}

function Head<Row>({ column, onSort }: HeadProps<Row>) {
  const { id, title, order, numeric = false } = column
  const className = numeric ? tableStyles['number'] : undefined
  if (order === undefined)
    return (
      <th scope="col" className={className}>
        {title}
      </th>
    )
  const Arrow = order === 'ascending' ? ArrowUp : ArrowDown
  return (
    <th scope="col" className={className} aria-sort={order}>
      <button
        type="button"
        className={classNames(tableStyles['sort'], order !== 'none' && tableStyles['sorted'])}
        onClick={() => onSort(id)}
      >
        {title}
        <Arrow aria-hidden />
      </button>
    </th>
  )
}
