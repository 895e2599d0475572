import { toCsv, type CsvCell } from '../../domain/query/csv'
import { compareParameters } from '../../domain/registry/comparison'
import type { TableRun } from '../../stores/queries'
import { resultOf } from '../../ui/run-text'
import { uniqueNames } from './compare-curves'

/** A row a metric or parameter, a column a run. */
export function comparisonCsv(runs: readonly TableRun[]): string {
  const header = ['kind', 'name', ...uniqueNames(runs.map(({ name }) => name))]
  const keys = [...new Set(runs.flatMap(({ facts }) => Object.keys(facts.metrics)))]
  const identity: CsvCell[][] = [
    ['attribute', 'run_id', ...runs.map(({ id }) => id)],
    ['attribute', 'dataset_digest', ...runs.map(({ dataset }) => dataset.digest)],
  ]
  const metrics = keys.map((key): CsvCell[] => [
    'metric',
    key,
    ...runs.map(({ facts }) => facts.metrics[key] ?? null),
  ])
  const bounds = (['low', 'high'] as const).map((bound): CsvCell[] => [
    'metric',
    `test_accuracy_wilson95_${bound}`,
    ...runs.map((run) => resultOf(run)?.evaluation.interval[bound] ?? null),
  ])
  const parameters = compareParameters(runs).map(({ path, values }): CsvCell[] => ['param', path, ...values])
  return toCsv(header, [...identity, ...metrics, ...bounds, ...parameters])
}

/** The same for programs, with what was read as what. */
export function comparisonJson(runs: readonly TableRun[]): string {
  const parameters = compareParameters(runs)
  const record = {
    format: 'mnist-studio-comparison',
    version: 1,
    differing_parameters: Object.fromEntries(
      parameters.filter(({ differs }) => differs).map(({ path, values }) => [path, values]),
    ),
    runs: runs.map((run) => {
      const evaluation = resultOf(run)?.evaluation ?? null
      return {
        run_id: run.id,
        run_name: run.name,
        dataset: run.dataset,
        params: { train: run.params, augment: run.augment },
        metrics: run.facts.metrics,
        test_accuracy_wilson95: evaluation?.interval ?? null,
        test_split_digest: evaluation?.splitDigest ?? null,
        confusion: evaluation?.confusion ?? null,
      }
    }),
  }
  return `${JSON.stringify(record, null, 2)}\n`
}
