import { toCsv, type CsvCell } from '../../domain/query/csv'
import { readFact } from '../../domain/query/run-facts'
import { parseOrderBy } from '../../domain/query/parse'
import { fieldsOf } from '../../domain/query/suggest'
import { shownStatus } from '../../ui/run-text'
import type { TableRun } from '../../stores/queries'

/** Runs as a table for other programs: one column a field, named as the filter language names it, metrics with their aggregation. */
export function runsCsv(runs: readonly TableRun[], columns: readonly string[]): string {
  const fields = columns.flatMap((column) => {
    const parsed = parseOrderBy(column)
    const field = parsed.ok ? parsed.value[0]?.field : undefined
    return field === undefined ? [] : [{ column, field }]
  })
  const rows = runs.map((run) => fields.map(({ field }): CsvCell => readFact(run.facts, field)))
  return toCsv(
    fields.map(({ column }) => column),
    rows,
  )
}

/** Id and name first, then the columns in sight. */
export function shownColumns(columns: readonly string[]): readonly string[] {
  return [...new Set(['attributes.run_id', 'attributes.run_name', ...columns])]
}

/** Everything that is known of any of the runs. */
export function allColumns(runs: readonly TableRun[]): readonly string[] {
  const fields = fieldsOf(runs.map(({ facts }) => facts))
  return [...new Set(['attributes.run_id', 'attributes.run_name', ...fields])]
}

/** The whole of each run, with each epoch's figures. */
export function runsJson(runs: readonly TableRun[]): string {
  const records = runs.map((run) => ({
    run_id: run.id,
    run_name: run.name,
    status: shownStatus(run),
    start_time: run.status.startedAt,
    end_time: run.facts.attributes.end_time,
    note: run.note,
    tags: run.tags,
    dataset: run.dataset,
    params: { train: run.params, augment: run.augment },
    metrics: run.facts.metrics,
    epochs: run.epochs,
    engine: run.engine,
    app_version: run.appVersion,
    host: run.host,
  }))
  return `${JSON.stringify({ format: 'mnist-studio-runs', version: 1, runs: records }, null, 2)}\n`
}
