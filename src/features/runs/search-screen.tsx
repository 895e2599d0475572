import { useMemo } from 'react'
import { parseRecordId, type SearchId } from '../../domain/ids'
import { keptValidation } from '../../domain/query/run-facts'
import type { Search } from '../../domain/registry/search'
import { nextTrial, searchAxes, searchStanding, trialSteps } from '../../domain/registry/search-board'
import { useRunTable, type TableRun } from '../../stores/queries'
import { continueSearch, stopSearch, useSearch, useSearchDriver } from '../../stores/search'
import { useTraining } from '../../stores/training'
import { Button, LinkButton } from '../../ui/button'
import { formatMoment } from '../../ui/format'
import { Stack } from '../../ui/layout'
import { EmptyState, Notice } from '../../ui/notice'
import { Panel } from '../../ui/panel'
import { Progress } from '../../ui/progress'
import { resultOf } from '../../ui/run-text'
import { Table } from '../../ui/table'
import { showToast } from '../../ui/toasts'
import { compareAddress, MOST_COMPARED } from './compare-address'
import { countTrials, standingInWords } from './search-text'
import styles from './search.module.css'
import { trialColumns, trialRows } from './trial-columns'
import { ValueStrip } from './value-strip'

/** One search, by the id in the address: its trials, the best of them, and what its parameters did. */
export function SearchScreen({ id }: { readonly id: string }) {
  const searchId = readId(id)
  const search = useSearch(searchId)
  const runs = useRunTable()
  if (search === undefined || runs === undefined) return null
  if (search === null)
    return (
      <EmptyState title="No such search" action={<LinkButton href="/runs/search">All searches</LinkButton>}>
        No search with the id {id} is stored in this browser. Searches live where they were made.
      </EmptyState>
    )
  return <Board search={search} runs={runs} />
}

function Board({ search, runs }: { readonly search: Search; readonly runs: readonly TableRun[] }) {
  const rows = useMemo(() => trialRows(search, runs), [search, runs])
  const scored = rows.map(({ index, run }) => ({
    trial: index,
    validation: run === null || resultOf(run) === null ? null : keptValidation(run.epochs, resultOf(run)),
  }))
  const standing = searchStanding(scored)
  const ended = rows.flatMap(({ run }) => (run !== null && resultOf(run) !== null ? [run] : []))
  return (
    <Stack>
      <Panel
        title={search.name}
        note={`${countTrials(search)}, on ${search.dataset.name}, begun ${formatMoment(search.createdAt)}`}
        actions={
          <>
            {ended.length >= 2 && (
              <LinkButton href={compareAddress(ended.slice(0, MOST_COMPARED).map((run) => run.id))}>
                Compare
              </LinkButton>
            )}
            <SearchActions search={search} />
          </>
        }
      >
        <Stack>
          <SearchState search={search} />
          {standing === null ? (
            <p>{noStanding(search)}</p>
          ) : (
            <Notice
              tone={standing.rivals.length === 0 && standing.compared > 1 ? 'good' : 'info'}
              title={standingInWords(standing, search)}
            />
          )}
        </Stack>
      </Panel>
      <Panel title="Trials" note="test accuracy is shown, and never chosen by" flush>
        <Table
          caption="Trials"
          columns={trialColumns(search, standing?.best ?? null, trialSteps(scored))}
          rows={rows}
          rowKey={({ index }) => index}
        />
      </Panel>
      <Strips search={search} scored={scored} best={standing?.best ?? null} />
    </Stack>
  )
}

function noStanding({ base }: Search): string {
  return base.train.validation_fraction === 0
    ? 'No digits are kept for validation, so no trial can be called the best: set a validation share on Train.'
    : 'The best trial is named once the first has ended.'
}

function SearchActions({ search }: { readonly search: Search }) {
  const { active } = useSearchDriver()
  const training = useTraining(({ state }) => ['preparing', 'running', 'stopping'].includes(state))
  if (active === search.id)
    return <Button onClick={() => void tell(stopSearch(search.id))}>Stop the search</Button>
  if (nextTrial(search) === null) return null
  const busy = active !== null || training
  return (
    <Button
      kind="primary"
      disabled={busy}
      onClick={() => void tell(continueSearch(search.id))}
      {...(busy ? { title: 'Another run is under way' } : {})}
    >
      Go on
    </Button>
  )
}

async function tell(decision: ReturnType<typeof stopSearch>): Promise<void> {
  const { ok, ...rest } = await decision
  if (!ok && 'error' in rest) showToast({ title: 'That could not be done', note: rest.error.message })
}

function SearchState({ search }: { readonly search: Search }) {
  const { active, trouble } = useSearchDriver()
  const share = useTraining((state) =>
    'totalSteps' in state && state.totalSteps > 0 ? state.stepsDone / state.totalSteps : 0,
  )
  const next = nextTrial(search)
  if (active === search.id && next !== null)
    return (
      <Progress
        label={`Trial ${next + 1} of ${search.trials.length}`}
        share={(next + share) / search.trials.length}
        figures=""
      />
    )
  if (trouble?.searchId === search.id)
    return (
      <Notice tone="failure" title="The search does not go on">
        <p>{trouble.message}</p>
      </Notice>
    )
  if (next === null) return null
  return (
    <Notice tone="caution" title={search.stopped ? 'This search was stopped' : 'This search was interrupted'}>
      <p>
        What was trained is kept. Go on with trial {next + 1} when you like; an interrupted run is resumed.
      </p>
    </Notice>
  )
}

interface StripsProps {
  readonly search: Search
  readonly scored: readonly {
    readonly trial: number
    readonly validation: { readonly accuracy: number } | null
  }[]
  readonly best: number | null
}

/** One small picture a parameter; with fewer than two trials there is nothing to see. */
function Strips({ search, scored, best }: StripsProps) {
  const measured = scored.flatMap(({ trial, validation }) => (validation ? [{ trial, validation }] : []))
  if (measured.length < 2) return null
  return (
    <Panel title="By parameter" note="validation accuracy, a dot a trial">
      <div className={styles['strips']}>
        {searchAxes(search).map(({ path, values }) => (
          <ValueStrip
            key={path}
            path={path}
            values={values}
            points={measured.flatMap(({ trial, validation }) => {
              const value = search.trials[trial]?.changes[path]
              return value === undefined
                ? []
                : [{ value, accuracy: validation.accuracy, best: trial === best }]
            })}
          />
        ))}
      </div>
    </Panel>
  )
}

function readId(text: string): SearchId | null {
  try {
    return parseRecordId<SearchId>(text)
  } catch {
    return null
  }
}
