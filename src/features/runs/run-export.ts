import type { Field } from '../../domain/query/ast'
import { csvLines, type CsvCell } from '../../domain/query/csv'
import { parseOrderBy } from '../../domain/query/parse'
import { readFact } from '../../domain/query/run-facts'
import { fieldsOf } from '../../domain/query/suggest'
import type { TableRun } from '../../stores/queries'
import { shownStatus } from '../../ui/run-text'

/** Runs that are written in one task: a few milliseconds. */
const BATCH = 50

/**
 * Runs as a table for other programs, part by part: one column a field, named as the filter language names it, metrics with their
 * aggregation.
 *
 * @yields whole lines
 */
export function* runsCsv(runs: readonly TableRun[], columns: readonly string[]): Generator<string> {
  const fields = columns.flatMap((column): { readonly column: string; readonly field: Field }[] => {
    const parsed = parseOrderBy(column)
    const field = parsed.ok ? parsed.value[0]?.field : undefined
    return field === undefined ? [] : [{ column, field }]
  })
  yield csvLines(fields.length, [fields.map(({ column }) => column)])
  for (const batch of batches(runs))
    yield csvLines(
      fields.length,
      batch.map((run) => fields.map(({ field }): CsvCell => readFact(run.facts, field))),
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

/**
 * The whole of each run, with each epoch's figures, part by part; a run a line.
 *
 * @yields parts of one JSON text
 */
export function* runsJson(runs: readonly TableRun[]): Generator<string> {
  yield '{"format":"mnist-studio-runs","version":1,"runs":['
  let separator = '\n'
  for (const batch of batches(runs)) {
    yield `${separator}${batch.map((run) => JSON.stringify(recordOf(run))).join(',\n')}`
    separator = ',\n'
  }
  yield '\n]}\n'
}

function recordOf(run: TableRun) {
  return {
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
  }
}

function* batches<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  for (let from = 0; from < items.length; from += BATCH) yield items.slice(from, from + BATCH)
}
