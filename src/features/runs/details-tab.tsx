import { Fragment, useState, type ReactNode } from 'react'
import { Link } from 'wouter'
import { engineInWords, engineThreads } from '../../domain/registry/engine'
import type { RunResult } from '../../domain/registry/records'
import type { ListedRun } from '../../stores/queries'
import { Button } from '../../ui/button'
import { Digest } from '../../ui/digest'
import { Facts, type Fact } from '../../ui/figures'
import { formatCount, formatMoment } from '../../ui/format'
import { Columns } from '../../ui/layout'
import { Panel } from '../../ui/panel'
import { resultOf } from '../../ui/run-text'
import { recipeFacts } from './recipe-facts'
import { ReplayPanel } from './replay-panel'

/** Recipe, data, engine and host: what it takes to do the same again. */
export function DetailsTab({ run }: { readonly run: ListedRun }) {
  const result = resultOf(run)
  const { preprocess, engine } = run
  return (
    <Columns>
      <RecipePanel run={run} />
      <Panel title="Data">
        <Facts
          items={[
            {
              name: 'Dataset',
              value: <Link href={`/data?dataset=${run.dataset.id}`}>{run.dataset.name}</Link>,
            },
            { name: 'Digest', value: <Digest value={run.dataset.digest} what="Dataset digest" /> },
            {
              name: 'Normalisation',
              value: `(byte / ${preprocess.scale} − ${preprocess.mean}) / ${preprocess.std}`,
            },
            {
              name: 'Drawings',
              value: `ink box to ${preprocess.canvas.box}×${preprocess.canvas.box}, centred by mass in ${preprocess.canvas.field}×${preprocess.canvas.field}`,
            },
          ]}
        />
      </Panel>
      <Panel title="Engine">
        <Facts
          items={[
            { name: 'Device', value: engine.device },
            { name: 'Engine', value: `${engine.kind}, ${engineInWords(engine)}` },
            { name: 'Threads', value: formatCount(engineThreads(engine)) },
            { name: 'Chosen because', value: engine.reason },
            { name: 'Host', value: run.host },
            { name: 'App version', value: run.appVersion },
          ]}
        />
      </Panel>
      <Panel title="Identity">
        <Facts
          items={[
            { name: 'Run id', value: <Digest value={run.id} what="Run id" /> },
            { name: 'Started', value: formatMoment(run.status.startedAt) },
            ...(run.resumes ? [{ name: 'Resumed', value: <Resumes resumes={run.resumes} /> }] : []),
            { name: 'Ended', value: 'endedAt' in run.status ? formatMoment(run.status.endedAt) : '–' },
            ...(result === null ? [] : weightsFact(result)),
            { name: 'Steps', value: result === null ? '–' : formatCount(result.stepsDone) },
            {
              name: 'Weights SHA-256',
              value: result === null ? '–' : <Digest value={result.weightsSha256} what="Weights SHA-256" />,
            },
          ]}
        />
      </Panel>
      <ReplayPanel run={run} />
    </Columns>
  )
}

/** A value that may go on in the next line after an underscore. */
function breakable(value: string): ReactNode {
  const [first, ...rest] = value.split('_')
  return (
    <>
      {first}
      {rest.map((part) => (
        <Fragment key={part}>
          _<wbr />
          {part}
        </Fragment>
      ))}
    </>
  )
}

/** What the run was asked to do. */
function RecipePanel({ run }: { readonly run: ListedRun }) {
  const [whole, setWhole] = useState(false)
  const { telling, all } = recipeFacts(run)
  return (
    <Panel
      title="Recipe"
      note={whole ? 'every parameter' : 'beside the defaults'}
      actions={
        <Button kind="quiet" aria-expanded={whole} onClick={() => setWhole(!whole)}>
          {whole ? 'Show less' : `Show all ${all.length}`}
        </Button>
      }
    >
      <Facts items={(whole ? all : telling).map(({ name, value }) => ({ name, value: breakable(value) }))} />
    </Panel>
  )
}

/** Whose weights were kept and why the run had no more epochs, where either is not what one would think. */
function weightsFact({ weightsEpoch, epochsDone, stoppedEarly }: RunResult): readonly Fact[] {
  if (stoppedEarly === null && weightsEpoch === epochsDone) return []
  const epoch = `epoch ${weightsEpoch} of ${epochsDone} done`
  return [{ name: 'Weights of', value: stoppedEarly === null ? epoch : `${epoch}. ${stoppedEarly}` }]
}

/** When, from where and why from there, oldest first. */
function Resumes({ resumes }: { readonly resumes: NonNullable<ListedRun['resumes']> }) {
  return resumes.map(({ at, note }) => (
    <div key={at}>
      {formatMoment(at)}: {note}
    </div>
  ))
}
