import type { TableRun } from '../../stores/queries'
import { downloadFile } from '../../ui/download'
import { allColumns, runsCsv, runsJson, shownColumns } from './run-export'

export const EXPORT_ITEMS = [
  { id: 'csv', title: 'CSV, columns in sight', text: 'A row a run, with its id and name' },
  { id: 'csv-all', title: 'CSV, everything', text: 'Every metric, parameter, tag and attribute' },
  { id: 'json', title: 'JSON', text: 'With each epoch’s figures' },
] as const

/** Hands out runs as a file, written a part a task, so that thousands of them hold up no frame. */
export async function exportRuns(
  kind: string,
  runs: readonly TableRun[],
  columns: readonly string[],
): Promise<void> {
  if (kind === 'json') {
    downloadFile('runs.json', 'application/json', await written(runsJson(runs)))
    return
  }
  const fields = kind === 'csv-all' ? allColumns(runs) : shownColumns(columns)
  downloadFile('runs.csv', 'text/csv', await written(runsCsv(runs, fields)))
}

async function written(parts: Generator<string>): Promise<Blob> {
  const blobs: Blob[] = []
  for (const part of parts) {
    blobs.push(new Blob([part]))
    await new Promise((resolve) => setTimeout(resolve))
  }
  return new Blob(blobs)
}
