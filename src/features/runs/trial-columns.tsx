import { Link } from 'wouter'
import { DESIGN_LADDER } from '../../domain/model/ladder'
import type { Search, Trial } from '../../domain/registry/search'
import { searchAxes, type TrialStep } from '../../domain/registry/search-board'
import type { TableRun } from '../../stores/queries'
import { formatLoss, formatPercent, NO_VALUE } from '../../ui/format'
import { resultOf, shownStatus } from '../../ui/run-text'
import { StatusChip } from '../../ui/status-chip'
import type { Column } from '../../ui/table'
import { metricText } from './metric-text'
import { pointsText } from './points-text'

interface TrialRow {
  readonly index: number
  readonly trial: Trial
  readonly run: TableRun | null
}

/** A search's trials, each with the run that came of it. */
export function trialRows({ id, trials }: Search, runs: readonly TableRun[]): readonly TrialRow[] {
  const byTrial = new Map(
    runs.flatMap((run) =>
      run.origin?.kind === 'search' && run.origin.searchId === id ? [[run.origin.trial, run] as const] : [],
    ),
  )
  return trials.map((trial, index) => ({ index, trial, run: byTrial.get(index) ?? null }))
}

/** What is shown of a trial: its values, what it was measured, and on the ladder what the step changed. */
export function trialColumns(
  search: Search,
  best: number | null,
  steps: readonly (TrialStep | null)[],
): readonly Column<TrialRow>[] {
  const published = new Map(DESIGN_LADDER.map((rung) => [rung.preset, rung]))
  const rungOf = ({ trial }: TrialRow) => published.get(String(trial.changes['train.preset']))
  const metric = (id: string, title: string): Column<TrialRow> => ({
    id,
    title,
    numeric: true,
    cell: ({ run }) => {
      const value = run === null || resultOf(run) === null ? undefined : run.facts.metrics[id]
      return value === undefined ? NO_VALUE : metricText(id, value)
    },
  })
  return [
    {
      id: 'trial',
      title: 'Trial',
      heading: true,
      cell: ({ index, run }) => (
        <>
          {run === null ? index + 1 : <Link href={`/runs/${run.id}`}>{run.name}</Link>}
          {index === best && ' · best'}
        </>
      ),
    },
    ...searchAxes(search).map(({ path }): Column<TrialRow> => ({
      id: path,
      title: path,
      cell: ({ trial }) => String(trial.changes[path] ?? NO_VALUE),
    })),
    { id: 'state', title: 'State', cell: (row) => <TrialState row={row} /> },
    metric('validation_accuracy', 'Validation accuracy'),
    metric('validation_loss', 'Validation loss'),
    metric('train_loss_epoch_mean', 'Training loss'),
    metric('test_accuracy', 'Test accuracy'),
    ...(search.kind === 'ladder'
      ? [
          metric('parameter_count', 'Parameters'),
          {
            id: 'published',
            title: 'Published',
            numeric: true,
            cell: (row: TrialRow) => {
              const rung = rungOf(row)
              return rung === undefined ? NO_VALUE : formatPercent(rung.published / 100)
            },
          },
          {
            id: 'gain',
            title: 'Beside the one before',
            cell: ({ index }: TrialRow) => stepText(steps[index] ?? null),
          },
          {
            id: 'gap',
            title: 'Test − training loss',
            numeric: true,
            cell: ({ run }: TrialRow) => gapText(run),
          },
          { id: 'step', title: 'What it changes', cell: (row: TrialRow) => rungOf(row)?.step ?? '' },
        ]
      : []),
  ]
}

/** "+0.43 points, more than chance": of validation accuracy. */
function stepText(step: TrialStep | null): string {
  if (step === null) return NO_VALUE
  return `${pointsText(step.difference)} points, ${step.apart ? 'more than chance' : 'within chance'}`
}

/** How much worse the test split is read than what was learned: large where a network learns by heart. */
function gapText(run: TableRun | null): string {
  const { test_loss: test, train_loss_epoch_mean: training } = run?.facts.metrics ?? {}
  return test === undefined || training === undefined ? NO_VALUE : formatLoss(test - training)
}

function TrialState({ row: { trial, run } }: { readonly row: TrialRow }) {
  if (run !== null) return <StatusChip status={shownStatus(run)} />
  return trial.outcome.kind === 'failed' ? `Failed: ${trial.outcome.message}` : 'Waiting'
}
