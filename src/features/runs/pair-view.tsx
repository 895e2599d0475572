import { useSearchParams } from 'wouter'
import { useMemo } from 'react'
import { pairAnswers } from '../../domain/metrics/paired'
import { classDeltas, flips, sameDigits, type ClassDelta } from '../../domain/registry/comparison'
import type { Evaluation } from '../../domain/metrics/evaluation'
import { useLabels, useTestPredictions, type TableRun } from '../../stores/queries'
import { SelectField } from '../../ui/field'
import { formatCount, formatPercent } from '../../ui/format'
import { Columns, Row, Stack } from '../../ui/layout'
import { Notice } from '../../ui/notice'
import { isDistinguishable, pairedInWords } from '../../ui/paired-text'
import { Panel } from '../../ui/panel'
import { resultOf } from '../../ui/run-text'
import { Table, type Column } from '../../ui/table'
import { uniqueNames } from './compare-curves'
import { DifferenceMatrix } from './difference-matrix'
import { FlipPanels } from './flip-panels'
import { pointsText } from './points-text'

/** Two of the runs, digit by digit; which two is in the address. */
export function PairView({ runs }: { readonly runs: readonly TableRun[] }) {
  const [search, setSearch] = useSearchParams()
  const [first, second] = chosenPair(runs, search.get('first'), search.get('second'))
  if (first === undefined || second === undefined) return null
  const names = uniqueNames(runs.map(({ name }) => name))
  const options = runs.map(({ id }, index) => ({ value: id, label: names[index] ?? id }))
  function pick(which: 'first' | 'second', id: string): void {
    const next = new URLSearchParams(search)
    next.set(which, id)
    setSearch(next, { replace: true })
  }
  return (
    <Stack>
      {runs.length > 2 && (
        <Row>
          <SelectField
            label="Beside"
            value={first.id}
            options={options.filter(({ value }) => value !== second.id)}
            onPick={(id) => pick('first', id)}
          />
          <SelectField
            label="stands"
            value={second.id}
            options={options.filter(({ value }) => value !== first.id)}
            onPick={(id) => pick('second', id)}
          />
        </Row>
      )}
      <Pair key={`${first.id} ${second.id}`} first={first} second={second} />
    </Stack>
  )
}

function chosenPair(
  runs: readonly TableRun[],
  wantedFirst: string | null,
  wantedSecond: string | null,
): readonly [TableRun | undefined, TableRun | undefined] {
  const first = runs.find(({ id }) => id === wantedFirst && id !== wantedSecond) ?? runs[0]
  const others = runs.filter((run) => run !== first)
  return [first, others.find(({ id }) => id === wantedSecond) ?? others[0]]
}

interface PairProps {
  readonly first: TableRun
  readonly second: TableRun
}

function Pair({ first, second }: PairProps) {
  const [a, b] = [resultOf(first)?.evaluation, resultOf(second)?.evaluation]
  if (a === undefined || b === undefined) {
    const unmeasured = a === undefined ? first : second
    return (
      <Notice tone="info" title={`${unmeasured.name} was not measured on the test digits`}>
        <p>Only a run that ended can be compared digit by digit. Recipes and curves are below.</p>
      </Notice>
    )
  }
  if (!sameDigits(a, b))
    return (
      <Notice tone="caution" title="Measured on different test digits">
        <p>
          {first.name} was measured on {formatCount(a.count)} digits of {first.dataset.name}, {second.name} on{' '}
          {formatCount(b.count)} others of {second.dataset.name}. Their answers cannot be paired; what each
          reached can be compared above, with its interval.
        </p>
      </Notice>
    )
  return <Paired first={first} second={second} a={a} b={b} />
}

function Paired({ first, second, a, b }: PairProps & { readonly a: Evaluation; readonly b: Evaluation }) {
  const labels = useLabels(first.dataset.id, 'test')
  const answersA = useTestPredictions(first.id)
  const answersB = useTestPredictions(second.id)
  const known = useMemo(
    () =>
      labels && answersA && answersB
        ? {
            outcome: pairAnswers(answersA.labels, answersB.labels, labels),
            changed: flips(answersA.labels, answersB.labels, labels),
          }
        : null,
    [labels, answersA, answersB],
  )
  const gone = labels === null || answersA === null || answersB === null
  return (
    <Stack>
      {known !== null && (
        <Notice
          tone={isDistinguishable(known.outcome) ? 'good' : 'info'}
          title={`${second.name} beside ${first.name}: ${pairedInWords(known.outcome)}`}
        >
          <p>
            {formatCount(known.outcome.onlySecond)} digits are read right only by {second.name},{' '}
            {formatCount(known.outcome.onlyFirst)} only by {first.name}. Exact McNemar test on the same
            digits, p = {known.outcome.p.toPrecision(2)}.
          </p>
        </Notice>
      )}
      {gone && (
        <Notice tone="info" title="The answers cannot be paired">
          <p>
            {labels === null
              ? `The dataset ${first.dataset.name} is no longer stored. Load the same digits again from Data.`
              : 'One of the runs kept no answers for single test digits.'}
          </p>
        </Notice>
      )}
      <Columns>
        <Panel title="Confusion, difference" note={`${second.name} minus ${first.name}`}>
          <DifferenceMatrix first={a} second={b} />
        </Panel>
        <Panel title="By digit" note="recall: of this digit, read right" flush>
          <Table
            caption="Recall and precision of each digit in both runs"
            columns={classColumns(first.name, second.name)}
            rows={classDeltas(a, b)}
            rowKey={({ label }) => label}
          />
        </Panel>
      </Columns>
      {known !== null && <FlipPanels first={first} second={second} flips={known.changed} />}
    </Stack>
  )
}

function classColumns(first: string, second: string): readonly Column<ClassDelta>[] {
  return [
    { id: 'label', title: 'Digit', heading: true, cell: ({ label }) => label },
    { id: 'first', title: first, numeric: true, cell: ({ recall }) => formatPercent(recall[0]) },
    { id: 'second', title: second, numeric: true, cell: ({ recall }) => formatPercent(recall[1]) },
    { id: 'delta', title: 'Recall', numeric: true, cell: ({ recall }) => pointsText(recall[1] - recall[0]) },
    {
      id: 'precision',
      title: 'Precision',
      numeric: true,
      cell: ({ precision }) => pointsText(precision[1] - precision[0]),
    },
  ]
}
