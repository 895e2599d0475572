import type { TableRun } from '../../stores/queries'
import { downloadFile } from '../../ui/download'
import { allColumns, runsCsv, runsJson, shownColumns } from './run-export'

export const EXPORT_ITEMS = [
  { id: 'csv', title: 'CSV, columns in sight', text: 'A row a run, with its id and name' },
  { id: 'csv-all', title: 'CSV, everything', text: 'Every metric, parameter, tag and attribute' },
  { id: 'json', title: 'JSON', text: 'With each epoch’s figures' },
] as const

/** Hands out runs as a file. */
export function exportRuns(kind: string, runs: readonly TableRun[], columns: readonly string[]): void {
  if (kind === 'json') downloadFile('runs.json', 'application/json', runsJson(runs))
  else {
    const fields = kind === 'csv-all' ? allColumns(runs) : shownColumns(columns)
    downloadFile('runs.csv', 'text/csv', runsCsv(runs, fields))
  }
}
