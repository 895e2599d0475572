import { ArrowDown, ArrowUp } from 'lucide-react'
import type { Key, ReactNode } from 'react'
import { classNames } from './class-names'
import { sortRows, toggleSort, type Sort } from './sort'
import styles from './table.module.css'

export interface Column<Row> {
  readonly id: string
  readonly title: ReactNode
  readonly cell: (row: Row) => ReactNode
  /** Right-aligned, for numbers that line up. */
  readonly numeric?: boolean
  /** Present where the column can be sorted; null sorts last either way. */
  readonly order?: (row: Row) => number | string | null
  /** The row's name: a row header for assistive technology. */
  readonly heading?: boolean
}

interface TableProps<Row> {
  readonly caption: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly rowKey: (row: Row) => Key
  readonly sort?: Sort | null
  readonly onSort?: (sort: Sort) => void
  readonly footer?: ReactNode
  /** What stands where rows will come. */
  readonly empty?: string
}

/** A plain table that scrolls sideways by itself when it must. */
export function Table<Row>(props: TableProps<Row>) {
  const { caption, columns, rows, rowKey, sort = null, onSort, footer, empty } = props
  const sorted = sort === null ? undefined : columns.find((column) => column.id === sort.column)
  const shown =
    sort === null || sorted?.order === undefined ? rows : sortRows(rows, sorted.order, sort.descending)
  return (
    <div className={styles['scroll']} tabIndex={0} role="group" aria-label={caption}>
      <table className={styles['table']}>
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <HeaderCell key={column.id} column={column} sort={sort} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.length === 0 && empty !== undefined && (
            <tr>
              <td colSpan={columns.length} className={styles['empty']}>
                <span>{empty}</span>
              </td>
            </tr>
          )}
          {shown.map((row) => (
            <tr key={rowKey(row)}>
              {columns.map((column) => {
                const className = column.numeric === true ? styles['number'] : undefined
                return column.heading === true ? (
                  <th key={column.id} scope="row" className={className}>
                    {column.cell(row)}
                  </th>
                ) : (
                  <td key={column.id} className={className}>
                    {column.cell(row)}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
        {footer !== undefined && <tfoot>{footer}</tfoot>}
      </table>
    </div>
  )
}

interface HeaderCellProps<Row> {
  readonly column: Column<Row>
  readonly sort: Sort | null
  readonly onSort: ((sort: Sort) => void) | undefined
}

function HeaderCell<Row>({ column, sort, onSort }: HeaderCellProps<Row>) {
  const active = sort?.column === column.id
  const className = column.numeric === true ? styles['number'] : undefined
  if (column.order === undefined || onSort === undefined)
    return (
      <th scope="col" className={className}>
        {column.title}
      </th>
    )
  const Arrow = active && !sort.descending ? ArrowUp : ArrowDown
  return (
    <th
      scope="col"
      className={className}
      aria-sort={active ? (sort.descending ? 'descending' : 'ascending') : 'none'}
    >
      <button
        type="button"
        className={classNames(styles['sort'], active && styles['sorted'])}
        onClick={() => onSort(toggleSort(sort, column.id, column.numeric === true))}
      >
        {column.title}
        <Arrow aria-hidden />
      </button>
    </th>
  )
}
