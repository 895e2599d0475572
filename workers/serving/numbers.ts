import { type Read, read, refuse } from './http'
import { kindOf } from './body'

/** An array of numbers, nested or flat, laid out row by row. */
export interface Flattened {
  readonly values: Float64Array
  /** Numbers found; more than `values` holds when there were too many. */
  readonly count: number
}

/**
 * Lays out nested arrays of numbers row by row. Rows beside each other must be equally long, as in a matrix.
 *
 * @param expected numbers; of more only the count is told
 * @param what a number is called in an answer: "pixel"
 */
export function flattenNumbers(source: unknown, expected: number, what: string): Read<Flattened> {
  if (!Array.isArray(source)) return refuse(400, `Expected an array of ${what}s, found ${kindOf(source)}`)
  const values = new Float64Array(expected)
  let count = 0
  /** What is wrong, or null. */
  function lay(rows: readonly unknown[]): string | null {
    const [first] = rows
    if (!Array.isArray(first)) return layRow(rows)
    for (const row of rows) {
      if (!Array.isArray(row)) return `Expected arrays beside arrays, found ${kindOf(row)} beside them`
      if (row.length !== first.length)
        return `Expected rows of equal length, found ${first.length} and ${row.length}`
      const problem = lay(row)
      if (problem !== null) return problem
    }
    return null
  }
  function layRow(row: readonly unknown[]): string | null {
    for (const value of row) {
      if (typeof value !== 'number') return `Expected ${what} ${count} to be a number, found ${kindOf(value)}`
      if (count < expected) values[count] = value
      count++
    }
    return null
  }
  const problem = lay(source as readonly unknown[])
  return problem === null ? read({ values, count }) : refuse(400, problem)
}
