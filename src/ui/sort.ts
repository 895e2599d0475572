export interface Sort {
  readonly column: string
  readonly descending: boolean
}

/** The same column turns round; a new one starts with what is wanted first: high numbers, early letters. */
export function toggleSort(sort: Sort | null, column: string, numeric: boolean): Sort {
  return sort?.column === column ? { column, descending: !sort.descending } : { column, descending: numeric }
}

/** A sorted copy, stable; rows without a value (null) come last in both directions. */
export function sortRows<Row>(
  rows: readonly Row[],
  order: (row: Row) => number | string | null,
  descending: boolean,
): Row[] {
  const keyed = rows.map((row) => ({ row, key: order(row) }))
  keyed.sort((a, b) => {
    if (a.key === null || b.key === null) return a.key === b.key ? 0 : a.key === null ? 1 : -1
    const compared = compareKeys(a.key, b.key)
    return descending ? -compared : compared
  })
  return keyed.map(({ row }) => row)
}

function compareKeys(a: number | string, b: number | string): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  return String(a).localeCompare(String(b), 'en', { numeric: true })
}

/** `-accuracy` in a URL is "accuracy, descending". */
export function parseSort(text: string | null): Sort | null {
  if (text === null || text === '' || text === '-') return null
  return text.startsWith('-')
    ? { column: text.slice(1), descending: true }
    : { column: text, descending: false }
}

export function formatSort(sort: Sort): string {
  return `${sort.descending ? '-' : ''}${sort.column}`
}
