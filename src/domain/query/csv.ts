export type CsvCell = string | number | boolean | null

/** What a spreadsheet would take for a formula. */
const FORMULA = /^[=+\-@\t\r]/

/**
 * Comma-separated values by RFC 4180: lines end with CR LF, a text with a comma, a quote or a line break stands between quotes, a
 * quote within is doubled; null is empty. A text that a spreadsheet would run as a formula gets an apostrophe before it (OWASP, "CSV
 * injection"); numbers stay numbers.
 *
 * @throws RangeError unless each row has as many cells as the header
 */
export function toCsv(header: readonly string[], rows: readonly (readonly CsvCell[])[]): string {
  return csvLines(header.length, [header, ...rows])
}

/** Some lines of such a table, for one that is written part by part. @throws RangeError for a row that is not `width` cells wide */
export function csvLines(width: number, rows: readonly (readonly CsvCell[])[]): string {
  return rows
    .map((row) => {
      if (row.length !== width)
        throw new RangeError(`a row of this table has ${width} cells, found ${row.length}`)
      return `${row.map(cellText).join(',')}\r\n`
    })
    .join('')
}

function cellText(cell: CsvCell): string {
  if (cell === null) return ''
  if (typeof cell !== 'string') return String(cell)
  const safe = FORMULA.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
