import { useEffect, useState } from 'react'
import type { LoadFigures, LoadReport } from '../../domain/bench/load'
import { loadMarkdown } from '../../domain/bench/load'
import { type LoadTestState, startLoadTest, stopLoadTest, useLoadTest } from '../../stores/load-test'
import { useChosenDataset } from '../../stores/queries'
import { BarList } from '../../ui/bar-list'
import { Button } from '../../ui/button'
import { CopyButton } from '../../ui/copy-button'
import { TextField } from '../../ui/field'
import { formatCount, formatMilliseconds, formatPercent, formatRate, NO_VALUE } from '../../ui/format'
import { Columns, Row, Stack } from '../../ui/layout'
import { Notice } from '../../ui/notice'
import { Panel } from '../../ui/panel'
import { Progress } from '../../ui/progress'
import { type Column, Table } from '../../ui/table'
import styles from './api.module.css'
import { planLoad } from './load-plan'

/** Asks this page's API with real test digits: one after the other, then truly many at once. Leaving the tab ends it. */
export function LoadPanel({ ready }: { readonly ready: boolean }) {
  const load = useLoadTest()
  const dataset = useChosenDataset() ?? null
  const [requests, setRequests] = useState('200')
  const [concurrency, setConcurrency] = useState('8')
  const planned = planLoad(requests, concurrency)
  const running = load.state === 'running'

  useEffect(() => stopLoadTest, [])

  function press(): void {
    if (running) stopLoadTest()
    else if (planned.kind === 'ready' && dataset !== null)
      void startLoadTest(dataset.id, dataset.test.profile.count, planned.plan)
  }

  return (
    <Panel
      title="Load test"
      note="From this page through the service worker to the model and back; the studio’s server is many times faster"
    >
      <Stack>
        <div className={styles['fields']}>
          <TextField
            label="Requests"
            inputMode="numeric"
            autoComplete="off"
            hint="Of each part"
            value={requests}
            disabled={running}
            onChange={(event) => setRequests(event.currentTarget.value)}
          />
          <TextField
            label="At once"
            inputMode="numeric"
            autoComplete="off"
            hint="In flight in part two"
            value={concurrency}
            disabled={running}
            onChange={(event) => setConcurrency(event.currentTarget.value)}
          />
        </div>
        <Row>
          <Button
            kind={running ? 'plain' : 'primary'}
            disabled={!running && (!ready || dataset === null || planned.kind === 'wrong')}
            onClick={press}
          >
            {running ? 'Stop' : 'Run load test'}
          </Button>
          <span className={styles['quiet']} role="status">
            {running ? '' : hint(ready, dataset !== null, planned)}
          </span>
        </Row>
        <Outcome load={load} />
      </Stack>
    </Panel>
  )
}

function hint(ready: boolean, hasDigits: boolean, planned: ReturnType<typeof planLoad>): string {
  if (!ready) return 'No version answers here: see above.'
  if (!hasDigits) return 'Labelled digits are sent: load a dataset on the Data screen.'
  return planned.kind === 'wrong' ? planned.reason : 'Ten requests warm up; test digits are sent in turn.'
}

function Outcome({ load }: { readonly load: LoadTestState }) {
  switch (load.state) {
    case 'idle':
      return null
    case 'running':
      return (
        <Progress
          label={load.part}
          share={load.total === 0 ? null : load.done / load.total}
          figures={`${formatCount(load.done)} of ${formatCount(load.total)}`}
        />
      )
    case 'failed':
      return (
        <Notice tone="failure" title="The load test ended early">
          <p>{load.error.message}</p>
        </Notice>
      )
    case 'ended':
      return <Report report={load.report} />
  }
}

interface Part {
  readonly name: string
  readonly figures: LoadFigures
}

function Report({ report }: { readonly report: LoadReport }) {
  const parts: readonly Part[] = [
    { name: 'One after the other', figures: report.sequential },
    { name: `${report.concurrent.concurrency} at once`, figures: report.concurrent },
  ]
  return (
    <Stack>
      <Table caption="Load test" columns={COLUMNS} rows={parts} rowKey={({ name }) => name} />
      <Columns>
        {parts.map(({ name, figures }) => (
          <Histogram key={name} name={name} figures={figures} />
        ))}
      </Columns>
      <Row>
        <CopyButton
          label="Copy as JSON"
          text={JSON.stringify(report, null, 2)}
          done="Load test copied as JSON"
        />
        <CopyButton
          label="Copy as Markdown"
          text={loadMarkdown(report, 'The inference API in this page')}
          done="Load test copied as Markdown"
        />
      </Row>
    </Stack>
  )
}

function Histogram({ name, figures: { histogram } }: Part) {
  const most = Math.max(1, ...histogram.map(({ count }) => count))
  return (
    <div>
      <h3>{name}: time to the answer</h3>
      <BarList
        label={`${name}: answers by time`}
        bars={histogram.map(({ from, to, count }) => ({
          label: `${short(from)}–${short(to)} ms`,
          share: count / most,
          value: formatCount(count),
        }))}
      />
    </div>
  )
}

function short(milliseconds: number): string {
  return String(Number(milliseconds.toPrecision(3)))
}

type Rank = keyof NonNullable<LoadFigures['latency']>

function rankColumn(rank: Rank): Column<Part> {
  return {
    id: rank,
    title: rank,
    numeric: true,
    cell: ({ figures: { latency } }) => (latency === null ? NO_VALUE : formatMilliseconds(latency[rank])),
  }
}

const COLUMNS: readonly Column<Part>[] = [
  { id: 'part', title: 'Part', heading: true, cell: ({ name }) => name },
  {
    id: 'requests',
    title: 'Requests',
    numeric: true,
    cell: ({ figures }) => formatCount(figures.requests),
  },
  {
    id: 'rate',
    title: 'Throughput',
    numeric: true,
    cell: ({ figures }) => formatRate(figures.perSecond, 'answers'),
  },
  ...(['p50', 'p90', 'p95', 'p99', 'max'] as const).map(rankColumn),
  { id: 'errors', title: 'Errors', numeric: true, cell: ({ figures }) => formatCount(figures.errors) },
  {
    id: 'accuracy',
    title: 'Accuracy',
    numeric: true,
    cell: ({ figures: { accuracy } }) => (accuracy === null ? NO_VALUE : formatPercent(accuracy)),
  },
]
